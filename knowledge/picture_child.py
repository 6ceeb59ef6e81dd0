"""The child process that draws pages: the page, or the strip around a quote, with the quote's words marked.

Run as `python -m eutectic.knowledge.picture_child`: a JSON list of requests on standard input, a JSON line for each on
standard output. PyMuPDF (AGPL-3.0 or commercial) is imported here and in the reading process, nowhere else.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eutectic.knowledge.evidence import locate_quote

_MARK = (1.0, 0.83, 0.0)
_MARGIN = 70.0
"""Points of the page shown above and below a quote."""
_MOST_PIXELS = 12_000_000


def main() -> None:
    """Answer the requests of standard input in order."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(1, 2)
    sys.modules["onnxruntime"] = None  # type: ignore[assignment]  # PyMuPDF would load its layout models with it
    import pymupdf

    for request in json.loads(sys.stdin.read()):
        try:
            answer = draw(pymupdf, request)
        except Exception as error:  # a hostile page may raise anything; the picture is left out and that is said
            answer = {"error": f"{type(error).__name__}: {error}"[:200]}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def draw(pymupdf: Any, request: dict[str, Any]) -> dict[str, Any]:
    """The picture of one request: `path`, `page` from 1, `quotes`, `width` in pixels, `is_strip`."""
    with pymupdf.open(Path(request["path"]), filetype="pdf") as document:
        page = document[request["page"] - 1]
        boxes = [box for quote in request["quotes"] for box in quote_boxes(page, quote)]
        for box in boxes:
            page.draw_rect(pymupdf.Rect(box), color=None, fill=_MARK, fill_opacity=0.38, overlay=True)
        clip = page.rect
        if request["is_strip"] and boxes:
            top, bottom = min(box[1] for box in boxes), max(box[3] for box in boxes)
            clip = pymupdf.Rect(clip.x0, max(clip.y0, top - _MARGIN), clip.x1, min(clip.y1, bottom + _MARGIN))
        zoom = request["width"] / max(1.0, page.rect.width)
        zoom = min(zoom, (_MOST_PIXELS / max(1.0, clip.width * clip.height)) ** 0.5)
        picture = page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), clip=clip, alpha=False)
        data = picture.tobytes("jpeg", jpg_quality=request.get("quality", 80))
        return {
            "data": base64.b64encode(data).decode(),
            "width": picture.width,
            "height": picture.height,
            "marks": len(boxes),
        }


def quote_boxes(page: Any, quote: str) -> Iterator[tuple[float, float, float, float]]:
    """A box around the words of a quote on each line it runs over."""
    text, places = _characters(page)
    found = locate_quote(text, quote)
    if found is None:
        return
    line: list[tuple[float, float, float, float]] = []
    number = -1
    for place in places[found[0] : found[1]]:
        if place is None:
            continue
        if place[0] != number and line:
            yield _around(line)
            line = []
        number = place[0]
        line.append(place[1])
    if line:
        yield _around(line)


def _characters(page: Any) -> tuple[str, list[tuple[int, tuple[float, float, float, float]] | None]]:
    """The text of a page with the line and box of each of its characters."""
    text: list[str] = []
    places: list[tuple[int, tuple[float, float, float, float]] | None] = []
    number = 0
    for block in page.get_text("rawdict", sort=False)["blocks"]:
        for line in block.get("lines", ()):
            number += 1
            for span in line["spans"]:
                for character in span["chars"]:
                    for piece in character["c"]:
                        text.append(piece)
                        places.append((number, tuple(character["bbox"])))
            text.append("\n")
            places.append(None)
        text.append("\n")
        places.append(None)
    return "".join(text), places


def _around(boxes: list[tuple[float, float, float, float]]) -> tuple[float, float, float, float]:
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


if __name__ == "__main__":
    main()
