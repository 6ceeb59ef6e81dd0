"""The command that takes a worksheet's results in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from eutectic.agents.cli.options import RUNS, Json, Out, print_json
from eutectic.core.errors import BadInput


def add(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("import")(import_results)


def import_results(
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="The filled-in results template, a CSV file.")],
    campaign: Annotated[str, typer.Option("--campaign", help="The campaign that waits for them.")],
    out: Out = RUNS,
    yes: Annotated[bool, typer.Option("--yes", help="Take them in without asking.")] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why, when results are corrected.")] = "",
    as_json: Json = False,
) -> int:
    """Show what a results file would change, take it in, and go on with the campaign."""
    from eutectic.agents.cli.running import resume
    from eutectic.agents.graph.experimenter import stored_plan
    from eutectic.agents.runs import open_campaign
    from eutectic.core.settings import load_settings
    from eutectic.lab_interface.labs.worksheet import WorksheetLab
    from eutectic.lab_interface.results_import import read_results

    with open_campaign(out, campaign, load_settings()) as opened:
        assert opened.context is not None
        lab, key = opened.context.lab, opened.view.in_flight
        if not isinstance(lab, WorksheetLab) or key is None:
            raise BadInput(f"campaign {campaign!r} waits for no worksheet results", mend="see eutectic status")
        report = read_results(results, stored_plan(opened.context, key))
        if as_json:
            print_json(report.model_dump(mode="json"))
        else:
            typer.echo(report.text())
        if not report.observations:
            raise BadInput("no row of the file can be taken in", where=str(results))
        if not yes and not as_json and not typer.confirm("Take these results in?"):
            return 3
        lab.record(report, reason=reason)
    return resume(campaign, out=out, as_json=as_json)
