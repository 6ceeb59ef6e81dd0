"""The commands of `eutectic`, put together."""

from __future__ import annotations

import typer

from eutectic.agents.cli import answering, benching, chatting, checking, importing, library, running, showing

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
benching.add(app)
checking.add(app)
