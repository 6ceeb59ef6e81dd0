"""The dosing benchmark: how far achieved compositions lie from wanted ones, by pipette, well and method."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from time import process_time
from typing import Any, NamedTuple

import numpy as np
import typer

from eutectic.core.record import Record
from eutectic.lab_interface.dispense import Array, Limits, Problem
from eutectic.lab_interface.dispense_exact import exact
from eutectic.lab_interface.dispense_premix import PremixLimits, premixed
from eutectic.lab_interface.dispense_snap import snap
from eutectic.lab_interface.stock_contents import Source

_NAMES = ("A", "B", "C", "D", "E")
_SAMPLE = 60
"""Compositions of one seed, as many as the notes took for a row."""
_MIXED = 24
"""Compositions for pre-mixes and weak stocks, which take longer, over all seeds."""
_DRAWS = 1000
"""Resamples for the interval of a p95."""
_PREMIX_UL = (200, 1000)
_GOOD = 5e-4
"""Worst deviation from which on no further mixture is tried."""


class Setup(NamedTuple):
    """A row: well, least dose and step in uL, and the p95 (median for the first of the last) of the notes, in %."""

    well: float
    least: float
    step: float
    noted: tuple[float, float, float]
    """Round and drop, raise or drop, integer program."""
    is_median: bool = False
    """Whether the notes' first figure is a median."""
    is_known: bool = False
    """Whether the notes' own 60 compositions were found: their two hand methods, recomputed, give their figures."""


SETUPS = (
    Setup(200, 1, 0.1, (0.24, 0.20, 0.20), is_known=True),
    Setup(200, 5, 0.1, (2.07, 1.05, 1.04), is_known=True),
    Setup(200, 20, 1, (11.9, 4.66, 4.75), is_known=True),
    Setup(60, 5, 0.1, (9.66, 4.52, 4.00)),
    Setup(60, 20, 1, (52.6, 27.5, 18.6), is_median=True),
)
WEAK = Setup(200, 5, 0.1, (2.07, 1.04, 0.23))
"""A tenth as strong stock of every metal and a solvent beside the strong ones."""


class Row(Record):
    """One setup and method, in % of the whole."""

    setup: str
    method: str
    is_ours: bool
    same: float | None
    """p95 on the notes' own compositions; None where those are not known."""
    p95: float
    """Over all seeds ..."""
    low: float
    """... and where 95 % of the p95 of 60 compositions drawn from these lie."""
    high: float
    median: float
    worst: float
    fullest: float
    """The largest volume that a sample took, in uL."""
    noted: float | None
    verdict: str
    """`better`, `equal` within the digits or the interval, or `worse` than the notes; empty for the notes' methods."""
    ms: float
    """CPU milliseconds per composition."""


class Made(NamedTuple):
    """What a method made of one composition: worst deviation in % and volume in uL."""

    miss: float
    volume: float


Method = Callable[[Array], Made]


def run(seeds: int, is_smoke: bool, as_json: bool) -> int:
    """Print the table: every method on the same compositions, beside the notes' figures; 1 where ours are worse."""
    count = 12 if is_smoke else _SAMPLE
    rows = [row for at, setup in enumerate(SETUPS) for row in _rows(at, setup, seeds, count)]
    rows += _weak_rows(seeds, count)
    if as_json:
        typer.echo(json.dumps([row.model_dump(mode="json") for row in rows], indent=2))
    else:
        typer.echo(_table(rows, seeds, count))
    reached = {row.setup for row in rows if row.verdict in ("better", "equal")}
    return int(any(row.setup not in reached for row in rows))


