"""The command that takes a worksheet's results in: first the difference, then the results, then on it goes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eutectic.agents.cli.options import RUNS, Json, Out, print_json
from eutectic.core.errors import BadInput

if TYPE_CHECKING:
    from eutectic.agents.campaign import Campaign
    from eutectic.core.plan import Plan
    from eutectic.lab_interface.labs.worksheet import WorksheetLab
    from eutectic.lab_interface.results_diff import Review
    from eutectic.lab_interface.results_import import ImportReport


def add(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("import", short_help="Take in the results of a worksheet, and go on.")(import_results)


def import_results(
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="The filled-in results template, XLSX or CSV.")],
    campaign: Annotated[str, typer.Option("--campaign", help="The campaign that waits for them.")],
    out: Out = RUNS,
    yes: Annotated[bool, typer.Option("--yes", help="Take them in without asking.")] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why, when results are corrected.")] = "",
    by: Annotated[str, typer.Option("--by", help="Who corrects results; kept in the notebook.")] = "",
    attach: Annotated[
        list[Path] | None, typer.Option("--attach", help="A raw file that a line names; may be given several times.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Show what a results file would change, take it in, and go on with the campaign.

    Nothing is taken in before a person says so, or --yes does; with --json alone the difference is printed and the exit
    code is 3. The same file twice changes nothing. A result that was taken in before is corrected with --reason and
    --by: the old version stays in the notebook.
    """
    from eutectic.agents.cli.running import go_on
    from eutectic.agents.runs import open_campaign
    from eutectic.core.settings import load_settings
    from eutectic.lab_interface.results_import import plan_of, read_results
    from eutectic.lab_interface.results_thread import hash_files, keep_files

    with open_campaign(out, campaign, load_settings()) as opened:
        lab, plans = _lab_and_plans(opened)
        files = attach or []
        report = read_results(results, plan_of(results, plans), hash_files(files))
        _refuse_unnamed(files, report)
        review = lab.review(report)
        if not as_json:
            typer.echo(f"{report.text()}\n{review.text()}")
        if not report.observations:
            raise _nothing(report, results)
        if review.corrected and not (reason.strip() and by.strip()):
            raise _unsigned(review, results)
        if review.changed and not yes:
            if as_json:
                print_json({"campaign": campaign, "state": "waiting_person", **_said(report, review)})
                return 3
            if not sys.stdin.isatty():
                raise BadInput(
                    "nobody is here to confirm", where=str(results), mend="look at the changes, then add --yes"
                )
            if not typer.confirm("Take these results in?"):
                return 3
        keep_files(opened.folder, files)
        lab.record(report, reason=reason, by=by)
    return go_on(campaign, out, as_json=as_json, also=_said(report, review))


def _said(report: ImportReport, review: Review) -> dict[str, Any]:
    """What a file says and would change, as data."""
    found = {"new": review.new, "corrected": [item.trial for item in review.corrected], "same": review.same}
    return {"import": {**report.model_dump(mode="json"), **found}}


def _lab_and_plans(opened: Campaign) -> tuple[WorksheetLab, list[Plan]]:
    """The worksheet lab of a campaign, or of the person behind its devices, and its plans, oldest first."""
    from eutectic.core.plan import Plan
    from eutectic.lab_interface.devices.device_lab import DeviceLab
    from eutectic.lab_interface.labs.worksheet import WorksheetLab

    assert opened.context is not None
    given = opened.context.lab
    lab = given.by_hand.bench if isinstance(given, DeviceLab) else given
    keys = [item.slot for item in opened.notebook.events() if item.kind == "submission_accepted"]
    if not isinstance(lab, WorksheetLab) or not keys:
        raise BadInput(f"campaign {opened.id!r} waits for no worksheet results", mend="see eutectic status")
    return lab, [Plan.model_validate(opened.notebook.get("plan", key)) for key in keys]


def _refuse_unnamed(files: list[Path], report: ImportReport) -> None:
    from eutectic.lab_interface.results_thread import hash_files

    used = {digest for item in report.observations for digest in item.artifacts}
    idle = [name for name, digest in hash_files(files).items() if digest not in used]
    if idle and report.observations:
        raise BadInput(f"no line names {', '.join(idle)}", where="--attach", mend="write the name into 'raw files'")


def _unsigned(review: Review, results: Path) -> BadInput:
    names = ", ".join(item.trial for item in review.corrected)
    return BadInput(
        f"results of {names} were taken in before and are different now",
        where=str(results),
        mend="a correction is signed: add --reason WHY --by NAME",
    )


def _nothing(report: ImportReport, results: Path) -> BadInput:
    """No row could be taken in: the first reason, with its line."""
    if not report.refused:
        return BadInput("no row is filled in", where=str(results), mend="fill in values, or 'failed' with its cause")
    first = report.refused[0]
    more = f"; and {len(report.refused) - 1} more" if len(report.refused) > 1 else ""
    return BadInput(f"no row can be taken in: {first.sample}: {first.reason}{more}", where=f"{results}:{first.line}")
