"""The command that takes a worksheet's results in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eutectic.agents.cli.options import RUNS, Json, Out
from eutectic.core.errors import BadInput

if TYPE_CHECKING:
    from eutectic.lab_interface.results_import import ImportReport


def add(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("import", short_help="Take in the results of a worksheet, and go on.")(import_results)


def import_results(
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="The filled-in results template, a CSV file.")],
    campaign: Annotated[str, typer.Option("--campaign", help="The campaign that waits for them.")],
    out: Out = RUNS,
    yes: Annotated[bool, typer.Option("--yes", help="Take them in without asking.")] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why, when results are corrected.")] = "",
    as_json: Json = False,
) -> int:
    """Show what a results file would change, take it in, and go on with the campaign."""
    from eutectic.agents.cli.running import go_on
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
        if not as_json:
            typer.echo(report.text())
        if not report.observations:
            raise _nothing(report, results)
        if not yes and not as_json:
            if not sys.stdin.isatty():
                raise BadInput(
                    "nobody is here to confirm", where=str(results), mend="look at the changes, then add --yes"
                )
            if not typer.confirm("Take these results in?"):
                return 3
        lab.record(report, reason=reason)
    return go_on(campaign, out, as_json=as_json, also={"import": report.model_dump(mode="json")})


def _nothing(report: ImportReport, results: Path) -> BadInput:
    """No row could be taken in: the first reason, with its line."""
    if not report.refused:
        return BadInput("no row is filled in", where=str(results), mend="fill in values, or 'failed' with its cause")
    first = report.refused[0]
    more = f"; and {len(report.refused) - 1} more" if len(report.refused) > 1 else ""
    return BadInput(f"no row can be taken in: {first.sample}: {first.reason}{more}", where=f"{results}:{first.line}")
