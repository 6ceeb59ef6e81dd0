"""Recipes as numbers a model can learn from: shares on one scale, process values on their range, choices one-hot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eutectic.core.composition import PPM, Composition
from eutectic.core.errors import BadInput
from eutectic.core.space import Categorical, SearchSpace, Value
from eutectic.tools.knowledge_term import KnowledgeTerm
from eutectic.tools.lattice import IntArray, Lattice, level_numbers

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Encoder:
    """Turns recipes of one search space into features of about 0 to 1, `N x d`.

    A share enters above its least value on the widest range of all components, one scale for all: a component that may
    only be a trace does not count for as much as a main one until the data say so. In replays on eight tables (20
    seeds) plain shares needed fewer trials than roots, log-ratios, or shares each on its own range.
    """

    space: SearchSpace
    low: FloatArray
    """Least share of each component."""
    high: FloatArray
    """Largest share."""
    terms: tuple[KnowledgeTerm, ...] = ()
    """Knowledge, each term a column behind those of the recipe."""

    def scaled(self, shares: FloatArray) -> FloatArray:
        """Component features of shares, both `N x n`."""
        return np.asarray((shares - self.low) / (self.high - self.low).max(), dtype=np.float64)

    def spaced(self, lattice: Lattice, rows: IntArray) -> FloatArray:
        """Features in which starts are spread: shares by their roots (Hellinger's metric), so that edges count."""
        plain = self.plain(lattice, rows)
        n = len(self.low)
        return np.hstack([np.sqrt(np.maximum(plain[:, :n], 0.0)), plain[:, n:]])

    def shares(self, features: FloatArray) -> FloatArray:
        """`N x n` shares of features `N x d`: the inverse of `scaled`."""
        shares = features[:, : len(self.low)] * (self.high - self.low).max() + self.low
        return np.asarray(np.maximum(shares, 0.0), dtype=np.float64)

    @property
    def groups(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Name and feature columns of every component and process variable, in order."""
        found: list[tuple[str, tuple[int, ...]]] = []
        at = 0
        for name in self.space.component_names:
            found.append((name, (at,)))
            at += 1
        for variable in self.space.process:
            size = len(variable.choices) if isinstance(variable, Categorical) else 1
            found.append((variable.name, tuple(range(at, at + size))))
            at += size
        return tuple(found)

    @property
    def n_plain(self) -> int:
        """Number of columns of the recipe itself."""
        return sum(len(columns) for _, columns in self.groups)

    @property
    def n_features(self) -> int:
        """Number of columns, knowledge included."""
        return self.n_plain + len(self.terms)

    def rows(self, lattice: Lattice, rows: IntArray) -> FloatArray:
        """Features of lattice rows."""
        plain = self.plain(lattice, rows)
        return self._known(lattice.shares(rows), plain) if self.terms else plain

    def _known(self, shares: FloatArray, plain: FloatArray) -> FloatArray:
        """Plain features with the terms' scores behind them; a score that is not finite says nothing and is 0."""
        process = plain[:, len(self.low) :]
        columns = [np.nan_to_num(term.scores(shares, process), posinf=0.0, neginf=0.0) for term in self.terms]
        return np.column_stack([plain, *columns])

    def plain(self, lattice: Lattice, rows: IntArray) -> FloatArray:
        """Features of lattice rows without knowledge."""
        parts = [self.scaled(lattice.shares(rows))]
        for j, variable in enumerate(self.space.process):
            level = rows[:, lattice.n_components + j]
            if isinstance(variable, Categorical):
                parts.append(np.eye(len(variable.choices))[level])
            else:
                parts.append(
                    ((level_numbers(variable, level) - variable.low) / (variable.high - variable.low))[:, None]
                )
        return np.hstack(parts)

    def recipes(self, recipes: Sequence[tuple[Composition, dict[str, Value]]]) -> FloatArray:
        """Features of compositions with their process values, on the lattice or not."""
        return np.array([self.recipe(composition, process) for composition, process in recipes]).reshape(
            -1, self.n_features
        )

    def recipe(self, composition: Composition, process: dict[str, Value]) -> list[float]:
        """Features of one recipe.

        Raises:
            BadInput: the composition cannot be put in the space's basis, or a process value is missing.
        """
        shares = np.asarray(composition.to(self.space.basis).vector(self.space.component_names))
        row = [float(value) for value in self.scaled(shares)]
        for variable in self.space.process:
            value = process.get(variable.name)
            if isinstance(variable, Categorical):
                row += [float(value == choice) for choice in variable.choices]
            elif value is None or isinstance(value, str):
                raise BadInput(f"process variable {variable.name!r} needs a number, not {value!r}")
            else:
                row.append((float(value) - variable.low) / (variable.high - variable.low))
        if self.terms:
            row = [float(value) for value in self._known(shares[None, :], np.array([row]))[0]]
        return row


def encoder_of(lattice: Lattice, terms: Sequence[KnowledgeTerm] = ()) -> Encoder:
    """The encoder of a lattice, each share's range narrowed to what the sum and the rules leave."""
    low, high = _narrowed(lattice)
    unit = lattice.steps / PPM
    return Encoder(lattice.space, low * unit, np.maximum(high, low + 1) * unit, tuple(terms))


def _narrowed(lattice: Lattice) -> tuple[IntArray, IntArray]:
    """Bounds on counts after interval propagation through every linear row."""
    low, high = lattice.low.astype(np.float64), lattice.high.astype(np.float64)
    rows = np.vstack([lattice.equal, -lattice.equal, lattice.most])
    values = np.concatenate([lattice.equal_value, -lattice.equal_value, lattice.most_value])
    for _ in range(4):
        for row, value in zip(rows, values, strict=True):
            least = np.minimum(row * low, row * high)
            room = value - (least.sum() - least)
            with np.errstate(divide="ignore", invalid="ignore"):
                limit = room / row
            high = np.where(row > 0, np.minimum(high, np.floor(limit + 1e-9)), high)
            low = np.where(row < 0, np.maximum(low, np.ceil(limit - 1e-9)), low)
    return low.astype(np.int64), high.astype(np.int64)
