"""The permissive PDF reader on pypdfium2 (BSD-3-Clause, Apache-2.0): plain text, no superscripts, no hidden-text check.

Used where PyMuPDF is not installed; every document it reads says so in its reader field.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from eutectic.knowledge.formula_lines import join_formula_lines
from eutectic.knowledge.headings import looks_like_heading
from eutectic.knowledge.normalise import visible
from eutectic.knowledge.reader import Block, Limits, PageText, ReadDocument, Refusal


class PdfiumReader:
    """Reads PDFs with pypdfium2."""

    def read(self, path: Path, limits: Limits) -> ReadDocument:
        """See `Reader.read`."""
        import pypdfium2

        try:
            document = pypdfium2.PdfDocument(path)
        except pypdfium2.PdfiumError as error:
            code = "encrypted" if "password" in str(error).lower() else "damaged"
            raise Refusal(code, f"it cannot be opened: {error}") from error  # type: ignore[arg-type]
        if len(document) > limits.pages:
            raise Refusal("too_many_pages", f"{len(document)} pages, at most {limits.pages} are read")
        pages, has_images, left = [], False, limits.characters
        for number in range(len(document)):
            page = document[number]
            blocks = _blocks(page.get_textpage().get_text_bounded())
            has_images = has_images or (not blocks and any(item.type == 3 for item in page.get_objects(max_depth=2)))
            pages.append(PageText(number + 1, blocks))
            left -= sum(len(block.text) for block in blocks)
            if left < 0:
                break
        if not any(page.blocks for page in pages):
            raise (
                Refusal("needs_ocr", "its pages are pictures without text")
                if has_images
                else Refusal("no_text", "there is no text in it")
            )
        title = " ".join(str(document.get_metadata_dict().get("Title") or "").split())
        return ReadDocument(f"pypdfium2 {_version(pypdfium2)}", title, tuple(pages), ("text_cut",) if left < 0 else ())


def _blocks(text: str) -> tuple[Block, ...]:
    lines = visible(text.replace("\r\n", "\n").replace("\ufffe", "-\n")).split("\n")
    blocks: list[Block] = []
    running: list[str] = []
    for line in [*lines, ""]:
        if not line.strip() or looks_like_heading(line):
            if running:
                blocks.append(Block(join_formula_lines("\n".join(running))))
                running = []
            if line.strip():
                blocks.append(Block(line.strip(), is_heading=True))
        else:
            running.append(line)
    return tuple(blocks)


def _version(module: Any) -> str:
    return str(module.PYPDFIUM_INFO.version)
