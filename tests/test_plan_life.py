"""A plan's states as the notebook tells them, and what the optimiser is told of a campaign's compositions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eutectic.agents.campaign import Campaign, Collaborators
from eutectic.agents.minds.rules import RulesMind
from eutectic.agents.runs import opening
from eutectic.agents.spec_file import dump_spec, load_spec
from eutectic.core.errors import NotebookCorrupt
from eutectic.core.notebook import Event
from eutectic.core.notebook.plan_life import plan_states
from eutectic.core.settings import Settings
from eutectic.tools.optimizer import open_optimizer

KEY = "a-001/r01/a1"
PASSED = {"plan_sha256": "x", "checks": [{"name": "bytes", "verdict": "pass", "detail": ""}]}
BLOCKED = {"plan_sha256": "x", "checks": [{"name": "bytes", "verdict": "block", "detail": ""}]}
YES = {"plan_sha256": "x", "decision": "approve", "by": "Ada", "reason": ""}


def told(*steps: tuple[str, str, dict[str, Any]]) -> dict[str, str]:
    return dict(
        plan_states(
            Event.model_validate(
                {"seq": n, "at": "", "kind": kind, "slot": slot, "payload": payload, "prev": "", "hash": ""}
            )
            for n, (kind, slot, payload) in enumerate(steps, start=1)
        )
    )


LIFE = [
    ("plan", KEY, {}),
    ("verdict", KEY, PASSED),
    ("approval_requested", KEY, {}),
    ("approval", KEY, YES),
    ("submission_intended", KEY, {}),
    ("submission_accepted", KEY, {}),
    ("run_finished", KEY, {"state": "partially_succeeded"}),
]


def test_a_plan_goes_from_draft_to_its_end() -> None:
    states = [told(*LIFE[:n])[KEY] for n in range(1, len(LIFE) + 1)]
    assert states == [
        "draft",
        "validated",
        "awaiting_approval",
        "queued",
        "dispatched",
        "running",
        "partially_succeeded",
    ]


def test_a_blocked_or_edited_plan_is_rejected_and_never_runs() -> None:
    blocked = [LIFE[0], ("verdict", KEY, BLOCKED), LIFE[2]]
    assert told(*blocked) == {KEY: "rejected"}
    assert told(*LIFE[:3], ("approval", KEY, YES | {"decision": "edit"})) == {KEY: "rejected"}
    with pytest.raises(NotebookCorrupt, match="from rejected to dispatched"):
        told(*blocked, LIFE[4])


def test_unknown_is_left_only_when_a_person_says_what_became_of_it() -> None:
    doubt = [*LIFE[:6], ("paused", f"{KEY}/unknown", {"reason": "lost"})]
    assert told(*doubt) == {KEY: "unknown"}
    assert told(*doubt, ("approval", f"{KEY}/unknown", YES)) == {KEY: "running"}
    with pytest.raises(NotebookCorrupt, match="from unknown to dispatched"):
        told(*doubt, LIFE[4])


class Listening:
    """The optimiser of a spec that keeps what it was told."""

    def __init__(self, inner: Any) -> None:
        self._inner, self.heard = inner, []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def tell(self, observations: Any) -> None:
        self.heard += list(observations)
        self._inner.tell(observations)


def test_the_optimiser_is_told_what_was_really_made(tmp_path: Path) -> None:
    spec = load_spec(Path(__file__).parent / "data" / "quick.yaml")
    (tmp_path / "spec.yaml").write_text(dump_spec(spec))
    (tmp_path / "artifacts").mkdir()
    optimizer = Listening(open_optimizer(spec))
    with_ = Collaborators(settings=Settings(), mind=RulesMind(), optimizer=optimizer)  # type: ignore[arg-type]
    with Campaign(tmp_path, "quick-001", with_) as campaign:
        campaign.begin(opening(spec, "quick-001"))
        campaign.advance()
        made = campaign.view.observations
        asked = {key: trial.composition for key, trial in campaign.view.trials.items()}
        assert set(plan_states(campaign.notebook.events()).values()) <= {"succeeded", "partially_succeeded", "failed"}
    assert optimizer.heard and all(item.composition == made[item.trial].composition for item in optimizer.heard)
    assert any(item.composition != asked[item.trial] for item in optimizer.heard)
