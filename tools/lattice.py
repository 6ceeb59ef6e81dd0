"""The feasible set of a search space as integers: every recipe is a row of whole steps and process levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

import numpy as np
from numpy.typing import NDArray

from eutectic.core.composition import PPM, Composition, Part
from eutectic.core.errors import BadInput
from eutectic.core.space import Categorical, Continuous, Integer, LinearRule, SearchSpace, Value
from eutectic.tools.presence_rows import presence_rows, price_row

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
FREE_LEVELS = 1000
"""Levels that a continuous process variable without a step is divided into."""
_EPS = 1e-6


@dataclass(frozen=True)
class Lattice:
    """A search space in whole numbers: `n` components counted in their steps, then `p` process levels.

    A row is a recipe; it is feasible when every rule holds exactly in integers, so no rounding comes after.
    """

    space: SearchSpace
    steps: IntArray
    """Step of each component, in ppm."""
    low: IntArray
    """Least count; 0 where the component may be absent."""
    high: IntArray
    dose: IntArray
    """Least count where the component is present at all."""
    equal: IntArray
    """`m x n` factors on counts; the first row is the sum of the shares."""
    equal_value: IntArray
    most: IntArray
    """`r x n` factors on counts whose sum may not pass `most_value`."""
    most_value: IntArray
    present: IntArray
    """`q x n` factors on presence (0 or 1) whose sum may not pass `present_most`: at most k, pairs, couplings."""
    present_most: IntArray
    levels: IntArray
    """Number of levels of each process variable."""

    @property
    def n_components(self) -> int:
        """How many components there are."""
        return len(self.steps)

    @property
    def has_gaps(self) -> bool:
        """Whether a least dose or a rule on presence makes the shares more than a box with linear rules."""
        return len(self.present) > 0 or bool(((self.low == 0) & (self.dose > 1)).any())

    def without_gaps(self, counts: IntArray) -> BoolArray:
        """Whether rows of counts (`N x n`) keep the least doses and the rules on presence."""
        good = ((counts == 0) | (counts >= self.dose)).all(axis=1)
        if len(self.present):
            good &= ((counts > 0).astype(np.int64) @ self.present.T <= self.present_most).all(axis=1)
        return np.asarray(good, dtype=np.bool_)

    def feasible(self, rows: IntArray) -> BoolArray:
        """Which rows (`N x (n + p)`) satisfy every rule, as `N` booleans."""
        counts, process = rows[:, : self.n_components], rows[:, self.n_components :]
        good = ((counts >= self.low) & (counts <= self.high)).all(axis=1)
        good &= self.without_gaps(counts)
        good &= (counts @ self.equal.T == self.equal_value).all(axis=1)
        good &= (counts @ self.most.T <= self.most_value).all(axis=1)
        good &= ((process >= 0) & (process < self.levels)).all(axis=1)
        return np.asarray(good, dtype=np.bool_)

    def shares(self, rows: IntArray) -> NDArray[np.float64]:
        """`N x n` fractions of rows."""
        return rows[:, : self.n_components] * (self.steps / PPM)

    def recipe(self, row: IntArray) -> tuple[Composition, dict[str, Value]]:
        """The composition and process values of one row."""
        names = self.space.component_names
        ppm = [int(count) * int(step) for count, step in zip(row, self.steps, strict=False)]
        parts = tuple(
            Part(component=name, fraction=share / PPM) for name, share in zip(names, ppm, strict=True) if share
        )
        process = {
            variable.name: level_value(variable, int(level))
            for variable, level in zip(self.space.process, row[self.n_components :], strict=True)
        }
        return Composition(basis=self.space.basis, parts=parts), process

    def nearest(self, composition: Composition, process: dict[str, Value]) -> IntArray:
        """The row whose counts and levels are nearest one by one; it need not be feasible.

        Raises:
            BadInput: the composition cannot be put in the space's basis, or a process value is missing.
        """
        shares = composition.to(self.space.basis).vector(self.space.component_names)
        counts = np.rint(np.asarray(shares) * PPM / self.steps).astype(np.int64)
        levels = [value_level(variable, process.get(variable.name)) for variable in self.space.process]
        return np.concatenate([counts, np.asarray(levels, dtype=np.int64)])


def lattice_of(space: SearchSpace) -> Lattice:
    """The lattice of a search space. It may be empty: `eutectic.tools.feasibility.check_space` tells.

    Raises:
        BadInput: a rule's factors have too many digits for exact arithmetic.
    """
    steps = np.array([round(component.step * PPM) for component in space.components], dtype=np.int64)
    low, high, dose = [], [], []
    for component, step in zip(space.components, steps.tolist(), strict=True):
        least = max(_ceil(component.min * PPM / step), _ceil(component.min_dose * PPM / step))
        low.append(least if component.min > 0 else 0)
        high.append(_floor(component.max * PPM / step))
        dose.append(max(least, 1))
    equal, most = [_reduced([int(step) for step in steps], PPM, exact=True)], []
    for rule in space.rules:
        factors, value = rule_in_counts(rule, space, steps)
        if rule.relation == "==":
            equal.append(_reduced(factors, value, exact=True))
        else:
            sign = 1 if rule.relation == "<=" else -1
            most.append(_reduced([sign * factor for factor in factors], sign * value, exact=False))
    if (price := price_row(space, steps)) is not None:
        most.append((price, 0))
    width = len(steps)
    present = presence_rows(space)
    return Lattice(
        space=space,
        steps=steps,
        low=np.array(low, dtype=np.int64),
        high=np.array(high, dtype=np.int64),
        dose=np.array(dose, dtype=np.int64),
        equal=np.array([row for row, _ in equal], dtype=np.int64).reshape(-1, width),
        equal_value=np.array([value for _, value in equal], dtype=np.int64),
        most=np.array([row for row, _ in most], dtype=np.int64).reshape(-1, width),
        most_value=np.array([value for _, value in most], dtype=np.int64),
        present=np.array([row for _, row, _ in present], dtype=np.int64).reshape(-1, width),
        present_most=np.array([value for _, _, value in present], dtype=np.int64),
        levels=np.array([n_levels(variable) for variable in space.process], dtype=np.int64),
    )


def rule_in_counts(rule: LinearRule, space: SearchSpace, steps: IntArray) -> tuple[list[Fraction], Fraction]:
    """Exact factors on counts and the exact value in ppm of a linear rule."""
    factors = [
        _exact(rule.terms.get(name, 0.0)) * int(step) for name, step in zip(space.component_names, steps, strict=True)
    ]
    value = Fraction(str(round(rule.value * PPM, 3)))
    if all(_exact(factor).denominator == 1 for factor in rule.terms.values()):
        value = (
            Fraction(round(value)) if abs(value - round(value)) < Fraction(1, 2) and rule.relation == "==" else value
        )
    return factors, value


def n_levels(variable: Continuous | Integer | Categorical) -> int:
    """How many values a process variable can take on the lattice."""
    if isinstance(variable, Categorical):
        return len(variable.choices)
    if isinstance(variable, Integer):
        return variable.high - variable.low + 1
    if variable.step is None:
        return FREE_LEVELS + 1
    return _floor((variable.high - variable.low) / variable.step) + 1


def level_value(variable: Continuous | Integer | Categorical, level: int) -> Value:
    """The value of a process variable at a level."""
    if isinstance(variable, Categorical):
        return variable.choices[level]
    if isinstance(variable, Integer):
        return variable.low + level
    step = variable.step or (variable.high - variable.low) / FREE_LEVELS
    return min(variable.high, float(f"{variable.low + level * step:.12g}"))


def level_numbers(variable: Continuous | Integer, levels: IntArray) -> NDArray[np.float64]:
    """The values of many levels of a numeric process variable."""
    if isinstance(variable, Integer):
        return (variable.low + levels).astype(np.float64)
    step = variable.step or (variable.high - variable.low) / FREE_LEVELS
    return np.asarray(np.minimum(variable.high, variable.low + levels * step), dtype=np.float64)


def value_level(variable: Continuous | Integer | Categorical, value: Value | None) -> int:
    """The nearest level of a process value.

    Raises:
        BadInput: the value is missing or not one of the choices.
    """
    if isinstance(variable, Categorical):
        if value not in variable.choices:
            raise BadInput(f"{variable.name} {value!r} is not one of {list(variable.choices)}")
        return variable.choices.index(str(value))
    if value is None or isinstance(value, str):
        raise BadInput(f"process variable {variable.name!r} needs a number, not {value!r}")
    if isinstance(variable, Integer):
        return round(value) - variable.low
    step = variable.step or (variable.high - variable.low) / FREE_LEVELS
    return round((value - variable.low) / step)


def _reduced(factors: Sequence[Fraction | int], value: Fraction | int, *, exact: bool) -> tuple[list[int], int]:
    """A row scaled to coprime integers; an inequality's value is rounded down, an equality's kept unreachable."""
    scale = lcm(*(Fraction(factor).denominator for factor in factors), Fraction(value).denominator if exact else 1)
    row, right = [int(factor * scale) for factor in factors], Fraction(value) * scale
    common = gcd(*row) or 1
    if not exact:
        row, right = [factor // common for factor in row], Fraction((right / common).__floor__())
    elif right % common == 0:
        row, right = [factor // common for factor in row], right / common
    if max(map(abs, row)) > 10**11 or abs(right) > 10**17:
        raise BadInput("a linear rule has factors with too many digits", mend="write them with at most six digits")
    return row, int(right)


def _exact(factor: float) -> Fraction:
    """A factor as the fraction it stands for: 0.333333 is one third, 2.5 is five halves."""
    written = Fraction(repr(float(factor)))
    simple = written.limit_denominator(1000)
    return simple if abs(simple - written) <= abs(written) * Fraction(3, 2 * 10**6) else written


def _ceil(value: float) -> int:
    return int(np.ceil(value - _EPS))


def _floor(value: float) -> int:
    return int(np.floor(value + _EPS))
