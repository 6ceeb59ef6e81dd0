"""Options and output that several commands share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

Out = Annotated[Path, typer.Option("--out", help="Folder that holds one folder per campaign.")]
Json = Annotated[bool, typer.Option("--json", help="Print data as JSON.")]
CampaignId = Annotated[str, typer.Argument(metavar="ID", help="The campaign's ID, such as soft-magnet-001.")]
RUNS = Path("runs")


def console() -> Console:
    """The terminal, or plain lines where there is none."""
    return Console(highlight=False)


def print_json(value: Any) -> None:
    """Data for a program."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))
