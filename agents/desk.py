"""The campaigns behind the chat: start, watch, explain, approve, reject, stop, ask the library."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from eutectic.agents.campaign import Campaign
from eutectic.agents.cli.answering import close_campaign, waiting_plan
from eutectic.agents.cli.asking import reply_text
from eutectic.agents.cli.running import write
from eutectic.agents.cli.showing import status_text, summary
from eutectic.agents.cli.telling import tell as tell_event
from eutectic.agents.runs import create_campaign, open_campaign, read_campaign
from eutectic.core.errors import BadInput
from eutectic.core.notebook import CampaignView, Event
from eutectic.core.plan import Approval
from eutectic.core.settings import Settings, home
from eutectic.core.spec import CampaignSpec


class Desk:
    """One campaign at a time, the newest unless another is named; every answer is text for the user."""

    def __init__(
        self, out: Path, settings: Settings, *, by: str, tell: Callable[[str], object], campaign: str | None = None
    ) -> None:
        self._out, self._settings, self._by, self._tell = out, settings, by, tell
        self._campaign = campaign

    def start(self, spec: CampaignSpec) -> str:
        """Start a campaign of a confirmed spec and run it until it ends or waits."""
        view = CampaignView()
        with create_campaign(spec, self._out, self._settings, [self._listener(view)]) as campaign:
            self._campaign = campaign.id
            return self._advance(campaign)

    def status(self) -> str:
        """Where the campaign stands."""
        return status_text(summary(self._out, self._name(), self._settings))

    def why(self, trial: str) -> str:
        """Why a trial was chosen, what was expected of it and what came back."""
        with read_campaign(self._out, self._name(), self._settings) as (_, view, notebook):
            found = view.trials.get(trial)
            if found is None:
                known = ", ".join(list(view.trials)[-8:])
                raise BadInput(f"there is no trial {trial!r}", mend=f"the last ones are {known or 'none'}")
            decision = notebook.get("decision", f"{trial.split('-')[0]}/designer/choose") or {}
            return _why(view, trial, decision)

    def approve(self, reason: str) -> str:
        """Approve the plan that waits, and go on."""
        return self._answer("approve", reason)

    def reject(self, reason: str) -> str:
        """Reject the plan that waits, and go on."""
        return self._answer("reject", reason)

    def stop(self, reason: str) -> str:
        """Stop the campaign for good."""
        with open_campaign(self._out, self._name(), self._settings) as campaign:
            words = close_campaign(campaign, self._by, reason)
        return f"{self._name()}: {words}\n{write(self._out / self._name(), self._settings)}"

    def ask(self, question: str) -> str:
        """Ask the library."""
        from eutectic.agents.answering import answer_question
        from eutectic.knowledge.library import open_library

        library = open_library(home() / "library", self._settings)
        try:
            return reply_text(answer_question(library, question))
        finally:
            library.close()

    def _answer(self, decision: str, reason: str) -> str:
        view = CampaignView()
        with open_campaign(self._out, self._name(), self._settings, [self._listener(view)]) as campaign:
            for event in campaign.notebook.events():
                view.fold(event)
            sha = waiting_plan(campaign, None)
            given: dict[str, Any] = {"plan_sha256": sha, "decision": decision, "by": self._by, "reason": reason}
            campaign.answer(Approval.model_validate(given))
            return self._advance(campaign)

    def _advance(self, campaign: Campaign) -> str:
        outcome = campaign.advance()
        report = write(campaign.folder, self._settings)
        waits = {"done": "is done", "waiting_person": "waits for you", "waiting_lab": "waits for the lab"}
        return f"{campaign.id} {waits[outcome.state]}: {outcome.detail}\n{report}"

    def _listener(self, view: CampaignView) -> Callable[[Event], None]:
        def listener(event: Event) -> None:
            view.fold(event)
            line = tell_event(event, view)
            if line is not None:
                self._tell(line)

        return listener

    def _name(self) -> str:
        if self._campaign is None:
            folders = [path.parent for path in self._out.glob("*/spec.yaml")] if self._out.is_dir() else []
            if not folders:
                raise BadInput("there is no campaign yet", mend="state a goal")
            self._campaign = max(folders, key=lambda path: (path / "spec.yaml").stat().st_mtime).name
        return self._campaign


def _why(view: CampaignView, name: str, decision: dict[str, Any]) -> str:
    trial = view.trials[name]
    who = decision.get("model") or decision.get("mind") or "nobody on record"
    lines = [f"{name} {trial.composition.formula()}: {trial.why} (chosen by {who}, from {trial.source})"]
    for item in trial.predictions:
        lines.append(f"  expected {item.property} {item.mean:.4g} +- {item.sd:.2g}")
    for quote in trial.evidence:
        lines.append(f"  evidence: {quote.document}, page {quote.page}: {quote.text!r}")
    observation = view.observations.get(name)
    if observation is None:
        lines.append("  not measured" if trial in view.rejected else "  not measured yet")
    elif observation.status != "ok":
        lines.append(f"  {observation.status}: {observation.cause}. {observation.note}".rstrip())
    else:
        values = [f"{m.property} {m.value:.4g} {m.unit}" for m in observation.measurements if m.value is not None]
        lines.append(f"  measured {', '.join(values)}")
    if name in view.excluded:
        lines.append(f"  set aside by the analyst: {view.excluded[name]}")
    return "\n".join(lines)
