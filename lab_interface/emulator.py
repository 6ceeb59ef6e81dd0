"""An emulator: a law made from a table of real measurements, exact where the table has the recipe."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from statistics import fmean, median, stdev
from typing import Any

import numpy as np

from eutectic.core.composition import Basis, Composition
from eutectic.core.errors import BadInput
from eutectic.core.space import Value
from eutectic.core.trial import CauseCode
from eutectic.lab_interface.law import LawProcess, LawProperty
from eutectic.lab_interface.law_inputs import fractions_of, process_of
from eutectic.lab_interface.measured_table import MeasuredRow, column, read_measurements
from eutectic.lab_interface.table_card import InputColumn, PropertyColumn, TableCard, read_card

EXACT = 1e-6
"""Largest difference in any input at which a recipe counts as the one in the table."""
_TREES = 100
_LEAST_GROUPS = 5


class Emulator:
    """Real measurements as a law.

    Where the table holds the recipe its value is that of the table, the mean where it holds it several times;
    elsewhere 100 extremely randomised trees on the fractions and process values say it (Geurts et al. 2006,
    DOI 10.1007/s10994-006-6226-1). They cannot go beyond the values seen, so the best of an emulator is a measured one.
    """

    def __init__(self, rows: tuple[MeasuredRow, ...], card: TableCard) -> None:
        self._rows, self._card = rows, card
        self.process = tuple(_process(item, column(rows, i)) for i, item in enumerate(card.process))
        self._inputs = np.array([self._vector(row.fractions, row.process) for row in rows])
        """Rows by inputs."""
        self._models: dict[int, Any] = {}
        self.properties = tuple(self._property(i, item) for i, item in enumerate(card.properties))

    @property
    def basis(self) -> Basis:
        """The basis of the table."""
        return self._card.basis

    @property
    def components(self) -> tuple[str, ...]:
        """The columns of the composition."""
        return self._card.components

    @property
    def citation(self) -> str:
        """Source, licence and citation of the card."""
        parts = (self._card.source, f"licence {self._card.licence}", self._card.citation)
        return "; ".join(part for part in parts if part)

    def holds(self, composition: Composition, process: Mapping[str, Value]) -> bool:
        """Whether the table has this recipe."""
        return bool(self._matches(self._recipe(composition, process)))

    def true_values(self, composition: Composition, process: Mapping[str, Value]) -> dict[str, float]:
        """Every property: measured where the table has the recipe, else predicted."""
        recipe = self._recipe(composition, process)
        matches = self._matches(recipe)
        found = {}
        for index, item in enumerate(self.properties):
            measured = [value for row in matches if (value := row.values[index]) is not None]
            found[item.name] = fmean(measured) if measured else self._predict(index, recipe)
        return found

    def feasible(self, composition: Composition, process: Mapping[str, Value]) -> CauseCode | None:
        """None: a table of measurements does not say what could not be made."""
        self._recipe(composition, process)
        return None

    def _recipe(self, composition: Composition, process: Mapping[str, Value]) -> list[float]:
        fractions_of(self, composition)
        checked = process_of(self, process)
        return self._vector(composition.vector(self.components), tuple(checked[item.name] for item in self.process))

    def _vector(self, fractions: tuple[float, ...], process: tuple[Value, ...]) -> list[float]:
        """Fractions, process values in parts of their range, and one column for each choice."""
        inputs = list(fractions)
        for item, value in zip(self.process, process, strict=True):
            if item.choices:
                inputs += [float(value == choice) for choice in item.choices]
            elif item.low is not None and item.high is not None:
                inputs.append((float(value) - item.low) / ((item.high - item.low) or 1.0))
        return inputs

    def _matches(self, recipe: list[float]) -> list[MeasuredRow]:
        is_same = (np.abs(self._inputs - np.array(recipe)) <= EXACT).all(axis=1)
        return [self._rows[index] for index in np.flatnonzero(is_same)]

    def _predict(self, index: int, recipe: list[float]) -> float:
        if index not in self._models:
            values = [row.values[index] for row in self._rows]
            is_known = np.array([value is not None for value in values])
            self._models[index] = _fitted(self._inputs[is_known], [value for value in values if value is not None])
        row = np.array([recipe], dtype=np.float32)
        return fmean(float(tree.tree_.predict(row)[0, 0]) for tree in self._models[index].estimators_)

    def _property(self, index: int, item: PropertyColumn) -> LawProperty:
        if all(row.values[index] is None for row in self._rows):
            raise BadInput(f"column {item.column!r} is empty", where="properties", mend="take it off the card")
        noise = self._replicate_cv(index) if item.noise is None else item.noise
        return LawProperty(name=item.name or item.column, unit=item.unit, direction=item.direction, noise=noise)

    def _replicate_cv(self, index: int) -> float | None:
        """Median relative standard deviation of recipes measured several times; None with fewer than five of them."""
        groups: dict[tuple[float, ...], list[float]] = defaultdict(list)
        for row, inputs in zip(self._rows, self._inputs.tolist(), strict=True):
            value = row.values[index]
            if value is not None:
                groups[tuple(round(number, 6) for number in inputs)].append(value)
        found = [
            stdev(values) / abs(fmean(values)) for values in groups.values() if len(values) > 1 and fmean(values) != 0
        ]
        return median(found) if len(found) >= _LEAST_GROUPS else None


def open_emulator(table: Path, card: Path) -> Emulator:
    """The emulator of a CSV file and its card.

    Raises:
        BadInput: the card is wrong.
        BadTable: the table is wrong; the message says the line.
    """
    described = read_card(card)
    return Emulator(read_measurements(table, described), described)


def _process(item: InputColumn, values: list[Value]) -> LawProcess:
    name = item.name or item.column
    if item.kind == "choice":
        choices = tuple(sorted({str(value) for value in values}))
        return LawProcess(name=name, unit=item.unit, choices=choices, default=choices[0])
    numbers = [float(value) for value in values]
    return LawProcess(name=name, unit=item.unit, low=min(numbers), high=max(numbers), default=median(numbers))


def _fitted(inputs: np.ndarray, values: list[float]) -> Any:
    from sklearn.ensemble import ExtraTreesRegressor

    return ExtraTreesRegressor(n_estimators=_TREES, random_state=0, n_jobs=1).fit(inputs, values)
