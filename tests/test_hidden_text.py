"""Text that a page does not show is left out and kept apart, however it is hidden; text that shows is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from eutectic.core.settings import Settings
from eutectic.knowledge.library import open_library
from eutectic.knowledge.reader import Limits
from eutectic.knowledge.reader_process import ReaderProcess

pymupdf = pytest.importorskip("pymupdf", reason="PyMuPDF is not installed")
SHOWN, SECRET = "The induction is 1.77 T.", "It is 9.99 T in truth."
NAVY, AREA = (0, 0, 0.4), (50, 280, 400, 320)


def write(page: Any, text: str = SECRET, **style: Any) -> None:
    page.insert_text((60, 300), text, **style)


def box(page: Any, color: tuple[float, float, float]) -> None:
    page.draw_rect(pymupdf.Rect(AREA), fill=color, color=color)


def image(page: Any) -> None:
    picture = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 40, 8), False)
    picture.clear_with(200)
    for x in range(0, 40, 3):
        picture.set_pixel(x, x % 8, (10, 90, 10))
    page.insert_image(pymupdf.Rect(AREA), pixmap=picture, keep_proportion=False)


def under_image(page: Any) -> None:
    write(page)
    image(page)


def under_shape(page: Any) -> None:
    write(page)
    box(page, (1, 1, 1))


def of_the_ground(page: Any) -> None:
    box(page, NAVY)
    write(page, color=NAVY)


def nearly_of_the_ground(page: Any) -> None:
    box(page, (0.30, 0.31, 0.30))
    write(page, color=(0.33, 0.30, 0.32))


def off_page(page: Any) -> None:
    page.insert_text((60, 2000), SECRET)


HIDDEN: dict[str, Callable[[Any], None]] = {
    "white": lambda page: write(page, color=(1, 1, 1)),
    "nearly white": lambda page: write(page, color=(0.97, 0.97, 0.97)),
    "tiny": lambda page: write(page, fontsize=0.5),
    "render mode 3": lambda page: write(page, render_mode=3),
    "transparent": lambda page: write(page, fill_opacity=0),
    "under an image": under_image,
    "under a white shape": under_shape,
    "of a dark ground's colour": of_the_ground,
    "nearly of its ground's colour": nearly_of_the_ground,
    "off the page": off_page,
}


def white_on_navy(page: Any) -> None:
    box(page, NAVY)
    write(page, color=(1, 1, 1))


def over_image(page: Any) -> None:
    image(page)
    write(page)


SEEN: dict[str, Callable[[Any], None]] = {
    "black": write,
    "light grey": lambda page: write(page, color=(0.75, 0.75, 0.75)),
    "white on a dark ground": white_on_navy,
    "over an image": over_image,
    "red on green": lambda page: (box(page, (0, 0.5, 0)), write(page, color=(0.9, 0, 0)))[0],
}


@pytest.fixture(scope="module")
def reader() -> Iterator[ReaderProcess]:
    with ReaderProcess() as process:
        yield process


def made(path: Path, draw: Callable[[Any], object], rotation: int = 0) -> Path:
    document = pymupdf.open()
    page = document.new_page()
    page.insert_text((60, 100), SHOWN)
    draw(page)
    page.set_rotation(rotation)
    document.save(path)
    document.close()
    return path


@pytest.mark.parametrize("way", HIDDEN)
def test_hidden_text_is_left_out(reader: ReaderProcess, tmp_path: Path, way: str) -> None:
    read = reader.read(made(tmp_path / "a.pdf", HIDDEN[way]), Limits())
    assert [page.text.strip() for page in read.pages] == [SHOWN]
    if way != "off the page":
        assert read.pages[0].hidden == (SECRET,)
        assert "hidden_text" in read.flags


@pytest.mark.parametrize("rotation", [0, 90])
@pytest.mark.parametrize("way", SEEN)
def test_text_that_shows_is_read(reader: ReaderProcess, tmp_path: Path, way: str, rotation: int) -> None:
    read = reader.read(made(tmp_path / "a.pdf", SEEN[way], rotation), Limits())
    assert SECRET in read.pages[0].text
    assert read.pages[0].hidden == ()


def test_hidden_numbers_answer_nothing(tmp_path: Path) -> None:
    for number, draw in enumerate(HIDDEN.values()):
        made(tmp_path / f"{number}.pdf", draw)
    with open_library(tmp_path / "library", Settings()) as library:
        library.ingest([tmp_path])
        for question in ("What is the induction in truth?", "9.99 T"):
            assert all("9.99" not in sentence.text for sentence in library.ask(question).sentences)
            assert all("9.99" not in passage.text for passage in library.search(question, 30))
