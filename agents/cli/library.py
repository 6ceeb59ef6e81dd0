"""Commands of the library: ingest documents, ask questions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from eutectic.agents.cli.options import Json, console, print_json

Library = Annotated[
    Path | None, typer.Option("--library", help="The library's folder; $EUTECTIC_HOME/library without.")
]


def add(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("ingest")(ingest)
    app.command("ask")(ask)


def _folder(given: Path | None) -> Path:
    from eutectic.core.settings import home

    return given or home() / "library"


def ingest(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, or folders of them.")],
    library: Library = None,
    as_json: Json = False,
) -> int:
    """Read documents into the library; what cannot be read is named with its reason and the rest goes on."""
    from rich.progress import Progress

    from eutectic.core.settings import load_settings
    from eutectic.knowledge.library import open_library

    opened = open_library(_folder(library), load_settings())
    try:
        with Progress(console=console(), disable=as_json or not console().is_terminal) as bar:
            task = bar.add_task("reading", total=None)
            report = opened.ingest(
                paths, lambda step: bar.update(task, total=step.total, completed=step.done, description=step.name)
            )
    finally:
        opened.close()
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        typer.echo(report.text())
    return 0 if report.any_usable else 1


def ask(
    question: Annotated[str, typer.Argument(help="A question in plain words.")],
    library: Library = None,
    as_json: Json = False,
) -> int:
    """Answer a question with quotes from the library, each checked to stand on the page it names."""
    from eutectic.core.settings import load_settings
    from eutectic.knowledge.library import open_library

    opened = open_library(_folder(library), load_settings())
    try:
        reply = opened.ask(question)
    finally:
        opened.close()
    if as_json:
        print_json(reply.model_dump(mode="json"))
    else:
        typer.echo(reply.text())
    return 0
