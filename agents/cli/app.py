"""The commands of `eutectic`, put together."""

from __future__ import annotations

from importlib.metadata import entry_points, version
from typing import Annotated

import typer

from eutectic.agents.cli import (
    answering,
    asking,
    chatting,
    checking,
    claims,
    exporting,
    fetching,
    importing,
    library,
    records,
    running,
    serving,
    showing,
    stopping,
)

app = typer.Typer(
    name="eutectic",
    help="A research team in software: tell it which property you want, it finds the composition.",
    epilog="Exit codes: 0 done, 1 failed, 2 bad input, 3 waiting for a person. Begin with eutectic run SPEC.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"eutectic {version('eutectic')}")
        raise typer.Exit


@app.callback()
def options(
    is_version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Options before any command."""


running.add(app)
showing.add(app)
answering.add(app)
importing.add(app)
exporting.add(app)
library.add(app)
asking.add(app)
fetching.add(app)
records.add(app)
serving.add(app)
claims.add(app)
chatting.add(app)
checking.add(app)
stopping.add(app)
for plugin in entry_points(group="eutectic.commands"):
    app.add_typer(plugin.load(), name=plugin.name)
