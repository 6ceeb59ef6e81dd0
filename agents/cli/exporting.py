"""Commands that give a campaign away as a folder, and check such a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from eutectic.agents.cli.options import RUNS, CampaignId, Json, Out, print_json


def add(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("export", short_help="Write a campaign as a folder for a colleague: tables and an RO-Crate.")(export)
    app.command("verify", short_help="Check that an exported folder is whole and unchanged.")(verify)


def export(
    campaign: CampaignId,
    to: Annotated[Path, typer.Option("--to", help="The new folder.")],
    out: Out = RUNS,
    licence: Annotated[str, typer.Option("--license", help="URL of the licence the data are given under.")] = "",
    as_json: Json = False,
) -> int:
    """Write a campaign as a folder a colleague can open: CSV tables, report, raw files, notebook and RO-Crate."""
    from eutectic.agents.campaign import find_campaign
    from eutectic.agents.export import export_campaign
    from eutectic.core.settings import load_settings

    url = load_settings().database_url
    done = export_campaign(
        find_campaign(out, campaign), to, database=url.get_secret_value() if url else None, licence=licence
    )
    if as_json:
        print_json({**done._asdict(), "folder": str(done.folder)})
    else:
        typer.echo(
            f"{done.observations} observations, {done.artifacts} raw files, {done.files} files; head {done.head}"
        )
        for digest in done.missing:
            typer.echo(f"  ! raw file {digest} is gone or changed, and is not in the export")
        typer.echo(str(done.folder))
    return 1 if done.missing else 0


def verify(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that eutectic export wrote.")],
    as_json: Json = False,
) -> int:
    """Check an exported folder: every file, the notebook's chain, and that the tables say what the notebook says."""
    from eutectic.agents.export_check import check_export

    found = check_export(folder)
    if as_json:
        print_json(found._asdict())
    else:
        for problem in found.problems:
            typer.echo(f"  ! {problem}")
        state = "NOT as it was written" if found.problems else "whole and unchanged"
        typer.echo(
            f"{folder}: {state}: campaign {found.campaign or '?'}, {found.files} files, {found.events} events, "
            f"{found.observations} observations"
        )
        if found.head:
            typer.echo(f"head {found.head}: compare it with what the giver names")
    return 1 if found.problems else 0
