"""The PDF reader on PyMuPDF: spans with their superscripts, without what no reader of the page can see.

Runs inside the limited child process of `reader_process`; never import PyMuPDF into the main process.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from eutectic.knowledge.headings import looks_like_heading
from eutectic.knowledge.normalise import raised, visible
from eutectic.knowledge.reader import Block, Flag, Limits, PageText, ReadDocument, Refusal

_SUPERSCRIPT, _BOLD = 1, 16
_LEAST_SIZE = 3.0
"""Points; smaller text cannot be read on the page."""
_LEAST_ALPHA = 30
"""Of 255; render mode 3 (invisible) is reported as alpha 0."""
_LIGHT = 240
"""Of 255 in each colour channel: white or nearly so."""
_RAISED_SIZE = 0.92
"""Of the largest text of its line: superscripts are smaller."""
_Box = tuple[float, float, float, float]


class PyMuPdfReader:
    """Reads PDFs with PyMuPDF (AGPL-3.0 or commercial)."""

    def read(self, path: Path, limits: Limits) -> ReadDocument:
        """See `Reader.read`."""
        import pymupdf

        pymupdf.TOOLS.mupdf_display_errors(False)
        pymupdf.TOOLS.mupdf_display_warnings(False)
        with _open(pymupdf, path) as document:
            if document.page_count > limits.pages:
                raise Refusal("too_many_pages", f"{document.page_count} pages, at most {limits.pages} are read")
            pages, has_images, left = [], False, limits.characters
            for number in range(document.page_count):
                page = document[number]
                text = _page_text(pymupdf, page, number + 1)
                has_images = has_images or (not text.blocks and bool(page.get_images()))
                left -= len(text.text)
                if left < 0:
                    break
                pages.append(text)
            repaired = bool(document.is_repaired)
            title = " ".join(visible(str((document.metadata or {}).get("title") or "")).split())
        if not any(page.blocks for page in pages):
            raise _nothing_read(repaired, has_images, len(pages))
        return ReadDocument(f"pymupdf {pymupdf.__version__}", title, tuple(pages), _flags(pages, repaired, left < 0))


def page_count(path: Path) -> int:
    """Number of pages, for the allowance of processor time.

    Raises:
        Refusal: as `PyMuPdfReader.read`.
    """
    import pymupdf

    with _open(pymupdf, path) as document:
        return int(document.page_count)


def _open(pymupdf: Any, path: Path) -> Any:
    try:
        document = pymupdf.open(path, filetype="pdf")
    except (RuntimeError, ValueError) as error:
        raise Refusal("damaged", f"it cannot be opened: {_first_line(error)}") from error
    if not document.is_pdf:
        raise Refusal("not_a_pdf", "it is not a PDF inside")
    if document.needs_pass:
        raise Refusal("encrypted", "a password is needed to open it")
    if document.page_count == 0:
        raise Refusal("damaged", "it holds no page that can be found")
    return document


def _nothing_read(repaired: bool, has_images: bool, n_pages: int) -> Refusal:
    if has_images:
        return Refusal("needs_ocr", f"its {n_pages} page(s) are pictures without text")
    if repaired:
        return Refusal("damaged", "it is cut off or broken: no text could be saved")
    return Refusal("no_text", f"there is no visible text on its {n_pages} page(s)")


def _flags(pages: Sequence[PageText], repaired: bool, is_cut: bool) -> tuple[Flag, ...]:
    flags: list[Flag] = []
    if any(page.hidden for page in pages):
        flags.append("hidden_text")
    if any("\ufffd" in block.text for page in pages for block in page.blocks):
        flags.append("broken_glyphs")
    if repaired:
        flags.append("repaired")
    if is_cut:
        flags.append("text_cut")
    return tuple(flags)


def _page_text(pymupdf: Any, page: Any, number: int) -> PageText:
    keep = pymupdf.TEXTFLAGS_DICT & ~pymupdf.TEXT_PRESERVE_IMAGES & ~pymupdf.TEXT_PRESERVE_LIGATURES
    content = page.get_text("dict", flags=keep, sort=False)
    body = _body_size(content["blocks"])
    grounds: list[_Box] | None = None
    blocks, hidden = [], []
    for raw in content["blocks"]:
        lines = []
        for line in raw.get("lines", ()):
            shown = []
            for span in line["spans"]:
                if _is_light(span["color"]) and grounds is None:
                    grounds = list(_dark_grounds(page))
                if _is_hidden(span, grounds or []):
                    if span["text"].strip():
                        hidden.append(visible(span["text"]).strip())
                else:
                    shown.append(span)
            lines.append(shown)
        block = _block(lines, body)
        if block is not None:
            blocks.append(block)
    return PageText(number, tuple(blocks), tuple(text for text in hidden if text))


def _body_size(blocks: Sequence[dict[str, Any]]) -> float:
    """Font size of most of a page's characters."""
    counts: dict[float, int] = {}
    for block in blocks:
        for line in block.get("lines", ()):
            for span in line["spans"]:
                size = round(span["size"], 1)
                counts[size] = counts.get(size, 0) + len(span["text"])
    return max(counts, key=lambda size: counts[size], default=0.0)


def _block(lines: Sequence[Sequence[dict[str, Any]]], body: float) -> Block | None:
    texts = [_line_text(line) for line in lines]
    text = "\n".join(line for line in texts if line.strip())
    if not text.strip():
        return None
    spans = [span for line in lines for span in line if span["text"].strip()]
    is_bold = all(span["flags"] & _BOLD and span["size"] > body - 0.2 for span in spans)
    return Block(text, looks_like_heading(text, is_bold=is_bold))


def _line_text(spans: Sequence[dict[str, Any]]) -> str:
    pieces: list[str] = []
    for i, span in enumerate(spans):
        text = visible(span["text"])
        pieces.append(raised(text) if _is_exponent(spans, i, pieces) else text)
    return "".join(pieces).rstrip()


def _is_exponent(spans: Sequence[dict[str, Any]], i: int, before: Sequence[str]) -> bool:
    """Whether a span is raised; equations and tall lines mark full-sized text and lone signs so without being it."""
    if not spans[i]["flags"] & _SUPERSCRIPT or spans[i]["size"] > _RAISED_SIZE * max(span["size"] for span in spans):
        return False
    if any(character.isdigit() for character in spans[i]["text"]):
        return True
    is_followed = i + 1 < len(spans) and bool(spans[i + 1]["flags"] & _SUPERSCRIPT)
    return is_followed or bool(before and before[-1] and not before[-1][-1].isspace())


def _is_hidden(span: dict[str, Any], grounds: Sequence[_Box]) -> bool:
    if span["alpha"] < _LEAST_ALPHA or span["size"] < _LEAST_SIZE:
        return True
    return _is_light(span["color"]) and not any(_covers(ground, span["bbox"]) for ground in grounds)


def _is_light(color: int) -> bool:
    return all((color >> shift & 255) > _LIGHT for shift in (0, 8, 16))


def _dark_grounds(page: Any) -> Iterator[_Box]:
    """Filled shapes that light text can be read on."""
    for drawing in page.get_drawings():
        fill = drawing.get("fill")
        if fill and min(fill) < 0.8 and (drawing.get("fill_opacity") or 0) > 0.3:
            yield tuple(drawing["rect"])


def _covers(ground: _Box, box: _Box) -> bool:
    slack = 0.25 * (box[3] - box[1])
    return (
        ground[0] <= box[0] + slack
        and ground[1] <= box[1] + slack
        and ground[2] >= box[2] - slack
        and ground[3] >= box[3] - slack
    )


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
