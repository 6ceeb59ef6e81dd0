"""Images read as numbers: what a drawn section shows comes back, and no file of any kind raises."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from eutectic.lab_interface.microstructure import MicrographSettings, Microstructure, picture
from eutectic.tools.micrograph import Micrograph, measured, otsu, read_micrograph, without_bar

SCOPE = MicrographSettings(pixels=256, um_per_pixel=0.1)


def shown(bright: float, size_um: float, seed: int = 0) -> bytes:
    return picture(Microstructure(bright, size_um), SCOPE, Random(seed))


def read(path: Path, data: bytes) -> Micrograph | str:
    path.write_bytes(data)
    return read_micrograph(path)


def saved(path: Path, grey: np.ndarray, kind: str = "PNG") -> Path:
    Image.fromarray(grey).save(path, kind)
    return path


@settings(max_examples=25, deadline=None)
@given(st.floats(0.25, 0.75), st.floats(1.5, 3.0), st.integers(0, 2**32))
def test_the_share_and_the_intercept_of_a_drawn_section_come_back(bright: float, size: float, seed: int) -> None:
    data = shown(bright, size, seed)
    with Image.open(io.BytesIO(data)) as image:
        found = measured(np.asarray(image, dtype=np.uint8))
    assert isinstance(found, Micrograph)
    assert abs(found.bright - bright) < 0.06
    assert 0.7 < found.chord / (size / SCOPE.um_per_pixel) < 1.45
    assert found.anisotropy < 0.35


def test_the_same_sample_gives_the_same_picture_and_another_draw_another() -> None:
    assert shown(0.6, 2.0) == shown(0.6, 2.0) != shown(0.6, 2.0, seed=1)


def test_stripes_are_drawn_out_and_their_width_is_measured(tmp_path: Path) -> None:
    rows = np.where(np.arange(256) % 32 < 12, 200, 60).astype(np.uint8)
    grey = np.tile(rows[:, None], (1, 256))
    found = read_micrograph(saved(tmp_path / "a.bmp", grey, "BMP"))
    assert isinstance(found, Micrograph)
    assert found.anisotropy > 0.95 and abs(found.bright - 12 / 32) < 0.04
    turned = read_micrograph(saved(tmp_path / "b.png", grey.T.copy()))
    assert isinstance(turned, Micrograph)
    assert turned.chord == pytest.approx(found.chord, rel=1e-3)


def test_the_bar_under_the_picture_is_left_out(tmp_path: Path) -> None:
    with Image.open(io.BytesIO(shown(0.6, 2.0))) as image:
        grey = np.asarray(image, dtype=np.uint8)
    bar = np.zeros((20, 256), dtype=np.uint8)
    bar[6:14, 20:60] = 255
    both = np.vstack([grey, bar])
    assert np.array_equal(without_bar(both), grey)
    assert without_bar(grey) is grey
    assert read_micrograph(saved(tmp_path / "a.png", both)) == read_micrograph(saved(tmp_path / "b.png", grey))


def test_deep_and_coloured_images_are_read_like_plain_ones(tmp_path: Path) -> None:
    with Image.open(io.BytesIO(shown(0.6, 2.0))) as image:
        grey = np.asarray(image, dtype=np.uint8)
    plain = read_micrograph(saved(tmp_path / "plain.png", grey))
    deep = read_micrograph(saved(tmp_path / "deep.tif", grey.astype(np.uint16) * 16 + 100, "TIFF"))
    coloured = read_micrograph(saved(tmp_path / "coloured.png", np.dstack([grey] * 3)))
    assert isinstance(plain, Micrograph) and isinstance(deep, Micrograph) and coloured == plain
    assert abs(deep.bright - plain.bright) < 0.01 and deep.chord == pytest.approx(plain.chord, rel=0.05)


def huge() -> bytes:
    """A PNG whose header promises 100,000 x 100,000 pixels."""
    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + head
    rest = b"IDAT" + zlib.compress(b"\0")
    parts = [struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body)) for body in (chunk, rest)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("empty.png", b"", "no image"),
        ("text.png", b"#!/bin/sh\nrm -rf /\n", "no image"),
        ("huge.png", huge(), "pixels"),
        ("cut.png", shown(0.6, 2.0)[:9000], "cannot be read"),
    ],
)
def test_a_file_that_is_no_picture_gets_a_reason(tmp_path: Path, name: str, data: bytes, why: str) -> None:
    found = read(tmp_path / name, data)
    assert isinstance(found, str) and why in found


@pytest.mark.parametrize(
    ("grey", "why"),
    [
        (np.full((128, 128), 90, dtype=np.uint8), "one grey level"),
        (np.full((128, 128), 9000, dtype=np.uint16), "one grey level"),
        (np.arange(900, dtype=np.uint8).reshape(30, 30), "30 x 30 pixels"),
    ],
)
def test_a_picture_of_nothing_gets_a_reason(tmp_path: Path, grey: np.ndarray, why: str) -> None:
    found = read_micrograph(saved(tmp_path / "a.tif", grey, "TIFF"))
    assert isinstance(found, str) and why in found


def test_a_format_that_is_not_read_is_named(tmp_path: Path) -> None:
    found = read_micrograph(saved(tmp_path / "a.png", np.eye(100, dtype=np.uint8) * 200, "GIF"))
    assert isinstance(found, str) and "PNG, TIFF, JPEG, BMP" in found


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 8000))
def test_damage_anywhere_gives_measures_or_a_reason(tmp_path_factory, junk: bytes, at: int) -> None:
    whole = shown(0.6, 2.0)
    place = tmp_path_factory.mktemp("damaged") / "a.png"
    assert isinstance(read(place, whole[:at] + junk + whole[at + len(junk) :]), Micrograph | str)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 255), min_size=2, max_size=300))
def test_the_threshold_parts_the_levels_best(levels: list[int]) -> None:
    grey = np.array(levels, dtype=np.uint8)
    if len(set(levels)) < 2:
        return

    def between(level: int) -> float:
        low, high = grey[grey <= level], grey[grey > level]
        return len(low) * len(high) * float(low.mean() - high.mean()) ** 2 if len(low) and len(high) else 0.0

    best = max(between(level) for level in range(256))
    assert between(otsu(grey)) == pytest.approx(best, rel=1e-9)
