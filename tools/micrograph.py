"""What a microstructure image says in numbers: share of the bright phase, how coarse it is, how far it is drawn out."""

from __future__ import annotations

import warnings
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from eutectic.core.record import Record

if TYPE_CHECKING:
    from PIL.Image import Image

GreyArray = NDArray[np.uint8]
FORMATS = {"PNG": (".png",), "TIFF": (".tif", ".tiff"), "JPEG": (".jpg", ".jpeg"), "BMP": (".bmp",)}
"""Formats that are read, with the ends of their names."""
SUFFIXES = frozenset(end for ends in FORMATS.values() for end in ends)
_MOST_BYTES = 64_000_000
_MOST_PIXELS = 16_777_216
_LEAST_SIDE = 64
_LEAST_SPREAD = 2.0
"""Grey levels: less than this is an empty picture."""
_BAND = 512
_BAR_SHARE = 0.7
"""Share of a row in one grey level from which it belongs to the bar that a microscope writes under its picture."""


class Micrograph(Record):
    """Measures of one image. Lengths are in pixels, so only images of one magnification compare."""

    bright: float = Field(ge=0, le=1)
    """Area share of the bright phase, which is its volume share where the section is random (Delesse 1847)."""
    chord: float = Field(gt=0)
    """Mean length of the bright phase along rows and columns, in pixels: the mean linear intercept."""
    anisotropy: float = Field(ge=0, le=1)
    """Coherence of the grey-level gradients: 0 where no direction is preferred, 1 for parallel stripes."""


def read_micrograph(path: Path) -> Micrograph | str:
    """The measures of an image file, or the reason why it has none.

    The bright phase is what lies above Otsu's threshold (doi:10.1109/TSMC.1979.4310076) of the smoothed image; the bar
    with text under the picture is left out. Of a file with several images the first is read. Coherence is that of the
    structure tensor (Bigun and Granlund 1987): `sqrt((Jxx - Jyy)^2 + 4 Jxy^2) / (Jxx + Jyy)`.
    """
    grey = open_grey(path)
    if isinstance(grey, str):
        return grey
    return measured(without_bar(grey))


def measured(grey: GreyArray) -> Micrograph | str:
    """The measures of grey levels `H x W`, or why there are none."""
    from scipy.ndimage import gaussian_filter

    if min(grey.shape) < _LEAST_SIDE:
        return f"{grey.shape[1]} x {grey.shape[0]} pixels; at least {_LEAST_SIDE} each way are needed"
    if float(grey.std()) < _LEAST_SPREAD:
        return "one grey level only"
    smooth = gaussian_filter(grey, 1.0)
    is_bright = smooth > otsu(smooth)
    share = float(is_bright.mean())
    if not 0.0 < share < 1.0:
        return "one grey level only"
    return Micrograph(
        bright=round(share, 6), chord=round(_mean_chord(is_bright), 4), anisotropy=round(_coherence(smooth), 6)
    )


def otsu(grey: GreyArray) -> int:
    """The grey level above which the two classes differ most (Otsu 1979, equation 18)."""
    counts = np.bincount(grey.ravel(), minlength=256).astype(np.float64)
    levels = np.arange(256.0)
    below, total = np.cumsum(counts), counts.sum()
    mass = np.cumsum(counts * levels)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (mass[-1] * below / total - mass) ** 2 / (below * (total - below))
    return int(np.nanargmax(np.where(np.isfinite(between), between, -1.0)))


def without_bar(grey: GreyArray) -> GreyArray:
    """The image without the one-coloured bar under it, where there is one in its lower quarter."""
    height = len(grey)
    common = np.array([np.bincount(row, minlength=256).max() for row in grey[-(height // 4) :]])
    flat = common >= _BAR_SHARE * grey.shape[1]
    if flat.all() or not flat.any():
        return grey
    first = int(np.argmax(flat))
    length = len(flat) - first
    is_bar = bool(flat[first:].mean() > 0.5) and bool(flat[-1]) and length >= 0.02 * height
    return grey[: height - length] if is_bar else grey


def _mean_chord(is_bright: NDArray[np.bool_]) -> float:
    """Bright pixels over bright runs, rows and columns together; a run that an edge cuts counts half."""
    runs = 0.0
    for picture in (is_bright, is_bright.T):
        begins = int((picture[:, 1:] & ~picture[:, :-1]).sum())
        ends = int((~picture[:, 1:] & picture[:, :-1]).sum())
        whole_lines = int(picture.all(axis=1).sum())
        runs += (begins + ends) / 2 + whole_lines
    return 2.0 * float(is_bright.sum()) / max(runs, 1.0)


def _coherence(grey: GreyArray) -> float:
    xx = yy = xy = 0.0
    for top in range(0, len(grey) - 2, _BAND):
        band = grey[top : top + _BAND + 2].astype(np.float32)
        down, right = band[2:, 1:-1] - band[:-2, 1:-1], band[1:-1, 2:] - band[1:-1, :-2]
        xx += float((right * right).sum(dtype=np.float64))
        yy += float((down * down).sum(dtype=np.float64))
        xy += float((right * down).sum(dtype=np.float64))
    return sqrt((xx - yy) ** 2 + 4 * xy**2) / (xx + yy) if xx + yy > 0 else 0.0


def open_grey(path: Path) -> GreyArray | str:
    """Grey levels of an image file, or the reason why it cannot be read; nothing is decoded beyond the limits."""
    from PIL import Image, UnidentifiedImageError

    try:
        if path.stat().st_size > _MOST_BYTES:
            return f"larger than {_MOST_BYTES // 1_000_000} MB"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=list(FORMATS)) as image:
                if image.width * image.height > _MOST_PIXELS:
                    return f"{image.width} x {image.height} pixels; at most {_MOST_PIXELS} are read"
                return _levels(image)
    except UnidentifiedImageError:
        return "no image in a format that is read: " + ", ".join(FORMATS)
    except Image.DecompressionBombError:
        return f"more than {_MOST_PIXELS} pixels"
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        return f"the image cannot be read: {' '.join(str(error).split())[:120]}"


def _levels(image: Image) -> GreyArray | str:
    if not image.mode.startswith(("I", "F")):
        return np.asarray(image.convert("L"), dtype=np.uint8)
    deep = np.asarray(image, dtype=np.float64)
    finite = deep[np.isfinite(deep)]
    if not finite.size:
        return "no finite grey level"
    low, high = np.percentile(finite, [0.1, 99.9])
    if high <= low:
        return "one grey level only"
    deep = np.nan_to_num((deep - low) / (high - low), posinf=1.0, neginf=0.0)
    return np.asarray(np.round(np.clip(deep, 0.0, 1.0) * 255), dtype=np.uint8)
