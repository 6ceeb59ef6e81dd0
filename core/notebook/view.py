"""The state of a campaign, folded from its events: what every role, table, plot and report is made from."""

from __future__ import annotations

import math
import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from eutectic.core.correction import Correction
from eutectic.core.decision import Usage
from eutectic.core.drift import Drifts
from eutectic.core.errors import NotebookCorrupt
from eutectic.core.notebook.events import Event
from eutectic.core.notebook.shelf import Shelf
from eutectic.core.plan import Protocol
from eutectic.core.record import Record
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Observation, Trial, round_of

PRIOR_SLOT = "r00/prior"
"""Slot of the tool event that holds the earlier measurements."""
UNKNOWN_SUFFIX = "/unknown"
"""End of the slot of a question about a run whose outcome the lab cannot tell."""
ASSESS_SUFFIX = "/analyst/assess"
"""End of the slot of the tool events that hold an assessment of the surrogate."""
DRIFT_SUFFIX = "/analyst/drift"
"""End of the slot of the tool events that hold what is known of the instrument's drift."""
QUALITY_SUFFIX = "/analyst/quality"
"""End of the slot of the decisions that judge a round's values."""


class Spent(Record):
    """What a campaign has used of its budget."""

    experiments: int = 0
    """Trials that were submitted, failed ones too."""
    money: float = 0.0
    hours: float = 0.0
    """Lab hours at which the last finished run ended."""
    model_calls: int = 0
    tokens: int = 0


