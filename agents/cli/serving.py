"""The command that serves the web app."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from eutectic.agents.cli.options import RUNS, Out

Host = Annotated[str, typer.Option("--host", help="Address to listen on; beyond this machine only with a token.")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 takes a free one.")]
Library = Annotated[
    Path | None, typer.Option("--library", help="The library's folder; $EUTECTIC_HOME/library without.")
]


def add(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("serve", short_help="Show campaigns, reports and the library in a browser.")(serve)


def serve(host: Host = "127.0.0.1", port: Port = 8300, out: Out = RUNS, library: Library = None) -> int:
    """Show campaigns, reports and the library in a browser; $EUTECTIC_SERVE_TOKEN is asked for where it is set."""
    import socket

    import uvicorn

    from eutectic.agents.web.app import build_app
    from eutectic.agents.web.guard import check_binding, is_loopback
    from eutectic.core.errors import BadInput
    from eutectic.core.settings import load_settings
    from eutectic.knowledge.library import open_library

    token = os.environ.get("EUTECTIC_SERVE_TOKEN", "")
    check_binding(host, token)
    hosts = ("127.0.0.1", "localhost", "[::1]") if is_loopback(host) else (host, socket.gethostname())
    settings = load_settings()
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        raise BadInput(f"cannot listen on {host}:{port}: {error.strerror}", mend="choose another --port") from error
    with open_library(library, settings) as opened, listener:
        shown = f"[{host}]" if ":" in host else host
        listener.listen()
        typer.echo(f"http://{shown}:{listener.getsockname()[1]}/ (Ctrl-C ends it)")
        app = build_app(out, opened, settings, hosts, token)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, server_header=False))
        server.run(sockets=[listener])
    return 0
