"""Commands with which a person answers a campaign: approve, reject, reconcile, abort."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from eutectic.agents.cli.options import RUNS, CampaignId, Json, Out, print_json
from eutectic.core.errors import BadInput

if TYPE_CHECKING:
    from eutectic.agents.campaign import Campaign

By = Annotated[str, typer.Option("--by", help="Who answers; kept in the notebook. Asked for at a terminal.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept in the notebook.")]
Plan = Annotated[str | None, typer.Option("--plan", help="Hash (or its beginning) of the plan you looked at.")]

_LONGEST_NAME = 80
_LONGEST_REASON = 1_900


def add(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("approve", short_help="Approve the plan a campaign waits for, and go on.")(approve)
    app.command("reject", short_help="Reject the plan a campaign waits for, and go on.")(reject)
    app.command("reconcile", short_help="Say what became of a run the lab cannot tell of.")(reconcile)
    app.command("prepared", short_help="Say that the samples a lab's devices wait for are made and mounted.")(prepared)
    app.command("abort", short_help="End a campaign for good.")(abort)


def approve(
    campaign: CampaignId,
    by: By = "",
    reason: Reason = "approved",
    keep: Annotated[str, typer.Option("--keep", help="Keep only these trials: r01-s01,r01-s03")] = "",
    plan: Plan = None,
    out: Out = RUNS,
    no_run: Annotated[
        bool, typer.Option("--no-run", help="Record the answer and leave the rest to resume or tick.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Approve the plan (or answer the question) a campaign waits for, and go on."""
    trials = tuple(item.strip() for item in keep.split(",") if item.strip())
    return _answer(campaign, "edit" if trials else "approve", by, reason, trials, plan, out, no_run, as_json)


