"""Commands that drive campaigns: run, resume, tick."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eutectic.agents.cli.options import RUNS, CampaignId, Json, Out, console, print_json
from eutectic.agents.cli.progress import ProgressView
from eutectic.core.errors import BadInput, CampaignBusy, EutecticError
from eutectic.core.notebook.view import UNKNOWN_SUFFIX
from eutectic.core.spec import MindKind

if TYPE_CHECKING:
    from eutectic.agents.campaign import Campaign, Outcome
    from eutectic.core.notebook import Event
    from eutectic.core.settings import Settings

_EXIT = {"done": 0, "waiting_person": 3, "waiting_lab": 0}
_POLL_S = 1.0
NoWait = Annotated[bool, typer.Option("--no-wait", help="Return when the lab is busy instead of waiting for it.")]
MindOption = Annotated[MindKind | None, typer.Option("--mind", help="Who decides: overrides the spec.")]


def add(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("run", short_help="Start a campaign and run it until it ends or waits.")(run)
    app.command("resume", short_help="Go on with a campaign that was interrupted or waits.")(resume)
    app.command("tick", short_help="Advance every due campaign as far as it goes; for cron.")(tick)


def run(
    spec: Annotated[Path, typer.Argument(metavar="SPEC", help="The campaign's YAML file.")],
    out: Out = RUNS,
    mind: MindOption = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Overrides the spec's seed.")] = None,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> int:
    """Start a campaign and run it until it ends or waits for a person."""
    from eutectic.agents.runs import create_campaign
    from eutectic.agents.spec_file import load_spec, override, placed
    from eutectic.core.settings import load_settings

    settings = load_settings()
    wanted = override(load_spec(spec), mind=mind, seed=seed)
    with ExitStack() as stack:
        progress = stack.enter_context(ProgressView(console(), quiet=as_json))
        try:
            campaign = stack.enter_context(create_campaign(wanted, out, settings, [progress]))
        except BadInput as error:
            raise placed(error, spec) from error
        return _drive(campaign, settings, as_json, no_wait, stack, {})


def resume(campaign: CampaignId, out: Out = RUNS, no_wait: NoWait = False, as_json: Json = False) -> int:
    """Go on with a campaign that was interrupted or waits; nothing is lost and nothing is measured twice."""
    return go_on(campaign, out, no_wait=no_wait, as_json=as_json)


def go_on(
    campaign: str, out: Path, *, no_wait: bool = False, as_json: bool = False, also: dict[str, Any] | None = None
) -> int:
    """Drive a campaign as far as it goes and say where it stands, with `also` beside it in JSON."""
    from eutectic.agents.runs import open_campaign
    from eutectic.core.settings import load_settings

    settings = load_settings()
    with ExitStack() as stack:
        progress = stack.enter_context(ProgressView(console(), quiet=as_json))
        opened = stack.enter_context(open_campaign(out, campaign, settings, [progress]))
        progress.catch_up(list(opened.notebook.events()))
        return _drive(opened, settings, as_json, no_wait, stack, also or {})


def _drive(
    campaign: Campaign, settings: Settings, as_json: bool, no_wait: bool, stack: ExitStack, also: dict[str, Any]
) -> int:
    outcome = campaign.advance()
    while outcome.state == "waiting_lab" and not no_wait:
        time.sleep(_POLL_S)
        outcome = campaign.advance()
    report = write(campaign.folder, settings)
    stood_in = [item.payload["fallback"] for item in campaign.notebook.events() if _is_fallback(item)]
    stack.close()
    if as_json:
        print_json(
            {
                "campaign": campaign.id,
                "state": outcome.state,
                "detail": outcome.detail,
                "experiments": campaign.view.spent.experiments,
                "rules_stood_in": len(stood_in),
                "report": str(report),
                **also,
            }
        )
    else:
        if stood_in:
            typer.echo(f"the rules stood in for the model in {len(stood_in)} decisions: {stood_in[0]}")
        _tell(campaign, outcome, report)
    return _EXIT[outcome.state]


def _is_fallback(event: Event) -> bool:
    return event.kind == "decision" and bool(event.payload["fallback"])


def write(folder: Path, settings: Settings) -> Path:
    """Write the report of a campaign from its notebook."""
    from eutectic.agents.report import write_report

    url = settings.database_url
    return write_report(folder, database=url.get_secret_value() if url else None)


def _tell(campaign: Campaign, outcome: Outcome, report: Path) -> None:
    out = campaign.folder.parent
    there = "" if out == RUNS else f" --out {out}"
    if outcome.state == "waiting_person":
        typer.echo(f"{campaign.id} waits for a person: {outcome.detail}")
        sheets = sorted((campaign.folder / "plans").glob("**/worksheet.html"))
        asked = campaign.view.asked
        if asked is not None and asked[0].endswith(UNKNOWN_SUFFIX):
            typer.echo(f"  eutectic reconcile {campaign.id} --outcome ran --by NAME{there}   (or did_not_run)")
        elif campaign.view.waiting is not None or asked is not None:
            typer.echo(f"  eutectic approve {campaign.id} --by NAME --reason WHY{there}   (or reject)")
        elif sheets:
            typer.echo(f"  worksheet: {sheets[-1]}")
            typer.echo(f"  then: eutectic import RESULTS.csv --campaign {campaign.id}{there}")
    elif outcome.state == "waiting_lab":
        typer.echo(f"{campaign.id} waits for the lab: {outcome.detail}")
    else:
        typer.echo(f"{campaign.id} is done: {outcome.detail}")
    typer.echo(str(report))


def tick(
    out: Out = RUNS,
    as_json: Json = False,
) -> int:
    """Advance every due campaign as far as it goes without waiting, then return; for cron or a timer."""
    from eutectic.agents.campaign import campaign_names
    from eutectic.agents.runs import open_campaign
    from eutectic.core.settings import load_settings

    settings = load_settings()
    rows: list[dict[str, str]] = []
    failed = False
    for name in campaign_names(out):
        try:
            with open_campaign(out, name, settings) as campaign:
                if campaign.view.closed is not None:
                    continue
                outcome = campaign.advance()
                reminder = _remind(campaign)
            write(out / name, settings)
            rows.append({"campaign": name, "state": outcome.state, "detail": outcome.detail, "reminder": reminder})
        except CampaignBusy:
            rows.append({"campaign": name, "state": "busy", "detail": "another process drives it"})
        except EutecticError as error:
            failed = True
            rows.append({"campaign": name, "state": "failed", "detail": str(error)})
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            typer.echo(f"{row['campaign']}: {row['state']}: {row['detail']}")
            if row.get("reminder"):
                typer.echo(f"  reminder: {row['reminder']}")
        if not rows:
            typer.echo("no campaign is due")
    return 1 if failed else 0


def _remind(campaign: Campaign) -> str:
    """What has waited long enough to be spoken of again, noted once for each time; empty where nothing has."""
    from eutectic.agents.waiting import waits

    said = []
    for item in waits(campaign.view):
        slot = f"{item.slot}/reminder-{item.reminders}"
        if item.reminders and campaign.notebook.get("note", slot) is None:
            campaign.notebook.append("note", slot, {"level": "info", "text": f"reminder: waits for {item.text}"})
            said.append(item.text)
    return "; ".join(said)
