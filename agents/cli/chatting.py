"""The command that talks: goals, status, reasons and approvals in plain English or Chinese."""

from __future__ import annotations

import sys

import typer

from eutectic.agents.cli.options import RUNS, Out


def add(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("chat", short_help="Talk in plain English or Chinese.")(chat)


def chat(
    out: Out = RUNS,
    campaign: str = typer.Option("", "--campaign", help="Talk about this campaign from the start."),
    by: str = typer.Option("", "--by", help="Your name, kept with approvals."),
) -> int:
    """Talk: state a goal, confirm the spec, watch, ask why, approve or reject. `quit` ends it."""
    from eutectic.agents.chat import ChatSession
    from eutectic.agents.desk import Desk
    from eutectic.core.settings import load_settings

    desk = Desk(out, load_settings(), by=by or _user(), tell=typer.echo, campaign=campaign or None)
    session = ChatSession(desk)
    if sys.stdin.isatty():
        typer.echo("State a goal, or ask for help. (quit ends)")
    while True:
        try:
            text = input("> " if sys.stdin.isatty() else "").strip()
        except EOFError:
            return 0
        if text.lower() in {"quit", "exit", "q", "退出"}:
            return 0
        if text:
            typer.echo(session.handle(text).text)


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "person"