def reject(
    campaign: CampaignId,
    reason: Reason,
    by: By = "",
    plan: Plan = None,
    out: Out = RUNS,
    no_run: Annotated[
        bool, typer.Option("--no-run", help="Record the answer and leave the rest to resume or tick.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Reject the plan a campaign waits for; its trials are not proposed again."""
    return _answer(campaign, "reject", by, reason, (), plan, out, no_run, as_json)


def _answer(
    name: str,
    decision: Literal["approve", "reject", "edit"],
    by: str,
    reason: str,
    keep: tuple[str, ...],
    plan: str | None,
    out: Out,
    no_run: bool,
    as_json: bool,
) -> int:
    from eutectic.agents.cli.running import resume
    from eutectic.agents.runs import open_campaign
    from eutectic.core.plan import Approval
    from eutectic.core.settings import load_settings

    by, reason = _signed(by, reason)
    with ExitStack() as stack:
        campaign = stack.enter_context(open_campaign(out, name, load_settings()))
        sha = waiting_plan(campaign, plan)
        campaign.answer(Approval(plan_sha256=sha, decision=decision, by=by, reason=reason, keep=keep))
    if no_run:
        if as_json:
            print_json({"campaign": name, "decision": decision, "plan_sha256": sha})
        else:
            typer.echo(f"{name}: {decision} recorded")
        return 0
    return resume(name, out=out, as_json=as_json)


def _signed(by: str, reason: str) -> tuple[str, str]:
    """The name and the reason an answer is signed with.

    Raises:
        BadInput: one of them is missing, or longer than the notebook takes.
    """
    if not by and sys.stdin.isatty():
        by = typer.prompt("Your name")
    for option, text, most in (("--by", by, _LONGEST_NAME), ("--reason", reason, _LONGEST_REASON)):
        if not text.strip():
            raise BadInput("an answer is signed: this is empty", where=option, mend=f"write {option} TEXT")
        if len(text) > most:
            raise BadInput(f"{len(text)} characters", where=option, mend=f"at most {most}")
    return by.strip(), reason.strip()


def waiting_plan(campaign: Campaign, prefix: str | None) -> str:
    """Hash of the plan a campaign waits for; an empty text for a question.

    Raises:
        BadInput: the plan that waits is not the one the person looked at.
    """
    request = campaign.notebook.get("approval_requested", campaign.view.waiting) if campaign.view.waiting else None
    sha = str(request["plan_sha256"]) if request else ""
    if prefix and not sha.startswith(prefix):
        raise BadInput(f"plan {sha[:12] or 'none'} waits, not {prefix!r}", mend="look at it with eutectic status")
    return sha


def reconcile(
    campaign: CampaignId,
    outcome: Annotated[Literal["ran", "did_not_run"], typer.Option("--outcome", help="What became of the run.")],
    by: By = "",
    out: Out = RUNS,
    as_json: Json = False,
) -> int:
    """Say what became of a run that the lab cannot tell of, and go on; it is never run again by itself."""
    from eutectic.agents.campaign import reconcile as settle
    from eutectic.agents.cli.running import resume
    from eutectic.agents.runs import open_campaign
    from eutectic.core.settings import load_settings

    by, _ = _signed(by, outcome)
    with open_campaign(out, campaign, load_settings()) as opened:
        settle(opened, outcome, by)
    return resume(campaign, out=out, as_json=as_json)


def prepared(
    campaign: CampaignId,
    by: By = "",
    out: Out = RUNS,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Return at once, do not wait for the lab.")] = False,
    as_json: Json = False,
) -> int:
    """Say that the samples of the plan under way are made and mounted, so that the devices begin, and go on."""
    from eutectic.agents.cli.running import go_on
    from eutectic.agents.runs import open_campaign
    from eutectic.core.settings import load_settings
    from eutectic.lab_interface.devices.device_lab import DeviceLab

    by, _ = _signed(by, "prepared")
    with open_campaign(out, campaign, load_settings()) as opened:
        assert opened.context is not None
        lab, key = opened.context.lab, opened.view.in_flight
        if not isinstance(lab, DeviceLab) or key is None:
            raise BadInput(f"campaign {campaign!r} waits for no samples", mend="see eutectic status")
        lab.say_prepared(key, by)
    return go_on(campaign, out, no_wait=no_wait, as_json=as_json)


def abort(
    campaign: CampaignId,
    reason: Reason,
    by: By = "",
    out: Out = RUNS,
    as_json: Json = False,
) -> int:
    """End a campaign for good: stops what runs in the lab and closes the notebook."""
    from eutectic.agents.cli.running import write
    from eutectic.agents.runs import open_campaign
    from eutectic.core.settings import load_settings

    by, reason = _signed(by, reason)
    settings = load_settings()
    with open_campaign(out, campaign, settings) as opened:
        words = close_campaign(opened, by, reason)
    report = write(opened.folder, settings)
    if as_json:
        print_json({"campaign": campaign, "state": "aborted", "report": str(report)})
    else:
        typer.echo(f"{campaign}: {words}\n{report}")
    return 0


def close_campaign(campaign: Campaign, by: str, reason: str) -> str:
    """Stop what runs in the lab and close the notebook; the words it was closed with.

    Raises:
        BadInput: the campaign is closed already.
    """
    from eutectic.agents.holding import release_unsent
    from eutectic.core.plan import Plan
    from eutectic.core.run import RunRef

    if campaign.view.closed is not None:
        raise BadInput(f"campaign {campaign.id!r} is closed already: {campaign.view.closed['reason']}")
    assert campaign.context is not None
    key = campaign.view.in_flight
    accepted = campaign.notebook.get("submission_accepted", key) if key else None
    if accepted is not None:
        ref, plan = RunRef.model_validate(accepted), Plan.model_validate(campaign.notebook.get("plan", key or ""))
        campaign.context.lab.abort(ref, reason)
        campaign.context.gate.settle(plan, campaign.context.lab.result(ref))
    release_unsent(campaign)
    words = f"aborted by {by}: {reason}"
    campaign.notebook.append("campaign_closed", "campaign", {"state": "aborted", "reason": words})
    return words
