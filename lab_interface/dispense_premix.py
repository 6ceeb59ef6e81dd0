"""Pre-mixes: stocks mixed in a vessel of their own, so that a part of the mixture is a dose large enough."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from eutectic.core.plan import Capabilities
from eutectic.core.stock import PremixVessels
from eutectic.lab_interface.dispense import Array, Limits, Mix, Problem
from eutectic.lab_interface.dispense_exact import exact

_STEPS = 5
"""Parts of the mixture that are tried, from the least dose to the fullest sample, evenly in their logarithm."""


class PremixLimits(NamedTuple):
    """What pre-mix vessels take, in the lab's ticks."""

    sizes: tuple[int, ...]
    """Sizes that are tried, the one that wastes least first."""
    dead: int
    """What cannot be drawn from one."""


class Premixed(NamedTuple):
    """Doses in the order of the problem's sources."""

    direct: Array
    """Into the sample itself."""
    mixed: Array
    """Into the pre-mix vessel."""
    take: int
    """Ticks of the mixture into the sample."""

    @property
    def contents(self) -> Array:
        """What is in the sample in the end."""
        return np.asarray(self.direct + self.mixed * (self.take / float(self.mixed.sum())), dtype=np.float64)


def premix_limits(vessels: PremixVessels, least: int) -> PremixLimits:
    """Sizes to try: a quarter, half and the whole of what a vessel takes, where two doses and what is dead fit."""
    sizes = {vessels.total_ticks // part for part in (4, 2, 1)}
    return PremixLimits(
        tuple(sorted(size for size in sizes if size >= 2 * least + vessels.dead_ticks)), vessels.dead_ticks
    )


def premix_above(capabilities: Capabilities) -> float:
    """The deviation from which on a mixture is made."""
    own = None if capabilities.premix is None else capabilities.premix.above
    return capabilities.tolerance / 2 if own is None else own


def premixed(problem: Problem, direct: Array | None, limits: PremixLimits, goal: float = 0.0) -> Premixed | None:
    """Doses over a pre-mix that come nearer than the direct ones; None where none do.

    The size of the mixture and the part taken are tried in turn, the ones that waste least first, and for each pair
    the doses are exact; the first pair that misses by at most `goal` does, else the nearest of all.
    """
    mixable = np.flatnonzero(problem.fill == 1.0)
    best, score = None, 1.0 if direct is None else float(problem.score(direct[None, :])[0])
    for size in limits.sizes:
        for take in _parts(problem.limits, size - limits.dead):
            mixture = _with_mix(problem, mixable, size, take)
            found = exact(mixture, above=score)
            reached = 1.0 if found is None else float(mixture.score(found[None, :])[0])
            if found is None or not reached < score:
                continue
            m, mixed = len(problem.sources), np.zeros(len(problem.sources))
            mixed[mixable] = found[m:]
            best, score = Premixed(found[:m], mixed, take), reached
            if problem.worst(best.contents) <= goal:
                return best
    return best


def _parts(limits: Limits, drawable: int) -> list[int]:
    """Ticks of the mixture to try, the largest first."""
    low, high = limits.least, min(drawable, limits.total_high)
    return sorted({int(value) for value in np.rint(np.geomspace(low, high, _STEPS))}, reverse=True)


def _with_mix(problem: Problem, mixable: np.ndarray[Any, Any], size: int, take: int) -> Problem:
    """The same composition from the sources and, a part of each, from the mixture."""
    share, parts = take / size, []
    for index in mixable.tolist():
        source = problem.sources[index]
        per_tick = {name: amount * share for name, amount in source.per_tick.items()}
        parts.append(source._replace(id=f"{source.id}*", per_tick=per_tick, fill=share))
    wanted = dict(zip(problem.components, problem.share.tolist(), strict=True))
    needed = frozenset(problem.components[i] for i in problem.needed)
    return Problem(wanted, [*problem.sources, *parts], problem.limits, needed, Mix(len(problem.sources), size))
