"""What has been measured, as arrays a model can be fitted on: failed, censored and missing values told apart."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from eutectic.core.errors import BadInput
from eutectic.core.objective import Objective
from eutectic.core.trial import CauseCode, Censoring, Observation, is_prior, round_of
from eutectic.tools.encoding import Encoder, FloatArray
from eutectic.tools.lattice import BoolArray, IntArray, Lattice
from eutectic.tools.readings import Readings

RECIPE_CAUSES: tuple[CauseCode, ...] = ("not_dispensable", "out_of_range", "not_stabilised")
"""Causes of failure that lie in the recipe, not in the day."""
MOST_VALUE = 1e100
"""Numbers beyond this are no measurements in any unit; they are left out."""
_SIDES: dict[Censoring, int] = {"none": 0, "below": -1, "above": 1}


@dataclass(frozen=True)
class Table:
    """Observations as arrays; `N` rows, `d` features, `m` objectives."""

    trials: tuple[str, ...]
    features: FloatArray
    """`N x d`, of the achieved recipes."""
    rows: IntArray
    """`N x (n + p)`: the nearest lattice recipe, which groups replicates."""
    values: FloatArray
    """`N x m`; NaN where nothing was read. A censored value stands at its limit."""
    sides: IntArray
    """`N x m`: 1 where the true value lies above `values`, -1 below, 0 where it was read."""
    sds: FloatArray
    """`N x m` standard uncertainties the instrument stated; NaN where it stated none."""
    survived: FloatArray
    """`N`: 1 where the trial gave values, 0 where it failed for a cause in its recipe, NaN where that is not known."""

    batches: IntArray
    """`N` numbers, equal for trials of one round; -1 where a trial's name tells none."""
    calculated: BoolArray
    """`N`: whether the values of earlier data were calculated, not measured."""
    screened: BoolArray
    """`N`: whether the value is what the screen of the only objective read, in the screen's unit."""
    n_shares: int
    """How many of the first features are shares of components."""

    def __len__(self) -> int:
        return len(self.trials)

    @property
    def censored(self) -> BoolArray:
        """`N x m`: whether a value is only a limit."""
        return np.asarray(self.sides != 0, dtype=np.bool_)

    def readings(self, objective: int) -> Readings:
        """The measurements of one objective."""
        values, sds, sides = self.values[:, objective], self.sds[:, objective], self.sides[:, objective]
        return Readings(values, sds, sides, self.batches, self.calculated, self.screened)

    @property
    def measured(self) -> Table:
        """The observations that were neither calculated nor of a screen."""
        return self.take(~self.calculated & ~self.screened)

    @property
    def groups(self) -> IntArray:
        """`N` numbers, equal for observations of one recipe, in the order of first appearance."""
        if not len(self):
            return np.zeros(0, dtype=np.int64)
        _, first, inverse = np.unique(self.rows, axis=0, return_index=True, return_inverse=True)
        return np.argsort(np.argsort(first))[inverse.ravel()]

    def take(self, index: IntArray | BoolArray) -> Table:
        """The observations of an index or mask."""
        places = np.arange(len(self))[index]
        return Table(
            tuple(self.trials[i] for i in places),
            self.features[places],
            self.rows[places],
            self.values[places],
            self.sides[places],
            self.sds[places],
            self.survived[places],
            self.batches[places],
            self.calculated[places],
            self.screened[places],
            self.n_shares,
        )