class CampaignView:
    """A fold over the events of one notebook; feed it every event in order, by hand or as a listener."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.id = ""
        self._spec: CampaignSpec | None = None
        self.features: frozenset[str] = frozenset()
        """Ways of working that came after the first notebooks were written, as the opening event names them."""
        self.round = 0
        """The round that was opened last; 0 before the first."""
        self.rounds_closed = 0
        self.trials = Shelf(Trial)
        self.references: list[str] = []
        """Trials of the reference sample, in order."""
        self.recipe_of: dict[str, str] = {}
        """Recipe key by trial."""
        self._first_of: dict[str, str] = {}
        """First trial by recipe key."""
        self._rounds: dict[int, list[str]] = {}
        self.observations = Shelf(Observation)
        self._read: defaultdict[str, array[float]] = defaultdict(lambda: array("d"))
        """Value by property and place of the observation, NaN where there is none."""
        self.replicates: dict[str, tuple[tuple[str, float], ...]] = {}
        """Uncensored values by property, as read, of each good trial whose recipe was measured more than once: what the
        noise is told from, kept apart so that a round need not unpack every repeat there ever was."""
        self.repeated: dict[str, tuple[str, ...]] = {}
        """Recipes with more than one trial, with these in order."""
        self.prior: list[Observation] = []
        """Earlier measurements the campaign was opened with; they cost nothing of its budget."""
        self.rejected: list[Trial] = []
        """Trials that a person struck; they are not proposed again."""
        self.corrections: dict[str, list[Correction]] = {}
        """Later versions by trial, oldest first; `observations` holds the newest."""
        self.excluded: dict[str, str] = {}
        """Trials whose observation the analyst set aside, with the reason."""
        self.repeat: list[str] = []
        """Trials the last round asked to measure again."""
        self.assessed = (0, 0)
        """Round of the last assessment of the surrogate, and how many observations it saw."""
        self.drift: Drifts | None = None
        """What is known of the instrument's drift; None where no reference is measured."""
        self.protocol: Protocol | None = None
        self.minds: Counter[str] = Counter()
        """Decisions by the mind that made them."""
        self.asked: tuple[str, str] | None = None
        """Slot and words of a question that a person has not answered yet."""
        self.waiting: str | None = None
        """Key of the plan that waits for a person."""
        self.in_flight: str | None = None
        """Key of the plan that was submitted and has no end yet."""
        self.open_runs: dict[str, tuple[str, ...]] = {}
        """Runs the campaign went on without the last results of, by key, with the trials that had none then."""
        self.unjudged: list[str] = []
        """Trials whose result came, or was corrected, after their round was judged."""
        self.since: dict[str, str] = {}
        """UTC time at which a plan was accepted by the lab, or a question asked, by key or slot."""
        self.closed: dict[str, Any] | None = None
        self._usage = Usage()
        self._lab_money = 0.0
        self._hours = 0.0
        for item in events:
            self.fold(item)

    @property
    def spec(self) -> CampaignSpec:
        """The spec the campaign was opened with.

        Raises:
            NotebookCorrupt: the notebook holds no opening event.
        """
        if self._spec is None:
            raise NotebookCorrupt("the notebook does not begin with a campaign", mend="start the campaign again")
        return self._spec

    def read(self, name: str) -> Iterator[tuple[str, float]]:
        """Trial and uncensored value of an objective's property, as it was read, where the trial gave one."""
        column = self._read[name]
        return ((key, value) for key, value in zip(self.observations, column, strict=False) if not math.isnan(value))

    def trials_of(self, recipe: str) -> tuple[str, ...]:
        """Trials of a recipe key, in order; none of one that was never tried."""
        first = self._first_of.get(recipe)
        return self.repeated.get(recipe, () if first is None else (first,))

    @property
    def spent(self) -> Spent:
        """What was used so far."""
        return Spent(
            experiments=len(self.observations),
            money=round(self._lab_money + self._usage.money, 6),
            hours=round(self._hours, 6),
            model_calls=self._usage.calls,
            tokens=self._usage.tokens_in + self._usage.tokens_out,
        )

    @property
    def state(self) -> str:
        """In a word: `new`, `running`, `waiting for a person`, `measuring`, or how it was closed."""
        if self.closed is not None:
            return str(self.closed["state"])
        if self.waiting is not None or self.asked is not None:
            return "waiting for a person"
        if self.in_flight is not None:
            return "measuring"
        return "running" if self.round else "new"

    def round_trials(self, number: int) -> list[Trial]:
        """Trials of one round, in slot order."""
        return [self.trials[key] for key in self._rounds.get(number, ())]

    @property
    def pending(self) -> list[Trial]:
        """Trials of runs that were left open whose result has not come yet."""
        return [self.trials[key] for keys in self.open_runs.values() for key in keys if key not in self.observations]

    def training(self) -> list[Observation]:
        """Observations that models may learn from: all but those set aside, corrected for drift."""
        return list(self.each_training())

    def each_training(self) -> Iterator[Observation]:
        """The same one at a time, for what must not grow with the campaign."""
        return (self.corrected(item) for item in self.observations.each() if item.trial not in self.excluded)

    @property
    def n_training(self) -> int:
        """How many observations models may learn from."""
        return len(self.observations) - sum(key in self.observations for key in self.excluded)

    def corrected(self, item: Observation) -> Observation:
        """An observation corrected for the drift that is known now; as it was measured where none is."""
        return item if self.drift is None else self.drift.corrected(item)

    def fold(self, item: Event) -> None:
        """Take one event in."""
        if item.kind in ("submission_accepted", "approval_requested", "paused"):
            self.since[item.slot] = item.at
        handler = getattr(self, f"_on_{item.kind}", None)
        if handler is not None:
            handler(item.slot, item.payload)

    def _on_campaign_opened(self, _: str, payload: dict[str, Any]) -> None:
        self.id = payload["id"]
        self._spec = CampaignSpec.model_validate(payload["spec"])
        self.features = frozenset(payload.get("features", ()))

    def _on_round_opened(self, _: str, payload: dict[str, Any]) -> None:
        self.round = payload["round"]

    def _on_decision(self, slot: str, payload: dict[str, Any]) -> None:
        if slot.endswith(QUALITY_SUFFIX):
            self.unjudged.clear()
        self.minds[payload["mind"]] += 1
        new = Usage.model_validate(payload["usage"])
        self._usage = Usage(
            calls=self._usage.calls + new.calls,
            tokens_in=self._usage.tokens_in + new.tokens_in,
            tokens_out=self._usage.tokens_out + new.tokens_out,
            money=self._usage.money + new.money,
        )

    def _on_trial(self, _: str, payload: dict[str, Any]) -> None:
        trial = Trial.model_validate(payload)
        key, recipe = sys.intern(trial.id), trial.recipe_key  # interned: one text for every table it stands in
        self.trials.put(key, trial)
        if trial.purpose == "reference":
            self.references.append(key)
        self.recipe_of[key] = recipe
        mates = (*self.trials_of(recipe), key)
        if len(mates) > 1:
            self.repeated[recipe] = mates
        else:
            self._first_of[recipe] = key
        self._rounds.setdefault(round_of(key), []).append(key)

    def _on_tool(self, slot: str, payload: dict[str, Any]) -> None:
        if slot == PRIOR_SLOT:
            self.prior = [Observation.model_validate(item) for item in payload["result"]["observations"]]
        elif slot.endswith(ASSESS_SUFFIX):
            self.assessed = (self.round, len(self.prior) + self.n_training)
        elif slot.endswith(DRIFT_SUFFIX):
            self.drift = Drifts.model_validate(payload["result"])

    def _on_protocol(self, _: str, payload: dict[str, Any]) -> None:
        self.protocol = Protocol.model_validate(payload["protocol"])

    def _on_approval_requested(self, slot: str, _: dict[str, Any]) -> None:
        self.waiting = slot

    def _on_approval(self, slot: str, payload: dict[str, Any]) -> None:
        if self.waiting == slot:
            self.waiting = None
        if self.asked is not None and self.asked[0] == slot:
            self.asked = None
        struck = set(payload.get("struck", ()))
        self.rejected += [self.trials[key] for key in sorted(struck) if key in self.trials]

    def _on_paused(self, slot: str, payload: dict[str, Any]) -> None:
        self.asked = (slot, payload["reason"])

    def _on_submission_intended(self, slot: str, _: dict[str, Any]) -> None:
        self.in_flight = slot

    def _on_run_finished(self, slot: str, payload: dict[str, Any]) -> None:
        if self.in_flight == slot:
            self.in_flight = None
        self.open_runs.pop(slot, None)
        self._hours = max(self._hours, float(payload["hours"]))

    def _on_run_left_open(self, slot: str, payload: dict[str, Any]) -> None:
        if self.in_flight == slot:
            self.in_flight = None
        self.open_runs[slot] = tuple(payload["pending"])
        self._hours = max(self._hours, float(payload["hours"]))

    def _on_observation(self, _: str, payload: dict[str, Any]) -> None:
        observation = Observation.model_validate(payload)
        self._keep(observation)
        self._lab_money += observation.cost
        if any(observation.trial in trials for trials in self.open_runs.values()):
            self.unjudged.append(observation.trial)

    def _keep(self, item: Observation) -> None:
        own = sys.intern(item.trial)
        self.observations.put(own, item)
        mates = [key for key in self.trials_of(self.recipe_of.get(item.trial, "")) if key in self.observations]
        for key in mates if len(mates) > 1 else ():
            if key == own or key not in self.replicates:
                self.replicates[key] = _read_values(self.observations[key])
        for objective in self.spec.objectives if self._spec is not None else ():
            value = item.value(objective.property) if item.status == "ok" else None
            column, place = self._read[objective.property], self.observations.place(own)
            column.extend([math.nan] * (place + 1 - len(column)))
            column[place] = math.nan if value is None else value

    def _on_observation_corrected(self, _: str, payload: dict[str, Any]) -> None:
        """The newest version counts; what was judged of the old one is judged again."""
        correction = Correction.model_validate(payload)
        key, old = correction.trial, self.observations[correction.trial]
        self._lab_money += correction.observation.cost - old.cost
        self._keep(correction.observation)
        self.corrections.setdefault(key, []).append(correction)
        self.excluded.pop(key, None)
        if key not in self.unjudged:
            self.unjudged.append(key)

    def _on_observation_judged(self, slot: str, payload: dict[str, Any]) -> None:
        trial = slot.split("/")[0]
        if payload["verdict"] == "exclude" or payload.get("set_aside"):
            self.excluded[trial] = payload["reason"]
        elif payload["verdict"] == "keep":
            self.excluded.pop(trial, None)

    def _on_round_closed(self, _: str, payload: dict[str, Any]) -> None:
        self.rounds_closed += 1
        self.repeat = list(payload.get("repeat", ()))

    def _on_campaign_closed(self, _: str, payload: dict[str, Any]) -> None:
        self.closed = payload


def _read_values(item: Observation) -> tuple[tuple[str, float], ...]:
    """Uncensored values with their properties; none of a failed observation."""
    if item.status != "ok":
        return ()
    return tuple((m.property, m.value) for m in item.measurements if m.value is not None and m.censoring == "none")
