"""Doses for a wanted composition: whole ticks of sources, why they come no nearer, and how sure they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import sqrt
from typing import NamedTuple

from eutectic.core.errors import BadInput
from eutectic.lab_interface.dispense import Limits, Problem
from eutectic.lab_interface.dispense_exact import exact
from eutectic.lab_interface.dispense_snap import snap
from eutectic.lab_interface.stock_contents import Source

_ROUNDING_SD = 1 / sqrt(12)
"""Standard uncertainty of a reading rounded to whole ticks: half a tick either way, evenly (JCGM 100:2008, 4.3.7)."""


class Doses(NamedTuple):
    """Ticks by source of one sample."""

    direct: Mapping[str, int]
    mixed: Mapping[str, int] = {}
    """Into its pre-mix vessel."""
    take: int = 0
    """Ticks of the mixture that go into the sample."""

    @property
    def contents(self) -> dict[str, float]:
        """Ticks by source that are in the sample in the end."""
        found: dict[str, float] = dict(self.direct)
        size = sum(self.mixed.values())
        for name, count in self.mixed.items():
            found[name] = found.get(name, 0.0) + count * self.take / size
        return found


class Dispensing(NamedTuple):
    """How surely a device dispenses."""

    sd_ticks: float
    sd_share: float
    largest: int | None
    """Ticks of one transfer."""

    def variance(self, count: int) -> float:
        """Of a dose, in ticks squared."""
        parts = -(-count // (self.largest or count))
        return parts * (_ROUNDING_SD**2 + self.sd_ticks**2) + (self.sd_share * count) ** 2 / parts


def doses_for(
    wanted: Mapping[str, float],
    given: Sequence[Source],
    limits: Limits,
    needed: frozenset[str] = frozenset(),
    *,
    good_enough: float = 0.0,
) -> dict[str, int]:
    """Ticks by source, none of zero, with the least worst deviation of a share; the same input gives the same ticks.

    Where every component is weighed by itself, the total is fixed and no least dose binds, the ticks are those of
    largest-remainder rounding. Else an integer program decides, unless the quick doses miss by at most `good_enough`.

    Raises:
        BadInput: no doses keep the limits, as where the vessel is too small for the least doses of what it needs.
    """
    plain = _plain(wanted, given, limits)
    if plain is not None:
        return plain
    problem = Problem(wanted, given, limits, needed)
    ticks = snap(problem) if good_enough > 0 else None
    if ticks is None or problem.worst(ticks) > good_enough:
        ticks = exact(problem)
    if ticks is None:
        raise BadInput(
            f"no doses of at least {limits.least} ticks make a sample of {_size(limits)} ticks from these stocks",
            mend="make the sample larger, the least dose smaller, or add a stock",
        )
    return {source.id: round(count) for source, count in zip(given, ticks.tolist(), strict=True) if count}


def _size(limits: Limits) -> str:
    low, high = limits.total_low, limits.total_high
    return f"{high}" if low == high else f"{low} to {high}"


def _plain(wanted: Mapping[str, float], given: Sequence[Source], limits: Limits) -> dict[str, int] | None:
    """Largest-remainder rounding, where it applies and keeps every least dose."""
    single = {next(iter(source.per_tick)): source for source in given if len(source.per_tick) == 1}
    if len(single) < len(given) or limits.total_low != limits.total_high or not wanted.keys() <= single.keys():
        return None
    if limits.amount_low > 0 or limits.amount_high < float("inf") or any(source.least for source in given):
        return None
    total = limits.total_high
    amounts = {name: share / single[name].per_tick[name] for name, share in sorted(wanted.items()) if share > 0}
    whole = sum(amounts.values())
    ideal = {single[name].id: amount / whole * total for name, amount in amounts.items()}
    if any(value < limits.least for value in ideal.values()):
        return None
    counts = {name: int(value) for name, value in ideal.items()}
    short = total - sum(counts.values())
    for name in sorted(ideal, key=lambda key: (counts[key] - ideal[key], key))[:short]:
        counts[name] += 1
    return counts if all(count >= limits.least for count in counts.values()) else None


def spread(sample: Doses, given: Sequence[Source], lab: Dispensing, own: Mapping[str, Dispensing]) -> dict[str, float]:
    """Standard uncertainty of each share that doses make, by component (JCGM 100:2008, eq. 10; first order).

    With amounts `a_k = sum_j A_kj t_j`, `S = sum a` and shares `x_k = a_k / S`, a dose moves a share by
    `dx_k/dt_j = (A_kj - x_k sum_l A_lj) / S`, and a strength by `dx_k/dln A_lj = (d_kl - x_k) A_lj t_j / S`. A dose is
    uncertain by its rounding, the device's own error and a part of itself, once for each transfer it is split into.
    Of a mixture with the content `c_k` per tick a part `f` is taken: the same holds for the tick taken with `c` in
    place of `A_j`, and a dose into the mixture moves the sample by `f (A_kj - c_k)`. Doses and strengths are taken as
    independent; what a stock holds, too. `own` holds devices of single stocks by ID.
    """
    contents = sample.contents
    amounts: dict[str, float] = {}
    for source in given:
        for name, amount in source.per_tick.items():
            amounts[name] = amounts.get(name, 0.0) + amount * contents.get(source.id, 0)
    whole = sum(amounts.values())
    share = {name: amount / whole for name, amount in amounts.items()}
    variance = dict.fromkeys((name for name, amount in amounts.items() if amount > 0), 0.0)
    for moved, variance_of_dose in _movements(sample, given, lab, own):
        strong = sum(moved.values())
        for name in variance:
            slope = (moved.get(name, 0.0) - share[name] * strong) / whole
            variance[name] += slope**2 * variance_of_dose
    for source in given:
        count = contents.get(source.id, 0)
        for name in variance if count else ():
            for other, amount in source.per_tick.items():
                change = ((other == name) - share[name]) * amount * count / whole
                variance[name] += (change * source.strength_sd) ** 2
    return {name: float(f"{sqrt(value):.4g}") for name, value in sorted(variance.items())}


def _movements(
    sample: Doses, given: Sequence[Source], lab: Dispensing, own: Mapping[str, Dispensing]
) -> Iterator[tuple[Mapping[str, float], float]]:
    """For each dose: how one tick more of it moves the amounts in the sample, and its variance in ticks squared."""
    for source in given:
        if sample.direct.get(source.id):
            yield source.per_tick, own.get(source.id, lab).variance(sample.direct[source.id])
    if not sample.mixed:
        return
    size = sum(sample.mixed.values())
    mixture: dict[str, float] = {}
    for source in given:
        for name, amount in source.per_tick.items():
            mixture[name] = mixture.get(name, 0.0) + amount * sample.mixed.get(source.id, 0) / size
    yield mixture, lab.variance(sample.take)
    for source in given:
        if sample.mixed.get(source.id):
            part = sample.take / size
            moved = {name: part * (source.per_tick.get(name, 0.0) - held) for name, held in mixture.items()}
            yield moved, own.get(source.id, lab).variance(sample.mixed[source.id])
