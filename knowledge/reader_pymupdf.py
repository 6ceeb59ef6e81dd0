"""The PDF reader on PyMuPDF: spans with their superscripts, without what no reader of the page can see.

Runs inside the limited child process of `reader_process`; never import PyMuPDF into the main process.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eutectic.knowledge.formula_lines import join_formula_lines
from eutectic.knowledge.headings import looks_like_heading
from eutectic.knowledge.normalise import raised, visible
from eutectic.knowledge.reader import Block, Flag, Limits, PageText, ReadDocument, Refusal
from eutectic.knowledge.reader_sight import Sight
from eutectic.knowledge.reader_spans import is_exponent, small_capitals

_BOLD = 16


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
            said = {key: " ".join(visible(str(text or "")).split()) for key, text in (document.metadata or {}).items()}
        if not any(page.blocks for page in pages):
            raise _nothing_read(repaired, has_images, len(pages))
        return ReadDocument(
            f"pymupdf {pymupdf.__version__}",
            said.get("title", ""),
            tuple(pages),
            _flags(pages, repaired, left < 0),
            metadata={"authors": said.get("author", ""), "about": f"{said.get('subject')} {said.get('keywords')}"},
        )


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
    sight = Sight(page)
    blocks, hidden = [], []
    for raw in content["blocks"]:
        lines = []
        for line in raw.get("lines", ()):
            seen = sight.seen(line["spans"])
            hidden += [visible(span["text"]).strip() for span in line["spans"] if span not in seen]
            lines.append(seen)
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
    text = join_formula_lines("\n".join(line for line in texts if line.strip()))
    if not text.strip():
        return None
    spans = [span for line in lines for span in line if span["text"].strip()]
    is_bold = all(span["flags"] & _BOLD and span["size"] > body - 0.2 for span in spans)
    return Block(text, looks_like_heading(text, is_bold=is_bold))


def _line_text(spans: Sequence[dict[str, Any]]) -> str:
    text = ""
    small = small_capitals(spans)
    for i, span in enumerate(spans):
        shown = visible(span["text"].lower() if i in small else span["text"])
        text += raised(shown) if is_exponent(spans, i, text) else shown
    return text.rstrip()


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
