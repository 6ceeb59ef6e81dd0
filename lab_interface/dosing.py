"""Dosing: shares of components turned into whole ticks of mass or volume, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from eutectic.core.composition import Basis, Composition
from eutectic.core.elements import element, is_element
from eutectic.core.errors import BadInput, LabFailed

_SOLVER_SECONDS = 10.0


class Weights(NamedTuple):
    """What one share unit of each component takes, so that ticks are proportional to share times factor."""

    factors: dict[str, float]
    note: str
    """How shares are read as amounts, in words."""


def weights(components: Sequence[str], basis: Basis, tick: str) -> Weights:
    """Factors from shares to amounts in the unit of a tick.

    Milligrams: atomic shares times atomic mass, volume shares times density, for elements (IUPAC masses, see
    `eutectic.core.elements`). Microlitres: stocks of equal strength are assumed, so volume follows the share.
    """
    same = dict.fromkeys(components, 1.0)
    if tick.endswith("uL"):
        return Weights(same, f"volume follows the {basis} share: stocks of equal strength are assumed")
    if basis == "wt%":
        return Weights(same, "mass follows the wt% share")
    if not all(is_element(name) for name in components):
        return Weights(same, f"not all components are elements: mass follows the {basis} share itself")
    if basis in ("at%", "mol%"):
        return Weights({name: element(name).mass for name in components}, f"mass from {basis} by atomic masses")
    densities = {name: element(name).density for name in components}
    known = {name: value for name, value in densities.items() if value is not None}
    if len(known) < len(densities):
        return Weights(same, "a density is not tabulated: mass follows the vol% share itself")
    return Weights(known, "mass from vol% by the densities of the elements")


def achieved(ticks: Mapping[str, int], factors: Mapping[str, float], basis: Basis) -> Composition:
    """The composition that whole ticks make, to the ppm."""
    shares = {name: count / factors[name] for name, count in ticks.items() if count}
    exact = Composition.of(shares, basis, normalise=True)
    return Composition.of({name: parts / 1_000_000 for name, parts in exact.ppm.items()}, basis)


def whole_ticks(
    wanted: Composition, factors: Mapping[str, float], total: int, least: int, needed: frozenset[str] = frozenset()
) -> dict[str, int]:
    """Ticks by component that add up to `total`, each at least `least`, nearest to the wanted composition.

    Largest-remainder rounding where no least dose binds; else an integer program that minimises the worst deviation
    of a share. Components in `needed` are never left out.

    Raises:
        BadInput: the sample is too small for the least doses of the components it needs.
    """
    amounts = {name: share * factors[name] for name, share in sorted(wanted.fractions.items())}
    whole = sum(amounts.values())
    ideal = {name: amount / whole * total for name, amount in amounts.items()}
    if all(value >= least for value in ideal.values()):
        rounded = _largest_remainder(ideal, total)
        if all(count >= least for count in rounded.values()):
            return rounded
    must = needed & ideal.keys()
    if least * max(1, len(must)) > total:
        raise BadInput(
            f"a sample of {total} ticks cannot hold {max(1, len(must))} components of at least {least} ticks",
            mend="make the sample larger or the least dose smaller",
        )
    return _nearest(wanted, factors, total, least, must)


def _largest_remainder(ideal: Mapping[str, float], total: int) -> dict[str, int]:
    counts = {name: int(value) for name, value in ideal.items()}
    short = total - sum(counts.values())
    for name in sorted(ideal, key=lambda key: (counts[key] - ideal[key], key))[:short]:
        counts[name] += 1
    return counts


def _nearest(
    wanted: Composition, factors: Mapping[str, float], total: int, least: int, must: frozenset[str]
) -> dict[str, int]:
    """Minimise the worst `|share_i - wanted_i|`, then their sum, over whole ticks that are 0 or at least `least`.

    With `a_i = t_i / factor_i` and `S = sum a`, a share is `a_i / S`; multiplied by the nearly constant `S` the
    deviation `a_i - wanted_i S` is linear. Variables: `n` ticks, `n` switches, `n` deviations, the worst one.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    names = sorted(wanted.fractions)
    n = len(names)
    share = np.array([wanted.fractions[name] for name in names])
    per_tick = 1.0 / np.array([factors[name] for name in names])
    scale = float(total / np.sum(share / per_tick))
    deviation = (np.diag(per_tick) - np.outer(share, per_tick)) / scale
    eye, none = np.eye(n), np.zeros((n, n))
    column = np.ones((n, 1))
    rows = [
        np.hstack([deviation, none, -eye, 0 * column]),
        np.hstack([-deviation, none, -eye, 0 * column]),
        np.hstack([none, none, eye, -column]),
        np.hstack([eye, -total * eye, none, 0 * column]),
        np.hstack([-eye, least * eye, none, 0 * column]),
    ]
    sums = np.concatenate([np.ones(n), np.zeros(2 * n + 1)])[None, :]
    constraints = [LinearConstraint(np.vstack(rows), ub=0.0), LinearConstraint(sums, lb=total, ub=total)]
    switch_low = np.array([1.0 if name in must else 0.0 for name in names])
    lower = np.concatenate([np.zeros(n), switch_low, np.zeros(n + 1)])
    upper = np.concatenate([np.full(n, float(total)), np.ones(n), np.full(n + 1, np.inf)])
    answer = milp(
        np.concatenate([np.zeros(2 * n), np.full(n, 1e-3), [1.0]]),
        integrality=np.concatenate([np.ones(2 * n), np.zeros(n + 1)]),
        bounds=Bounds(lower, upper),
        constraints=constraints,
        options={"time_limit": _SOLVER_SECONDS, "mip_rel_gap": 1e-6},
    )
    if answer.x is None:
        raise LabFailed(f"no whole doses were found for {wanted.formula()}: {answer.message}")
    counts = {name: round(value) for name, value in zip(names, answer.x[:n], strict=True)}
    return {name: count for name, count in counts.items() if count}
