"""The ledger: everything the report needs, read from the notebook once and sorted by what it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from eutectic.agents.graph.images import IMAGES_SUFFIX, ImageRead, ImagesRead
from eutectic.core.decision import ToolCall, Usage
from eutectic.core.errors import NotebookCorrupt
from eutectic.core.notebook import CampaignView, Event, Notebook
from eutectic.core.optimizer import Advice
from eutectic.core.plan import Approval, Plan, Verdict
from eutectic.core.spec import CampaignSpec

_ROUND = re.compile(r"(?:^|/)r(\d+)(?=/|$|-)")


@dataclass(frozen=True)
class DecisionEntry:
    """One decision as it was recorded."""

    slot: str
    at: str
    round: int
    """0 before the first round."""
    role: str
    name: str
    mind: str
    model: str
    answer: dict[str, Any]
    context: dict[str, Any]
    usage: Usage
    tools: tuple[ToolCall, ...]
    attempts: tuple[str, ...]
    fallback: str


@dataclass(frozen=True)
class ApprovalEntry:
    """A plan that asked for approval, with what the gate found and who answered."""

    slot: str
    at: str
    round: int
    reason: str
    plan: Plan | None
    verdict: Verdict | None
    approval: Approval | None


@dataclass
class Ledger:
    """A campaign's notebook, sorted."""

    id: str
    view: CampaignView = field(default_factory=CampaignView)
    opening: dict[str, Any] = field(default_factory=dict)
    decisions: list[DecisionEntry] = field(default_factory=list)
    advice: dict[int, Advice] = field(default_factory=dict)
    """The optimiser's answer by round."""
    approvals: dict[str, ApprovalEntry] = field(default_factory=dict)
    rounds_closed: dict[int, dict[str, Any]] = field(default_factory=dict)
    runs: list[dict[str, Any]] = field(default_factory=list)
    notes: list[tuple[str, str, str]] = field(default_factory=list)
    """Slot, level and text."""
    judged: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Slot and payload of every judgement of a value in doubt."""
    recording: list[dict[str, Any]] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    card: dict[str, Any] | None = None
    """The analyst's model card, where nothing was observed or set aside since."""
    claims: dict[str, Any] | None = None
    """The claims frozen before the first experiment, and what was refused."""
    knowing: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By slot: knowledge as frozen, its terms, and the meter after each round."""
    images: list[ImageRead] = field(default_factory=list)
    """Microstructure images that were read, in order."""
    is_simulated: bool = False
    first_at: str = ""
    last_at: str = ""
    head: str = ""
    chain: str = ""
    """Empty where the chain verifies, else what is wrong with it."""

    @property
    def spec(self) -> CampaignSpec:
        """The campaign's spec."""
        return self.view.spec

    def answers(self, role: str, name: str) -> list[DecisionEntry]:
        """Decisions of one role and name, oldest first."""
        return [entry for entry in self.decisions if entry.role == role and entry.name == name]


def read_ledger(folder: Path, database: str | None = None) -> Ledger:
    """Read a campaign's notebook without changing it.

    Raises:
        StorageFailed: there is no notebook, or it cannot be read.
        NotebookCorrupt: it holds no campaign, or an event that cannot be understood.
    """
    folder = folder.resolve()
    with Notebook(database or folder / "notebook.db", folder.name, read_only=True) as notebook:
        ledger = Ledger(folder.name)
        for event in notebook.events():
            _take(ledger, event)
        try:
            notebook.verify()
        except NotebookCorrupt as error:
            ledger.chain = str(error)
    _ = ledger.spec
    return ledger


def ledger_of(campaign: str, events: Iterable[Event]) -> Ledger:
    """Events of one campaign, in order, sorted.

    Raises:
        NotebookCorrupt: they hold no campaign, or one that cannot be understood.
    """
    ledger = Ledger(campaign)
    for event in events:
        _take(ledger, event)
    _ = ledger.spec
    return ledger


def _take(ledger: Ledger, event: Event) -> None:
    try:
        ledger.view.fold(event)
        taker = _TAKERS.get(event.kind)
        if taker is not None:
            taker(ledger, event)
    except (ValidationError, KeyError, TypeError) as error:
        what = error.errors()[0]["msg"] if isinstance(error, ValidationError) else repr(error)
        raise NotebookCorrupt(
            f"event {event.seq} ({event.kind} {event.slot!r}) cannot be understood: {what}"
        ) from error
    ledger.kinds[event.kind] += 1
    ledger.first_at = ledger.first_at or event.at
    ledger.last_at, ledger.head = event.at, event.hash


