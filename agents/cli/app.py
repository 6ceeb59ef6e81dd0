"""The commands of `eutectic`, put together."""

from __future__ import annotations

from importlib.metadata import entry_points

import typer

from eutectic.agents.cli import answering, chatting, checking, importing, library, running, showing

app = typer.Typer(
    name="eutectic",
    help="A research team in software: tell it which property you want, it finds the composition.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
running.add(app)
showing.add(app)
answering.add(app)
importing.add(app)
library.add(app)
chatting.add(app)
checking.add(app)
for plugin in entry_points(group="eutectic.commands"):
    app.add_typer(plugin.load(), name=plugin.name)
