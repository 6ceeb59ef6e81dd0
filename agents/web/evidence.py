"""A reply as a page of evidence: on its own with the page pictures inside, or served with links to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from eutectic.agents.web.pages import page_link, picture_link, render, reply_rows
from eutectic.knowledge.ask import Reply
from eutectic.knowledge.library import Library
from eutectic.knowledge.picture import PagePicture, Wanted, draw_pages, is_unchanged

_STRIP_WIDTH = 1000


def served_reply(reply: Reply, library: Library) -> str:
    """The page of a reply in the web app."""
    rows = reply_rows(reply)
    for place in _places(rows):
        has_picture = source_of(library, place["document"]) is not None
        place["link"] = page_link(place["document"], place["page"], place["quotes"])
        place["picture"] = (
            picture_link(place["document"], place["page"], place["quotes"], is_strip=True) if has_picture else ""
        )
    return render("reply.html.j2", reply=reply, rows=rows, is_served=True)


def whole_reply(reply: Reply, library: Library) -> str:
    """A reply as one file that needs nothing beside it."""
    rows = reply_rows(reply)
    places = _places(rows)
    pictures = strips(library, [(place["document"], place["page"], place["quotes"]) for place in places])
    for place, picture in zip(places, pictures, strict=True):
        place["link"], place["picture"] = "", picture.uri if picture is not None else ""
    return render("reply.html.j2", reply=reply, rows=rows, is_served=False)


def strips(
    library: Library, wanted: list[tuple[str, int, tuple[str, ...]]], width: int = _STRIP_WIDTH
) -> list[PagePicture | None]:
    """The strips of pages around quotes; None where the file is gone, was changed or is no PDF."""
    asked: list[Wanted | None] = []
    for document, page, quotes in wanted:
        path = source_of(library, document)
        asked.append(None if path is None else Wanted(path, page, quotes, width, is_strip=True))
    drawn = iter(draw_pages([item for item in asked if item is not None]))
    return [None if item is None else next(drawn) for item in asked]


def source_of(library: Library, document: str) -> Path | None:
    """The PDF a document was taken in from, where it still is that file."""
    found = library.document(document)
    if found is None or not found.path.lower().endswith(".pdf"):
        return None
    path = Path(found.path)
    return path if is_unchanged(path, found.id) else None


def _places(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [place for row in rows for place in row["places"]]
