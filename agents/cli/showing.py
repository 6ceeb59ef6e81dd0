"""Commands that show a campaign: status, report, replay."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eutectic.agents.cli.options import RUNS, CampaignId, Json, Out, print_json
from eutectic.core.errors import EutecticError

if TYPE_CHECKING:
    from eutectic.core.notebook import CampaignView, Notebook
    from eutectic.core.settings import Settings
    from eutectic.core.trial import Observation


def add(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("status", short_help="Say where campaigns stand.")(status)
    app.command("report", short_help="Write the report anew and print its path.")(report)
    app.command("replay", short_help="Run a campaign again from its recording and compare.")(replay)


def status(
    campaign: Annotated[str | None, typer.Argument(metavar="[ID]", help="One campaign; all of them without.")] = None,
    out: Out = RUNS,
    as_json: Json = False,
) -> int:
    """Say where campaigns stand, from their notebooks."""
    from eutectic.agents.campaign import campaign_names
    from eutectic.core.settings import load_settings

    settings = load_settings()
    names = [campaign] if campaign else campaign_names(out)
    rows = [summary(out, campaign, settings)] if campaign else [_summary_or_why(out, name, settings) for name in names]
    if as_json:
        print_json(rows[0] if campaign else rows)
    elif not rows:
        typer.echo(f"no campaigns in {out}/: start one with eutectic run SPEC")
    for row in () if as_json else rows:
        typer.echo(f"{row['campaign']}: {row['state']}: {row['error']}" if "error" in row else status_text(row))
    return 1 if any("error" in row for row in rows) else 0


def _summary_or_why(out: Path, name: str, settings: Settings) -> dict[str, Any]:
    """The summary, or why there is none: one broken campaign hides no other."""
    try:
        return summary(out, name, settings)
    except EutecticError as error:
        return {"campaign": name, "state": "unreadable", "error": str(error)}


def summary(out: Path, name: str, settings: Settings) -> dict[str, Any]:
    """Where one campaign stands, as data."""
    from eutectic.agents.graph.lines import budget_left, ranked_lines
    from eutectic.agents.graph.ranking import Leaderboard
    from eutectic.agents.runs import read_campaign
    from eutectic.agents.waiting import waits
    from eutectic.core.notebook.plan_life import plan_states

    with read_campaign(out, name, settings) as (folder, view, notebook):

        def known(trial: str) -> Observation:
            return view.corrected(view.observations[trial])

        board = Leaderboard(view.spec, view.recipe_of.__getitem__, view.training(), known)
        return {
            "campaign": name,
            "state": view.state,
            "round": view.round,
            "goal": view.spec.goal,
            "best": [item.model_dump(mode="json") for item in ranked_lines(view.spec, board, 3)],
            "spent": view.spent.model_dump(mode="json"),
            "left": budget_left(view).model_dump(mode="json"),
            "currency": view.spec.budget.currency,
            "failed": sum(item.status != "ok" for item in view.observations.values()),
            "minds": dict(view.minds),
            "knowledge": _knowledge(view, notebook),
            "waiting": _waiting(view, notebook),
            "plans": plan_states(notebook.events()),
            "waits": [{**item._asdict(), "text": item.text} for item in waits(view)],
            "closed": view.closed,
            "events": len(notebook),
            "folder": str(folder),
        }


def _knowledge(view: CampaignView, notebook: Notebook) -> dict[str, Any] | None:
    """The sources of knowledge and the last reading of the meter; nothing without knowledge."""
    terms = notebook.get("tool", "r00/terms")
    if terms is None:
        return None
    readings = (notebook.get("tool", f"r{number:02d}/meter") for number in range(view.round, 0, -1))
    last = next((item["result"] for item in readings if item is not None), None)
    return {"sources": terms["result"]["used"], "unused": terms["result"]["unused"], "meter": last}


def _waiting(view: CampaignView, notebook: Notebook) -> dict[str, Any] | None:
    """The plan or the question that waits for a person."""
    if view.waiting is not None:
        return {"plan": view.waiting, **(notebook.get("approval_requested", view.waiting) or {})}
    return {"question": view.asked[0], "reason": view.asked[1]} if view.asked is not None else None


def status_text(row: dict[str, Any]) -> str:
    """Where one campaign stands, in lines."""
    spent, lines = row["spent"], [f"{row['campaign']}: {row['state']}, round {row['round']}: {row['goal']}"]
    for item in row["best"]:
        values = ", ".join(f"{value['name']} {value['value']}" for value in item["values"])
        met = "  meets the goal" if item["meets_goal"] else ""
        lines.append(f"  best  {item['trial']}  {item['recipe']['formula']}: {values}{met}")
    lines.append(
        f"  spent {spent['experiments']} experiments ({row['failed']} failed), "
        f"{spent['money']:,.2f} {row['currency']}, "
        f"{spent['hours']:,.1f} h, {spent['model_calls']} model calls; {row['left']['experiments']} experiments left"
    )
    minds = ", ".join(f"{count} by {name}" for name, count in sorted(row["minds"].items()))
    lines.append(f"  decisions: {minds or 'none yet'}")
    meter = (row["knowledge"] or {}).get("meter")
    lines += [f"  knowledge: {words}" for words in (meter["words"] if meter else ())]
    if row["waiting"]:
        trials = row["waiting"].get("trials", ())
        lines.append(f"  waits: {row['waiting']['reason']}" + (f" (trials {', '.join(trials)})" if trials else ""))
    lines += [f"  waits for {item['text']}" for item in row["waits"]]
    if row["closed"]:
        lines.append(f"  closed: {row['closed']['reason']}")
    return "\n".join(lines)


def report(campaign: CampaignId, out: Out = RUNS, as_json: Json = False) -> int:
    """Write report.html, report.md, observations.csv and recording.jsonl from the notebook, and print the path."""
    from eutectic.agents.campaign import find_campaign
    from eutectic.agents.cli.running import write
    from eutectic.core.settings import load_settings

    path = write(find_campaign(out, campaign), load_settings())
    if as_json:
        print_json({"report": str(path)})
    else:
        typer.echo(str(path))
    return 0


def replay(
    campaign: CampaignId,
    out: Out = RUNS,
    recompute: Annotated[
        bool, typer.Option("--recompute", help="Compute the optimiser's advice anew instead of taking the recorded.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Run a campaign again from its recording, offline, and check that every decision and trial is the same."""
    from eutectic.agents.replaying import replay as run_again
    from eutectic.core.settings import load_settings

    done = run_again(out, campaign, load_settings(), recompute=recompute)
    if as_json:
        print_json(done._asdict())
    else:
        far = "" if done.is_whole else " as far as it is recorded (it did not come to its end)"
        typer.echo(
            f"{campaign} replays{far}: {done.decisions} decisions and {done.trials} trials, {done.compared} events "
            f"equal ({done.folder})"
        )
    return 0