@dataclass
class History:
    """Collects observations, the newest of each trial, and remembers which could not be read."""

    lattice: Lattice
    encoder: Encoder
    objectives: tuple[Objective, ...]

    def __post_init__(self) -> None:
        m, width = len(self.objectives), self.lattice.n_components + len(self.lattice.levels)
        self._places: dict[str, int] = {}
        """Where the line of each trial stands in the columns."""
        self._features = _Column(self.encoder.n_features, np.float64)
        self._rows = _Column(width, np.int32)
        self._values, self._sds = _Column(m, np.float64), _Column(m, np.float64)
        self._sides, self._survived = _Column(m, np.int8), _Column(1, np.float64)
        self._batches = _Column(1, np.int32)
        self._calculated, self._screened = _Column(1, np.bool_), _Column(1, np.bool_)
        self._unreadable: set[str] = set()

    @property
    def unreadable(self) -> int:
        """Observations whose recipe does not fit the space's basis, components or process variables."""
        return len(self._unreadable)

    def add(self, observations: Iterable[Observation]) -> None:
        """Read observations in, one at a time; one of a known trial takes its place."""
        for observation in observations:
            line = self._read(observation)
            if line is None:
                self._unreadable.add(observation.trial)
                self._places.pop(observation.trial, None)
            else:
                self._unreadable.discard(observation.trial)
                place = self._places.setdefault(sys.intern(observation.trial), self._features.used)
                self._put(place, line)

    def _put(self, place: int, line: _Line) -> None:
        self._features.put(place, line.features)
        self._rows.put(place, line.row)
        self._values.put(place, line.values)
        self._sides.put(place, line.sides)
        self._sds.put(place, line.sds)
        self._survived.put(place, (line.survived,))
        self._batches.put(place, (round_of(line.trial),))
        self._calculated.put(place, (line.calculated,))
        self._screened.put(place, (line.screened,))

    def recipes(self) -> IntArray:
        """The rows of `table` alone, for those who ask for no values."""
        return np.asarray(self._rows.array[self._index()], dtype=np.int64)

    def _index(self) -> IntArray:
        return np.fromiter(self._places.values(), dtype=np.int64, count=len(self._places))

    def table(self) -> Table:
        """Everything told so far."""
        index = self._index()
        return Table(
            tuple(self._places),
            self._features.array[index],
            self._rows.array[index].astype(np.int64),
            self._values.array[index],
            self._sides.array[index].astype(np.int64),
            self._sds.array[index],
            self._survived.array[index, 0],
            self._batches.array[index, 0].astype(np.int64),
            self._calculated.array[index, 0],
            self._screened.array[index, 0],
            len(self.encoder.low),
        )

    def _read(self, observation: Observation) -> _Line | None:
        try:
            features = self.encoder.recipe(observation.composition, observation.process)
            row = self.lattice.nearest(observation.composition, observation.process)
        except BadInput:
            return None
        known = sum(observation.composition.fractions.get(name, 0.0) for name in self.lattice.space.component_names)
        if observation.composition.basis == self.lattice.space.basis and known < 0.98:
            return None
        read = [_reading(observation, objective.property) for objective in self.objectives]
        calculated = observation.simulated and is_prior(observation.trial)
        if observation.status == "ok":
            survived = np.nan if calculated else 1.0
        else:
            survived = 0.0 if observation.cause in RECIPE_CAUSES else np.nan
            read = [(np.nan, 0, np.nan)] * len(read)
        screened = self._screen_reading(observation, read)
        values, sides, sds = zip(*([screened] if screened else read), strict=True)
        return _Line(observation.trial, features, row, values, sides, sds, survived, calculated, screened is not None)

    def _screen_reading(
        self, observation: Observation, read: Sequence[tuple[float, int, float]]
    ) -> tuple[float, int, float] | None:
        """What the screen of the only objective read, where the objective itself was not read."""
        screen = self.objectives[0].screen
        if len(self.objectives) > 1 or screen is None or observation.status != "ok" or not np.isnan(read[0][0]):
            return None
        value, side, _ = _reading(observation, screen.property)
        return None if np.isnan(value) or side else (value, 0, np.nan)


@dataclass(frozen=True)
class _Line:
    trial: str
    features: list[float]
    row: IntArray
    values: tuple[float, ...]
    sides: tuple[int, ...]
    sds: tuple[float, ...]
    survived: float
    calculated: bool
    screened: bool


class _Column:
    """An array that grows by rows: lines by themselves would take ten times the memory in a long campaign.

    It grows where it lies, without a second copy beside it: nobody may keep a view of it.
    """

    def __init__(self, width: int, kind: type[np.generic]) -> None:
        self.array: Any = np.zeros((64, width), dtype=kind)
        self.used = 0

    def put(self, place: int, values: Sequence[float] | IntArray) -> None:
        """Write one row, the next or one that is there."""
        if place >= len(self.array):
            more = max(64, len(self.array) // 8)
            self.array.resize((len(self.array) + more, self.array.shape[1]), refcheck=False)
        self.array[place] = values
        self.used = max(self.used, place + 1)


def _reading(observation: Observation, name: str) -> tuple[float, int, float]:
    for item in observation.measurements:
        if item.property == name and item.value is not None and abs(item.value) <= MOST_VALUE:
            return item.value, _SIDES[item.censoring], np.nan if item.sd is None else min(item.sd, MOST_VALUE)
    return np.nan, 0, np.nan


def replicate_variance(values: FloatArray, groups: IntArray) -> tuple[float, int]:
    """Pooled variance within groups and its degrees of freedom; (0, 0) where nothing was repeated."""
    _, inverse, counts = np.unique(groups, return_inverse=True, return_counts=True)
    if not len(values):
        return 0.0, 0
    means = np.bincount(inverse, weights=values) / counts
    freedom = int((counts - 1).sum())
    return (float(((values - means[inverse]) ** 2).sum() / freedom), freedom) if freedom else (0.0, 0)
