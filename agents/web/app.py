"""The web app: reads campaigns and the library, changes nothing."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eutectic.agents.answering import answer_question
from eutectic.agents.web.claims import claim_rows, standing_rows
from eutectic.agents.web.evidence import served_reply, source_of
from eutectic.agents.web.guard import REPORT_POLICY, Guard
from eutectic.agents.web.pages import picture_link, render
from eutectic.core.errors import BadInput, EutecticError
from eutectic.core.settings import Settings
from eutectic.knowledge.ask import Reply
from eutectic.knowledge.evidence import locate_quote
from eutectic.knowledge.library import Library
from eutectic.knowledge.picture import Wanted, draw_page

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

_MOST_QUOTES = 12
_OWN = ("none", "same-origin")
"""What a browser says of a request that a person typed or a page of ours made."""


class WebApp:
    """The handlers of the app; one library, asked one question at a time."""

    def __init__(self, out: Path, library: Library, settings: Settings) -> None:
        self._out, self._library, self._settings = out, library, settings
        self._one = threading.Lock()

    def home(self, request: Request) -> Response:
        """Campaigns and an ask box."""
        from eutectic.agents.campaign import campaign_names

        rows = [self._campaign(name) for name in campaign_names(self._out)]
        return _html(render("home.html.j2", campaigns=rows, documents=len(self._documents()), out=str(self._out)))

    def report(self, request: Request) -> Response:
        """A campaign's report as it was written last."""
        from starlette.responses import FileResponse

        from eutectic.agents.campaign import campaign_names

        name = request.path_params["name"]
        path = self._out / name / "report.html"
        if name not in campaign_names(self._out) or not path.is_file():
            return _missing("there is no report of that name")
        response = FileResponse(path, media_type="text/html; charset=utf-8")
        response.raw_headers.append((REPORT_POLICY, b"frame-ancestors 'none'"))
        return response

    def library(self, request: Request) -> Response:
        """The documents."""
        return _html(render("library.html.j2", documents=self._documents()))

    def claims(self, request: Request) -> Response:
        """The claims of the library and how they stood in campaigns."""
        from eutectic.agents.campaign import campaign_names

        with self._one:
            standings = list(standing_rows(self._out, campaign_names(self._out), self._settings))
            return _html(render("claims.html.j2", claims=claim_rows(self._library.claims()), campaigns=standings))

    def page(self, request: Request) -> Response:
        """A page of a document with quotes marked: its picture, or its text where there is none."""
        document = self._library.document(request.path_params["document"])
        number = request.path_params["number"]
        text = self._library.page(document.name, number) if document is not None else None
        if document is None or text is None:
            return _missing("there is no such page in the library")
        quotes = tuple(request.query_params.getlist("quote"))[:_MOST_QUOTES]
        found = [{"text": quote, "is_there": locate_quote(text, quote) is not None} for quote in quotes]
        has_picture = source_of(self._library, document.name) is not None
        why = "The text as it was read; it is no PDF." if not document.path.lower().endswith(".pdf") else (
            "The text as it was read; the PDF is not where it was taken in from, or was changed since."
        )  # fmt: skip
        return _html(
            render(
                "page.html.j2",
                document=document,
                number=number,
                quotes=found,
                picture=picture_link(document.name, number, quotes) if has_picture else "",
                pieces=marked(text, quotes),
                why_text=why,
            )
        )

    def picture(self, request: Request) -> Response:
        """The picture of a page."""
        from starlette.responses import Response

        name, number = request.path_params["document"], request.path_params["number"]
        path = source_of(self._library, name)
        if path is None:
            return _missing("there is no picture of that page")
        quotes = tuple(request.query_params.getlist("quote"))[:_MOST_QUOTES]
        drawn = draw_page(Wanted(path, number, quotes, 1000, is_strip=request.query_params.get("strip") == "1"))
        return _missing("that page cannot be drawn") if drawn is None else Response(drawn.data, media_type="image/jpeg")

    def ask(self, request: Request) -> Response:
        """The answer to a question as a page."""
        with self._one:
            try:
                reply = self._reply(request)
            except BadInput as error:
                return _missing(str(error), 400)
            return _html(served_reply(reply, self._library))

    def ask_json(self, request: Request) -> Response:
        """The answer to a question as data."""
        from starlette.responses import JSONResponse

        with self._one:
            try:
                return JSONResponse(self._reply(request).model_dump(mode="json"))
            except BadInput as error:
                return _missing(str(error), 400)

    def _reply(self, request: Request) -> Reply:
        """An answer by the model that is set up, checked, else by the rules.

        A page of another site, which could spend the model's money by a mere link, gets the rules'.
        """
        question = request.query_params.get("q", "")
        if request.headers.get("sec-fetch-site", "none") not in _OWN:
            return self._library.ask(question)
        return answer_question(self._library, question, settings=self._settings)

    def _documents(self) -> list[Any]:
        return list(self._library.documents())

    def _campaign(self, name: str) -> dict[str, Any]:
        from eutectic.agents.cli.showing import summary

        row = {"name": name, "has_report": (self._out / name / "report.html").is_file(), "goal": "", "best": ""}
        try:
            found = summary(self._out, name, self._settings)
        except EutecticError as error:
            return row | {"state": f"unreadable: {error}"}
        best = next(iter(found["best"]), None)
        values = ", ".join(f"{item['name']} {item['value']}" for item in best["values"]) if best else ""
        formula = best["recipe"]["formula"] if best else ""
        return row | {"state": found["state"], "goal": found["goal"], "best": f"{formula}: {values}" if best else "-"}


def build_app(out: Path, library: Library, settings: Settings, hosts: tuple[str, ...], token: str = "") -> Starlette:
    """The app with its guard, for a server or a test client."""
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.routing import Route

    web = WebApp(out, library, settings)
    routes = [
        Route("/", web.home),
        Route("/ask", web.ask),
        Route("/api/ask", web.ask_json),
        Route("/campaigns/{name}/report", web.report),
        Route("/claims", web.claims),
        Route("/library", web.library),
        Route("/library/{document}/pages/{number:int}.jpg", web.picture),
        Route("/library/{document}/pages/{number:int}", web.page),
    ]
    return Starlette(routes=routes, middleware=[Middleware(Guard, hosts=hosts, token=token)])


def marked(text: str, quotes: tuple[str, ...]) -> list[tuple[str, bool]]:
    """A text in pieces, each with whether a quote stands there."""
    places = sorted(place for quote in quotes if (place := locate_quote(text, quote)) is not None)
    pieces, at = [], 0
    for start, end in places:
        if start >= at:
            pieces += [(text[at:start], False), (text[start:end], True)]
            at = end
    return [piece for piece in (*pieces, (text[at:], False)) if piece[0]]


def _html(text: str) -> Response:
    from starlette.responses import HTMLResponse

    return HTMLResponse(text)


def _missing(why: str, status: int = 404) -> Response:
    from starlette.responses import PlainTextResponse

    return PlainTextResponse(f"{why}\n", status)