def _table(rows: Sequence[Row], seeds: int, count: int) -> str:
    lines = [
        "Worst-element deviation in % of the whole: random compositions of 5 metals (Dirichlet, all alpha 1), stocks",
        f"of equal strength; {count} compositions for each of {seeds} seeds, the same for every method (pre-mixes and",
        f"weak stocks: {_MIXED} at most in all). '95 %' holds 95 % of the p95 of 60 compositions drawn from these. The",
        "notes' set is their own 60 compositions where they were found (default_rng(0), row after row: their two hand",
        "methods, recomputed in the lines marked *, give their figures). Their wells took more than they hold: see uL.",
        "",
    ]
    line = "{:<21}{:<34}{:>8}{:>8}{:>15}{:>8}{:>7}{:>7}{:>7}{:>6}  {}"
    head = ("well/min/step uL", "method", "notes'set", "p95", "95 %", "median", "max", "uL", "notes", "ms", "verdict")
    lines.append(line.format(*head))
    for row in rows:
        noted = "" if row.noted is None else f"{row.noted:g}"
        same = "" if row.same is None else f"{row.same:.3g}"
        figures = (f"{row.p95:.3g}", f"{row.low:.3g}..{row.high:.3g}", f"{row.median:.3g}", f"{row.worst:.3g}")
        lines.append(
            line.format(
                row.setup, row.method, same, *figures, f"{row.fullest:.0f}", noted, f"{row.ms:.0f}", row.verdict
            )
        )
    lines += [
        "",
        "exact: no other choice of whole doses is better (to 0.002 %): what is left is the least dose's doing.",
        "pre-mix: some stocks are mixed in a vessel of that size and a part goes into the well (lab.settings.premix);",
        f"as good as it gets, or good enough at {100 * _GOOD:g} %.",
    ]
    return "\n".join(lines)


def _own_compositions(at: int) -> Array:
    """The notes' compositions of a row: one generator, row after row."""
    rng = np.random.default_rng(0)
    return [rng.dirichlet(np.ones(len(_NAMES)), _SAMPLE) for _ in range(at + 1)][-1]


def _compositions(seed: int, count: int) -> Array:
    return np.random.default_rng([7, seed]).dirichlet(np.ones(len(_NAMES)), count)