def round_of(slot: str) -> int:
    """The round a slot names, or 0."""
    match = _ROUND.search(slot)
    return int(match[1]) if match else 0


def _opened(ledger: Ledger, event: Event) -> None:
    ledger.opening = event.payload


def _decision(ledger: Ledger, event: Event) -> None:
    p = event.payload
    ledger.recording.append(p)
    ledger.is_simulated = ledger.is_simulated or p["context"].get("simulated") is True
    ledger.decisions.append(
        DecisionEntry(
            slot=event.slot,
            at=event.at,
            round=round_of(event.slot),
            role=p["role"],
            name=p["name"],
            mind=p["mind"],
            model=p.get("model") or "",
            answer=p["answer"],
            context=p["context"],
            usage=Usage.model_validate(p["usage"]),
            tools=tuple(ToolCall.model_validate(item) for item in p.get("tools") or ()),
            attempts=tuple(p.get("attempts") or ()),
            fallback=p.get("fallback") or "",
        )
    )


def _tool(ledger: Ledger, event: Event) -> None:
    if event.slot.endswith("optimizer/ask"):
        ledger.advice[round_of(event.slot)] = Advice.model_validate(event.payload["result"])
    elif event.slot.endswith("designer/claims-frozen"):
        ledger.claims = event.payload["result"]
    elif event.slot.endswith("analyst/assess"):
        ledger.card = event.payload["result"]
    elif event.slot in ("r00/knowledge", "r00/terms") or event.slot.endswith("/meter"):
        ledger.knowing[event.slot] = event.payload["result"]
    elif event.slot.endswith(IMAGES_SUFFIX):
        ledger.images += ImagesRead.model_validate(event.payload["result"]).images


def _entry(ledger: Ledger, event: Event) -> dict[str, Any]:
    old = ledger.approvals.get(event.slot)
    if old is not None:
        return dict(vars(old))
    return {
        "slot": event.slot, "at": event.at, "round": round_of(event.slot), "reason": "",
        "plan": None, "verdict": None, "approval": None,
    }  # fmt: skip


def _plan(ledger: Ledger, event: Event) -> None:
    plan = Plan.model_validate(event.payload)
    ledger.is_simulated = ledger.is_simulated or plan.simulated
    ledger.approvals[event.slot] = ApprovalEntry(**(_entry(ledger, event) | {"plan": plan, "round": plan.round}))


def _verdict(ledger: Ledger, event: Event) -> None:
    verdict = Verdict.model_validate(event.payload)
    ledger.approvals[event.slot] = ApprovalEntry(**(_entry(ledger, event) | {"verdict": verdict}))


def _requested(ledger: Ledger, event: Event) -> None:
    reason = str(event.payload.get("reason", ""))
    ledger.approvals[event.slot] = ApprovalEntry(**(_entry(ledger, event) | {"reason": reason}))


def _approval(ledger: Ledger, event: Event) -> None:
    approval = Approval.model_validate(event.payload)
    ledger.approvals[event.slot] = ApprovalEntry(**(_entry(ledger, event) | {"approval": approval, "at": event.at}))


def _run(ledger: Ledger, event: Event) -> None:
    ledger.runs.append({"slot": event.slot, "at": event.at, **event.payload})


def _observation(ledger: Ledger, event: Event) -> None:
    ledger.is_simulated = ledger.is_simulated or bool(event.payload["simulated"])
    ledger.card = None


def _corrected(ledger: Ledger, event: Event) -> None:
    ledger.card = None


def _judged(ledger: Ledger, event: Event) -> None:
    ledger.judged.append((event.slot, event.payload))
    ledger.card = None if event.payload["verdict"] == "exclude" else ledger.card


def _closed_round(ledger: Ledger, event: Event) -> None:
    ledger.rounds_closed[int(event.payload.get("round", round_of(event.slot)))] = event.payload


def _note(ledger: Ledger, event: Event) -> None:
    ledger.notes.append((event.slot, str(event.payload.get("level", "info")), str(event.payload.get("text", ""))))


def _paused(ledger: Ledger, event: Event) -> None:
    ledger.notes.append((event.slot, "paused", str(event.payload.get("reason", ""))))


_TAKERS = {
    "campaign_opened": _opened,
    "decision": _decision,
    "tool": _tool,
    "plan": _plan,
    "verdict": _verdict,
    "approval_requested": _requested,
    "approval": _approval,
    "run_finished": _run,
    "observation": _observation,
    "observation_corrected": _corrected,
    "observation_judged": _judged,
    "round_closed": _closed_round,
    "note": _note,
    "paused": _paused,
}
