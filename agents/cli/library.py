"""The command that takes documents into the library."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from eutectic.knowledge.ingest import FileReport, IngestReport

from eutectic.agents.cli.options import Json, console, print_json
from eutectic.core.errors import BadInput, EutecticError

Library = Annotated[
    Path | None, typer.Option("--library", help="The library's folder; $EUTECTIC_HOME/library without.")
]


def add(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("ingest", short_help="Read documents into the library.")(ingest)


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
    from eutectic.knowledge.ingest import SUFFIXES
    from eutectic.knowledge.library import open_library

    opened = open_library(_folder(library), load_settings())
    try:
        with Progress(console=console(), disable=as_json or not console().is_terminal) as bar:
            task = bar.add_task("reading", total=None)
            report = opened.ingest(
                paths,
                lambda step: bar.update(
                    task, total=step.total, completed=step.done, description=Path(step.file.path).name
                ),
            )
    finally:
        opened.close()
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        typer.echo(ingest_text(report))
    if not report.files:
        where = ", ".join(map(str, paths))[:200]
        raise BadInput("there are no documents that may be read", where=where, mend=f"name {', '.join(SUFFIXES)} files")
    if report.count("refused") == len(report.files):
        first = report.files[0]
        raise EutecticError(f"nothing was taken in: {first.message}", where=first.path)
    return 0


def ingest_text(report: IngestReport) -> str:
    """What became of every file, in lines."""
    lines = []
    for item in report.files:
        detail = _taken_in(item) if item.status == "ingested" else item.message or item.document
        lines.append(f"{item.status:<9} {item.path}: {detail}" + (f" [{', '.join(item.flags)}]" if item.flags else ""))
    lines += [f"note      {note}" for note in report.notes]
    counts = ", ".join(f"{report.count(status)} {status}" for status in ("ingested", "duplicate", "refused"))
    lines.append(f"{counts}; {report.pages} pages in {report.seconds:.1f} s, {report.pages_per_second:.1f} pages/s")
    return "\n".join(lines)


def _taken_in(item: FileReport) -> str:
    parts = [f"{item.pages} pages"]
    parts += [f"{n} {word}" for n, word in ((item.tables, "tables"), (item.figures, "figures")) if n]
    return ", ".join(parts) + (f"; {item.message}" if item.message else "")