def _rows(at: int, setup: Setup, seeds: int, count: int) -> list[Row]:
    total, least = round(setup.well / setup.step), round(setup.least / setup.step)
    given = [Source(name, {name: 1.0}) for name in _NAMES]
    free = Limits(least, max(1, total // 2), total)
    own = _own_compositions(at) if setup.is_known and count == _SAMPLE else None
    sets = [_compositions(seed, count) for seed in range(seeds)]
    few = [item[: max(1, _MIXED // seeds)] for item in sets]
    filled = [_raise_or_drop(w, total, least).sum() for item in (*sets, *(() if own is None else (own,))) for w in item]
    as_noted = Limits(least, int(min(filled)), int(max(filled)))
    drop = "* round + drop < min" + (" (notes: median)" if setup.is_median else "")
    table: list[tuple[str, float | None, bool, Sequence[Array], Method]] = [
        (drop, setup.noted[0], False, sets, lambda w: _made(_round_and_drop(w, total, least), w, setup.step)),
        ("* raise or drop, not filled up", setup.noted[1], False, sets,
         lambda w: _made(_raise_or_drop(w, total, least), w, setup.step)),
        ("quick, half to full", setup.noted[1], False, sets,
         lambda w: _solved(w, given, free, setup.step, is_exact=False)),
        ("exact, half to full", setup.noted[2], True, sets, lambda w: _solved(w, given, free, setup.step)),
        ("exact, as full as the notes' wells", setup.noted[2], True, sets,
         lambda w: _solved(w, given, as_noted, setup.step)),
        *((f"with a pre-mix of {size} uL", setup.noted[2], True, few,
           partial(_mixed, given=given, limits=free, step=setup.step, size_ul=size)) for size in _PREMIX_UL),
    ]  # fmt: skip
    label = f"{setup.well:g} / {setup.least:g} / {setup.step:g}"
    return [
        _row(label, name, noted, is_ours, own if using is sets else None, using, method)
        for name, noted, is_ours, using, method in table
    ]


def _weak_rows(seeds: int, count: int) -> list[Row]:
    total, least = round(WEAK.well / WEAK.step), round(WEAK.least / WEAK.step)
    given = [Source(name, {name: 1.0}) for name in _NAMES] + [Source(f"{n}-weak", {n: 0.1}) for n in _NAMES]
    given.append(Source("solvent", {}))
    half, slack = total / 2, 1e-9
    as_noted = Limits(least, total, total, half * (1 - slack), half * (1 + slack))
    label = f"{WEAK.well:g} / {WEAK.least:g} / {WEAK.step:g} +0.1x"
    sets = [_compositions(seed, count)[: max(1, _MIXED // seeds)] for seed in range(seeds)]
    free = Limits(least, total // 2, total, half / 2, float(total))
    return [
        _row(label, name, WEAK.noted[2], True, None, sets, partial(_solved, given=given, limits=limits, step=WEAK.step))
        for name, limits in (("exact, metal at half", as_noted), ("exact, metal a quarter or more", free))
    ]


def _row(
    label: str,
    name: str,
    noted: float | None,
    is_ours: bool,
    own: Array | None,
    sets: Sequence[Array],
    method: Method,
) -> Row:
    start = process_time()
    made = [method(w) for item in sets for w in item]
    spent = (process_time() - start) * 1e3 / len(made)
    misses = np.array([item.miss for item in made])
    same = None if own is None else [method(w) for w in own]
    rng = np.random.default_rng(1)
    drawn = np.percentile(misses[rng.integers(0, len(misses), (_DRAWS, _SAMPLE))], 95, axis=1)
    low, high = (float(value) for value in np.percentile(drawn, [2.5, 97.5]))
    known = None if same is None else _percentile([item.miss for item in same], 95)
    return Row(
        setup=label,
        method=name,
        is_ours=is_ours,
        same=known,
        p95=_percentile(misses, 95),
        low=round(low, 4),
        high=round(high, 4),
        median=_percentile(misses, 50),
        worst=round(float(misses.max()), 4),
        fullest=max(item.volume for item in (*made, *(same or ()))),
        noted=noted,
        verdict=_verdict(noted, known, low, high) if is_ours and noted is not None else "",
        ms=round(spent, 2),
    )


def _verdict(noted: float, known: float | None, low: float, high: float) -> str:
    """Against the notes' figure: on their own compositions where these are known, else within the interval."""
    slack = 0.005 if noted < 10 else 0.05  # half of the last digit they were told to
    if known is not None:
        return "better" if known < noted - slack else "equal" if known <= noted + slack else "worse"
    return "better" if high < noted else "equal" if low <= noted else "worse"


def _percentile(values: Sequence[float] | Array, at: float) -> float:
    found: Any = np.percentile(np.array(values), at)
    return round(float(found), 4)


def _round_and_drop(wanted: Array, total: int, least: int) -> Array:
    """What is done without thinking: each dose rounded, and left out where it is below the least."""
    ticks = np.rint(wanted * total)
    return np.where(ticks < least, 0.0, ticks)


def _raise_or_drop(wanted: Array, total: int, least: int) -> Array:
    """The notes' snap: a dose below the least is left out or raised to it, whichever is nearer; nothing fills up."""
    ticks = np.rint(wanted * total)
    return np.where(ticks < least / 2, 0.0, np.where(ticks < least, least, ticks))


def _made(ticks: Array, wanted: Array, step: float) -> Made:
    whole = float(ticks.sum())
    miss = float(np.abs(ticks / whole - wanted).max()) if whole > 0 else 1.0
    return Made(100 * miss, whole * step)


def _problem(wanted: Array, given: Sequence[Source], limits: Limits) -> Problem:
    return Problem(dict(zip(_NAMES, wanted.tolist(), strict=True)), given, limits, frozenset())


def _solved(wanted: Array, given: Sequence[Source], limits: Limits, step: float, *, is_exact: bool = True) -> Made:
    problem = _problem(wanted, given, limits)
    ticks = exact(problem) if is_exact else snap(problem)
    return Made(100.0, 0.0) if ticks is None else Made(100 * problem.worst(ticks), float(ticks.sum()) * step)


def _mixed(wanted: Array, given: Sequence[Source], limits: Limits, step: float, size_ul: float) -> Made:
    """The best over a mixture of one size, beside the direct doses."""
    problem = _problem(wanted, given, limits)
    direct = exact(problem)
    found = premixed(problem, direct, PremixLimits((round(size_ul / step),), 0), _GOOD)
    ticks = direct if found is None else found.contents
    return Made(100.0, 0.0) if ticks is None else Made(100 * problem.worst(ticks), float(ticks.sum()) * step)
