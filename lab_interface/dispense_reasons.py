"""Why a composition cannot be made as asked, and what would help, found by solving again with that changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from eutectic.core.plan import ReasonCode
from eutectic.lab_interface.dispense import Array, Limits, Problem, reach
from eutectic.lab_interface.dispense_exact import exact
from eutectic.lab_interface.dispense_snap import snap
from eutectic.lab_interface.stock_contents import Source

_WEAKER = 0.1
_STRONGER = (2.0, 5.0, 10.0)
_LARGER = (2, 4, 10)
_WORD = {2: "twice", 4: "four times", 10: "ten times"}


class Diagnosis(NamedTuple):
    """Reason codes, worst first, and advice in a sentence; both empty where the tolerance is kept."""

    reasons: tuple[ReasonCode, ...]
    advice: str


def diagnose(problem: Problem, ticks: Array, tolerance: float, *, quick: bool = False) -> Diagnosis:
    """What keeps these doses from the wanted composition by more than a tolerance (a share of the whole)."""
    worst = problem.worst(ticks)
    if worst <= tolerance:
        return Diagnosis((), "")
    held = {name for source in problem.sources for name in source.per_tick}
    missing = [n for n, share in zip(problem.components, problem.share, strict=True) if share > 0 and n not in held]
    if missing:
        said = f"no stock holds {', '.join(missing)}: add one"
        return Diagnosis(("MISSING_STOCK_COMPONENT", "TOLERANCE_EXCEEDED"), said)
    _, by_direction = reach(problem, is_bounded=False)
    if by_direction > tolerance:
        return _outside(problem, by_direction)
    _, by_size = reach(problem)
    if by_size > tolerance:
        return _by_strength(problem, worst, quick)
    return _by_least(problem, worst, tolerance, quick)


def _outside(problem: Problem, nearest: float) -> Diagnosis:
    """No doses of these stocks, however small, come near: the stocks themselves are the limit."""
    unwanted = [
        name
        for name, share in zip(problem.components, problem.share, strict=True)
        if share == 0 and any(name in source.per_tick for source in problem.sources)
    ]
    codes: list[ReasonCode] = ["TARGET_OUTSIDE_REACHABLE_COMPOSITIONS"]
    lone = [
        name
        for name, share in zip(problem.components, problem.share, strict=True)
        if share > 0 and all(set(s.per_tick) & set(unwanted) for s in problem.sources if name in s.per_tick)
    ]
    said = f"these stocks come no nearer than {100 * nearest:.2g} %, whatever the doses"
    if lone:
        codes.append("UNWANTED_STOCK_COMPONENT")
        said += f": every stock of {', '.join(lone)} also holds {', '.join(unwanted)}"
    return Diagnosis((*codes, "TOLERANCE_EXCEEDED"), f"{said}; add a purer stock")


def _by_strength(problem: Problem, worst: float, quick: bool) -> Diagnosis:
    """The amounts wanted do not fit the vessel: stocks are too weak, or too strong."""
    limits = problem.limits
    _, without_low = reach(_changed(problem, limits=limits._replace(amount_low=0.0)))
    is_weak = without_low < worst / 2
    code: ReasonCode = "STOCK_CONCENTRATION_TOO_LOW" if is_weak else "STOCK_CONCENTRATION_TOO_HIGH"
    for factor in _STRONGER:
        times = factor if is_weak else 1 / factor
        better = _solved(_changed(problem, sources=[_scaled(source, times) for source in problem.sources]), quick)
        if better is not None and better <= worst / 2:
            said = f"stocks {factor:g} times as {'strong' if is_weak else 'weak'} miss by {100 * better:.2g} %"
            return Diagnosis(
                (code, "TOLERANCE_EXCEEDED"), f"{said}: your stock strength, not the optimiser, is the limit"
            )
    return Diagnosis(
        (code, "TOLERANCE_EXCEEDED"), "no stock strength up to ten times another helps: look at the amounts"
    )


def _by_least(problem: Problem, worst: float, tolerance: float, quick: bool) -> Diagnosis:
    """The least dose binds: a weaker stock beside the strong one, or a larger vessel, may lift it."""
    goal = max(tolerance, worst / 2)
    codes: list[ReasonCode] = ["BELOW_MINIMUM_PIPETTE_VOLUME"]
    weak = [_scaled(source, _WEAKER) for source in problem.sources if source.per_tick]
    top_up = [Source("top-up", {})]
    better = _solved(_changed(problem, sources=[*problem.sources, *weak, *top_up]), quick)
    if better is not None and better <= goal:
        said = (
            f"stocks a tenth as strong beside these, topped up with solvent, miss by {100 * better:.2g} % in place of "
            f"{100 * worst:.2g} %: your stock strength, not the optimiser, is the limit"
        )
        return Diagnosis((*codes, "TOLERANCE_EXCEEDED"), said)
    for factor in _LARGER:
        limits = problem.limits
        larger = limits._replace(total_low=limits.total_low * factor, total_high=limits.total_high * factor)
        better = _solved(_changed(problem, limits=larger), quick)
        if better is not None and better <= goal:
            said = (
                f"a sample {_WORD[factor]} as large misses by {100 * better:.2g} % in place of {100 * worst:.2g} %: "
                "your vessel, not the optimiser, is the limit"
            )
            return Diagnosis((*codes, "VESSEL_TOO_SMALL", "TOLERANCE_EXCEEDED"), said)
    return Diagnosis((*codes, "TOLERANCE_EXCEEDED"), "a smaller least dose is needed")


def _solved(problem: Problem, quick: bool) -> float | None:
    ticks = snap(problem)
    if ticks is None or not quick:
        ticks = exact(problem)
    return None if ticks is None else problem.worst(ticks)


def _changed(problem: Problem, *, limits: Limits | None = None, sources: Sequence[Source] | None = None) -> Problem:
    wanted = dict(zip(problem.components, problem.share.tolist(), strict=True))
    needed = frozenset(problem.components[i] for i in problem.needed)
    return Problem(wanted, sources or problem.sources, limits or problem.limits, needed)


def _scaled(source: Source, factor: float) -> Source:
    return Source(f"{source.id}*{factor:g}", {name: amount * factor for name, amount in source.per_tick.items()})
