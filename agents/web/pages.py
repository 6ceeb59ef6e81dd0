"""The pages of the web app as HTML; every text from a document, a model or a person is escaped."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote as url_quote
from urllib.parse import urlencode

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from eutectic.knowledge.ask import Reply

_NAMES = (
    "base.html.j2",
    "home.html.j2",
    "claims.html.j2",
    "library.html.j2",
    "page.html.j2",
    "reply.html.j2",
    "evidence.html.j2",
)


def render(name: str, **values: Any) -> str:
    """A page by the name of its template."""
    return _environment().get_template(name).render(style=Markup(_style()), **values)


def page_link(document: str, page: int, quotes: tuple[str, ...] = ()) -> str:
    """The address of a page of a document, with quotes to mark."""
    path = f"/library/{url_quote(document, safe='')}/pages/{page}"
    return f"{path}?{urlencode([('quote', text) for text in quotes])}" if quotes else path


def picture_link(document: str, page: int, quotes: tuple[str, ...], *, is_strip: bool = False) -> str:
    """The address of the picture of a page."""
    path = f"/library/{url_quote(document, safe='')}/pages/{page}.jpg"
    asked = [("quote", text) for text in quotes] + ([("strip", "1")] if is_strip else [])
    return f"{path}?{urlencode(asked)}" if asked else path


def reply_rows(reply: Reply) -> list[dict[str, Any]]:
    """The sentences of a reply, each with the places its quotes stand on."""
    rows = []
    for sentence in reply.sentences:
        places: dict[tuple[str, int], list[str]] = {}
        titles = {}
        for item in sentence.quotes:
            places.setdefault((item.document, item.page), []).append(item.text)
            titles[item.document] = item.title
        rows.append(
            {
                "text": sentence.text,
                "places": [
                    {"document": document, "page": page, "title": titles[document], "quotes": tuple(quotes)}
                    for (document, page), quotes in places.items()
                ],
            }
        )
    return rows


@cache
def _environment() -> Environment:
    sources = {name: files("eutectic.agents.web").joinpath(name).read_text(encoding="utf-8") for name in _NAMES}
    environment = Environment(
        loader=DictLoader(sources), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["page_link"] = page_link
    environment.globals["picture_link"] = picture_link
    return environment


@cache
def _style() -> str:
    report = files("eutectic.agents.report").joinpath("report.css").read_text(encoding="utf-8")
    return report + files("eutectic.agents.web").joinpath("web.css").read_text(encoding="utf-8")
