"""What the nodes work with: the collaborators of one campaign, injected into the graph."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from eutectic.agents.decisions.analyst import Findings, Quality
from eutectic.agents.decisions.experimenter import Watch
from eutectic.agents.graph.journal import Journal
from eutectic.agents.graph.ranking import Leaderboard
from eutectic.core.decision import Mind
from eutectic.core.evidence import Retriever
from eutectic.core.lab import Lab
from eutectic.core.notebook import CampaignView, Event, Notebook
from eutectic.core.notebook.view import DRIFT_SUFFIX
from eutectic.core.optimizer import Optimizer
from eutectic.core.plan import Plan
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Observation, round_of
from eutectic.lab_interface.gate import Gate
from eutectic.lab_interface.stock_ledger import StockLedger


@dataclass
class CampaignContext:
    """The collaborators of one campaign and what is summed up of its notebook; nothing of it is ever stored."""

    folder: Path
    spec: CampaignSpec
    notebook: Notebook
    view: CampaignView
    journal: Journal
    mind: Mind
    rules: Mind
    lab: Lab
    gate: Gate
    optimizer: Optimizer
    retriever: Retriever | None = None
    ledger: StockLedger | None = None
    """The stocks that plans reserve from; none in a replay."""
    plans: dict[str, Plan] = field(default_factory=dict)
    """The last plan read from the notebook, by its key."""
    is_replay: bool = False
    """Whether tools and results come from a recording."""
    untold: dict[str, None] = field(default_factory=dict)
    """Trials whose observation the optimiser does not know yet, in the order they came."""
    board: Leaderboard = field(init=False)
    highest_cost: float = 0.0
    """Of one trial, in the budget's currency."""
    _last_gain: int = 0
    """The last round in which the best improved."""
    _failed: int = 0

    def __post_init__(self) -> None:
        self._tell_anew()

    def on_event(self, event: Event) -> None:
        """Keep the sums up to date; listens to the notebook after the view."""
        if event.kind == "observation":
            self.untold[event.slot] = None
            self._take(self.view.observations[event.slot])
        elif event.kind == "observation_judged" and self._is_set_aside_anew(event):
            self._sum_up()
        elif event.kind == "tool" and event.slot.endswith(DRIFT_SUFFIX):
            self._tell_anew()
        elif event.kind == "observation_corrected":
            self.untold[event.payload["trial"]] = None
            self._sum_up()

    def _is_set_aside_anew(self, event: Event) -> bool:
        """Whether a judgement changed what models may learn from."""
        return event.slot.split("/")[0] in self.view.excluded or event.payload["verdict"] == "keep"

    def _tell_anew(self) -> None:
        self.untold = dict.fromkeys(self.view.observations)
        self._sum_up()

    def _sum_up(self) -> None:
        self.board = Leaderboard(self.spec, self.view.recipe_of.__getitem__, known=self._known)
        self._last_gain = self._failed = 0
        for item in self.view.observations.each():
            self._take(item)

    def _take(self, item: Observation) -> None:
        self.highest_cost = max(self.highest_cost, item.cost)
        self._failed = 0 if item.status == "ok" else self._failed + 1
        if item.trial in self.view.excluded:
            return
        if self.board.add(self.view.corrected(item)):
            self._last_gain = round_of(item.trial)

    def _known(self, trial: str) -> Observation:
        return self.view.corrected(self.view.observations[trial])

    @property
    def goal_met(self) -> str | None:
        """The first trial of a recipe that meets every goal."""
        return self.board.goal_met

    @property
    def rounds_without_gain(self) -> int:
        """Rounds since the best, or the Pareto front, last improved; those that only screened do not count."""
        rounds = range(self._last_gain + 1, self.view.round + 1)
        if self.spec.screen is None:
            return len(rounds)
        return sum(any(t.purpose != "screen" for t in self.view.round_trials(number)) for number in rounds)

    def failed_in_a_row(self) -> int:
        """Failed trials since the last one that gave a value."""
        return self._failed

    def tell_new(self) -> None:
        """Tell the optimiser what it has not been told yet."""
        view = self.view
        keys = [key for key in self.untold if key not in view.excluded]
        new = [view.corrected(view.observations[key]) for key in keys]
        if new:
            self.optimizer.tell(new)
            self.untold = {key: None for key in self.untold if key in view.excluded}

    def findings(self, number: int) -> tuple[str, ...]:
        """What the analyst found in a round, in its words."""
        payload = self.journal.payload("decision", f"r{number:02d}/analyst/findings")
        if payload is None:
            return ()
        return tuple(item.text for item in Findings.model_validate(payload["answer"]).findings)

    def to_repeat(self, number: int) -> list[str]:
        """Trials of a round that the experimenter or the analyst asked to make again, in order."""
        slot = f"r{number:02d}"
        wanted: list[str] = []
        watch = self.journal.payload("decision", f"{slot}/experimenter/watch")
        if watch is not None:
            wanted += Watch.model_validate(watch["answer"]).repeat
        quality = self.journal.payload("decision", f"{slot}/analyst/quality")
        if quality is not None:
            judged = Quality.model_validate(quality["answer"]).judgements
            wanted += [item.trial for item in judged if item.verdict == "repeat"]
        known = {trial.id for trial in self.view.round_trials(number)}
        return [trial for trial in dict.fromkeys(wanted) if trial in known]
