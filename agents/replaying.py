"""Replay a recorded campaign: the same decisions and trials from its recording, nothing computed or measured anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from eutectic.agents.arrivals import arrivals_after, held_back, repeat_arrivals
from eutectic.agents.campaign import Campaign, Collaborators
from eutectic.agents.graph.images import IMAGES_SUFFIX
from eutectic.agents.graph.journal import Steps
from eutectic.agents.graph.knowing import KNOWN_TERMS
from eutectic.agents.minds.replay import ReplayMind
from eutectic.agents.recording import RecordedDecision
from eutectic.agents.runs import read_campaign
from eutectic.agents.spec_file import dump_spec
from eutectic.core.errors import RecordingEnds, ReplayDrift
from eutectic.core.notebook import Event
from eutectic.core.plan import Capabilities
from eutectic.core.settings import Settings
from eutectic.core.trial import Observation
from eutectic.lab_interface.labs.replay import ReplayLab
from eutectic.lab_interface.registry import open_lab

_COMPARED = (
    "decision", "trial", "protocol", "plan", "verdict", "observation", "observation_corrected", "observation_judged",
    "round_closed",
)  # fmt: skip


class Replay(NamedTuple):
    """What a replay did."""

    folder: Path
    decisions: int
    trials: int
    compared: int
    """Events that were found equal, byte for byte."""
    is_whole: bool
    """Whether the recorded campaign came to its end; else it was replayed as far as it is recorded."""


def replay(out: Path, campaign: str, settings: Settings, *, recompute: bool = False) -> Replay:
    """Run a recorded campaign again in `<folder>/replays/N` and compare it with the recording, as far as that goes.

    With `recompute` the optimiser and the assessment are computed anew in place of taken from the recording;
    claims and tables stay as they were frozen, images as they were read.

    Raises:
        ReplayDrift: a question, a trial or a plan differs; with the difference.
    """
    with read_campaign(out, campaign, settings) as (folder, view, notebook):
        events = list(notebook.events())
        spec = view.spec
        is_whole = view.closed is not None and view.closed["state"] != "aborted"
    target = _target(folder)
    (target / "spec.yaml").write_text(dump_spec(spec), encoding="utf-8")
    abilities = _capabilities(folder, spec)
    observations = [Observation.model_validate(item.payload) for item in events if item.kind == "observation"]
    recorded: Steps = {
        (str(item.kind), item.slot): item.payload for item in events if _is_kept(str(item.kind), item.slot, recompute)
    }
    decisions = [RecordedDecision.model_validate(item.payload) for item in events if item.kind == "decision"]
    collaborators = Collaborators(
        settings=settings.model_copy(update={"database_url": None}),
        mind=ReplayMind(decisions),
        lab=ReplayLab(observations, abilities, is_whole=is_whole, held_back=held_back(events)),
        recorded=recorded,
    )
    with Campaign(target, campaign, collaborators) as again:
        again.begin(events[0].payload)
        again.notebook.listen(repeat_arrivals(again.notebook, arrivals_after(events)))
        try:
            again.advance()
        except RecordingEnds:
            if is_whole:
                raise
        compared = compare(events, list(again.notebook.events()))
        return Replay(target, len(decisions), len(view.trials), compared, is_whole)


def _is_kept(kind: str, slot: str, recompute: bool) -> bool:
    """Whether a step is taken from the recording: what was frozen before round 1 is an input, also when recomputing."""
    if kind == "tool" and recompute:
        return (slot.startswith("r00/") and slot != KNOWN_TERMS) or slot.endswith(IMAGES_SUFFIX)
    return kind in ("verdict", "approval", "run_left_open", "tool")


def _capabilities(folder: Path, spec: Any) -> Capabilities:
    return open_lab(spec, folder).capabilities()


def _target(folder: Path) -> Path:
    number = 1
    while (folder / "replays" / str(number)).exists():
        number += 1
    target = folder / "replays" / str(number)
    target.mkdir(parents=True)
    return target


def compare(recorded: list[Event], again: list[Event]) -> int:
    """How many decisions, trials, plans and results are equal in both notebooks.

    Raises:
        ReplayDrift: at the first that differs or is missing.
    """
    wanted = [item for item in recorded if item.kind in _COMPARED]
    found = {(item.kind, item.slot): item for item in again}
    for item in wanted:
        other = found.get((item.kind, item.slot))
        if other is None:
            raise ReplayDrift(f"the replay has no {item.kind} {item.slot!r}")
        if other.content != item.content:
            raise ReplayDrift(f"{item.kind} {item.slot!r} differs: {_difference(item.payload, other.payload)}")
    return len(wanted)


def _difference(old: Any, new: Any, path: str = "") -> str:
    """The first place in which two JSON values differ."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(set(old) | set(new)):
            if old.get(key) != new.get(key):
                return _difference(old.get(key), new.get(key), f"{path}.{key}")
    if isinstance(old, list) and isinstance(new, list):
        for number, (a, b) in enumerate(zip(old, new, strict=False)):
            if a != b:
                return _difference(a, b, f"{path}[{number}]")
    return f"{path or 'value'} was {str(old)[:120]!r}, is {str(new)[:120]!r}"
