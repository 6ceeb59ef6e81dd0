"""Whether a search space holds any recipe at all, and if not, which constraints clash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eutectic.core.composition import PPM
from eutectic.core.errors import InfeasibleSpace
from eutectic.core.space import SearchSpace
from eutectic.tools.lattice import IntArray, Lattice, lattice_of, rule_in_counts
from eutectic.tools.presence_rows import presence_rows, price_row

_SECONDS = 10.0


@dataclass(frozen=True)
class _Item:
    """One constraint that a message can name: rows on counts and presence, or the wholeness of one count."""

    label: str
    row: NDArray[np.float64] | None = None
    """Factors on the `n` counts, then on the `n` presence bits; None for a step."""
    least: float = -np.inf
    most: float = np.inf
    whole: int = -1
    """For a step: which count is whole."""


def check_space(space: SearchSpace) -> None:
    """Refuse a search space in which no composition satisfies every constraint.

    Raises:
        InfeasibleSpace: none does; the message names a smallest set of constraints that clash.
    """
    items = _items(space)
    if _solve(space, items) is not None:
        return
    names = " + ".join(_grouped([item.label for item in _core(space, items)]))
    raise InfeasibleSpace(
        f"no composition satisfies the search space; these clash: {names}", where="space", mend="loosen one of them"
    )


def find_row(lattice: Lattice, weights: NDArray[np.float64]) -> IntArray | None:
    """The counts (`n`) of a feasible composition that minimises a weighted sum of counts; None where none exists.

    Args:
        lattice: The feasible set.
        weights: `n` weights on counts.

    Raises:
        InfeasibleSpace: the solver could not settle on an exact point.
    """
    space = lattice.space
    counts = _solve(space, _items(space), weights)
    if counts is None:
        return None
    row = np.concatenate([np.rint(counts).astype(np.int64), np.zeros(len(lattice.levels), dtype=np.int64)])
    if not lattice.feasible(row[None, :])[0]:
        raise InfeasibleSpace(
            "the solver found no exact composition", where="space", mend="use coarser steps or simpler rules"
        )
    return row[: lattice.n_components]


def _solve(
    space: SearchSpace, items: list[_Item], weights: NDArray[np.float64] | None = None
) -> NDArray[np.float64] | None:
    """Counts that satisfy the items, or None where a mixed-integer programme proves that there are none."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    n = len(space.components)
    caps = np.array([PPM / round(component.step * PPM) for component in space.components])
    link = np.hstack([np.eye(n), -np.diag(caps)])
    rows, least, most = [link], [np.full(n, -np.inf)], [np.zeros(n)]
    if any(item.row is not None and (item.row[n:] < 0).any() and not item.row[:n].any() for item in items):
        # A rule that is kept by presence: a component counts as present only with a step of it.
        rows, least, most = (
            [*rows, np.hstack([np.eye(n), -np.eye(n)])],
            [*least, np.zeros(n)],
            [*most, np.full(n, np.inf)],
        )
    whole = np.concatenate([np.zeros(n), np.ones(n)])
    for item in items:
        if item.row is None:
            whole[item.whole] = 1
            continue
        scale = max(1.0, float(np.abs(item.row).max()))
        rows.append(item.row[None, :] / scale)
        least.append(np.array([item.least / scale]))
        most.append(np.array([item.most / scale]))
    for presolve in (True, False):
        # HiGHS now and then fails numerically with presolve where it succeeds without.
        answer: Any = milp(
            c=np.concatenate([np.zeros(n) if weights is None else weights, np.zeros(n)]),
            integrality=whole,
            bounds=Bounds(np.zeros(2 * n), np.concatenate([caps, np.ones(n)])),
            constraints=LinearConstraint(np.vstack(rows), np.concatenate(least), np.concatenate(most)),
            options={"time_limit": _SECONDS, "presolve": presolve},
        )
        if answer.x is not None:
            found: NDArray[np.float64] = answer.x[:n]
            return found
        if answer.status == 2:
            return None
    raise InfeasibleSpace(
        "no composition was found within the time limit", where="space", mend="use coarser steps or simpler rules"
    )


def _core(space: SearchSpace, items: list[_Item]) -> list[_Item]:
    """A smallest clashing set by deletion, the better of two orders.

    Deletion filter: Chinneck and Dravnieks, doi:10.1287/ijoc.3.2.157.
    """
    linear = [item for item in items if item.row is not None]
    start = linear if _solve(space, linear) is None else items
    found: list[list[_Item]] = []
    for order in (start, start[::-1]):
        core = list(order)
        for item in order:
            rest = [other for other in core if other is not item]
            if _solve(space, rest) is None:
                core = rest
        found.append(core)
    best = min(found, key=lambda core: len(core))
    return sorted(best, key=lambda item: next(i for i, other in enumerate(items) if other is item))


def _items(space: SearchSpace) -> list[_Item]:
    """Every constraint of a space, those a user changes last first: they are the first to be struck from a clash."""
    lattice = lattice_of(space)
    n, steps = lattice.n_components, lattice.steps
    items = [_Item(f"{c.name} step {_percent(c.step)}", whole=i) for i, c in enumerate(space.components)]
    for i, component in enumerate(space.components):
        if component.max < 1:
            items.append(
                _row(f"{component.name} max {_percent(component.max)}", n, {i: 1}, most=component.max * PPM / steps[i])
            )
        if component.min > 0:
            items.append(
                _row(f"{component.name} min {_percent(component.min)}", n, {i: 1}, least=component.min * PPM / steps[i])
            )
        if component.min_dose > 0:
            dose = component.min_dose * PPM / steps[i]
            items.append(
                _row(f"{component.name} min_dose {_percent(component.min_dose)}", n, {i: 1, n + i: -dose}, least=0.0)
            )
    for label, factors, right in presence_rows(space):
        items.append(_row(label, n, {n + i: float(factor) for i, factor in enumerate(factors)}, most=right))
    if (price := price_row(space, steps)) is not None:
        items.append(_row(f"max_price {space.max_price:g}", n, {i: float(f) for i, f in enumerate(price)}, most=0.0))
    for rule in space.rules:
        exact, value = rule_in_counts(rule, space, steps)
        terms = {i: float(factor) for i, factor in enumerate(exact)}
        least = float(value) if rule.relation in ("==", ">=") else -np.inf
        most = float(value) if rule.relation in ("==", "<=") else np.inf
        items.append(_row(f"rule {rule.name!r}", n, terms, least=least, most=most))
    items.append(_row("the shares add up to 100%", n, {i: float(s) for i, s in enumerate(steps)}, least=PPM, most=PPM))
    return items


def _row(label: str, n: int, terms: dict[int, float], *, least: float = -np.inf, most: float = np.inf) -> _Item:
    row = np.zeros(2 * n)
    for place, factor in terms.items():
        row[place] = factor
    return _Item(label, row, float(least), float(most))


def _grouped(labels: list[str]) -> list[str]:
    """Labels with long runs of one kind drawn together: `max 20% of H, He, Li and 27 more`."""
    kinds: dict[str, list[str]] = {}
    for label in labels:
        name, _, kind = label.partition(" ")
        kinds.setdefault(kind if kind.startswith(("max ", "min ", "min_dose ", "step ")) else label, []).append(name)
    words = []
    for kind, names in kinds.items():
        if len(names) > 4:
            words.append(f"{kind} of {', '.join(names[:3])} and {len(names) - 3} more")
        else:
            words += [label for label in labels if label == kind or label in [f"{name} {kind}" for name in names]]
    return words


def _percent(share: float) -> str:
    return f"{round(share * 100, 6):g}%"
