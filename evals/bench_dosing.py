"""The dosing benchmark: how far achieved compositions lie from wanted ones, by pipette, well and method."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from time import process_time
from typing import Any, NamedTuple

import numpy as np
import typer

from eutectic.core.record import Record
from eutectic.lab_interface.dispense import Array, Limits, Problem
from eutectic.lab_interface.dispense_exact import exact
from eutectic.lab_interface.dispense_snap import snap
from eutectic.lab_interface.stock_contents import Source

_NAMES = ("A", "B", "C", "D", "E")
_SAMPLE = 60
"""Compositions of one seed, as many as the notes took for a row."""


class Setup(NamedTuple):
    """A row: well, least dose and step in uL, and the p95 (median for the last) that the notes report, in %."""

    well: float
    least: float
    step: float
    noted: tuple[float, float, float]
    """Round and drop, snap to the least dose, integer program."""
    is_median: bool = False
    """Whether the notes' first figure is a median."""


SETUPS = (
    Setup(200, 1, 0.1, (0.24, 0.20, 0.20)),
    Setup(200, 5, 0.1, (2.07, 1.05, 1.04)),
    Setup(200, 20, 1, (11.9, 4.66, 4.75)),
    Setup(60, 5, 0.1, (9.66, 4.52, 4.00)),
    Setup(60, 20, 1, (52.6, 27.5, 18.6), is_median=True),
)
WEAK = Setup(200, 5, 0.1, (2.07, 1.04, 0.23))
"""A tenth as strong stock of every metal and a solvent beside the strong ones."""


class Row(Record):
    """One setup and method over all seeds, in % of the whole."""

    setup: str
    method: str
    p95: float
    low: float
    """Least p95 of a sample of 60, among the seeds ..."""
    high: float
    """... and the largest."""
    median: float
    worst: float
    noted: float | None
    ms: float
    """CPU milliseconds per composition."""


def run(seeds: int, is_smoke: bool, as_json: bool) -> None:
    """Print the table: every method on the same compositions, beside the figures of the notes."""
    count = 12 if is_smoke else _SAMPLE
    rows = [row for setup in SETUPS for row in _rows(setup, seeds, count)] + _weak_rows(seeds, count)
    if as_json:
        typer.echo(json.dumps([row.model_dump(mode="json") for row in rows], indent=2))
        return
    typer.echo(f"Worst-element deviation in % of the whole: {count} random compositions of 5 metals (Dirichlet, all")
    typer.echo(f"alpha 1) for each of {seeds} seeds, the same for every method. Stocks of equal strength.\n")
    head = ("well/min/step uL", "method", "p95", "of 60: low..high", "median", "max", "notes", "ms")
    line = "{:<20}{:<34}{:>7}{:>18}{:>8}{:>7}{:>7}{:>6}"
    typer.echo(line.format(*head))
    for row in rows:
        noted = "" if row.noted is None else f"{row.noted:g}"
        figures = (f"{row.p95:.3g}", f"{row.low:.3g}..{row.high:.3g}", f"{row.median:.3g}", f"{row.worst:.3g}")
        typer.echo(line.format(row.setup, row.method, *figures, noted, f"{row.ms:.0f}"))
    typer.echo(
        "\nThe notes drew 60 compositions once, so that their figure should lie in low..high. 'exact' is the least"
    )
    typer.echo("least worst deviation that each composition can have (to 0.002 %): no other choice of doses is better.")


def _compositions(seed: int, count: int) -> Array:
    return np.random.default_rng(seed).dirichlet(np.ones(len(_NAMES)), count)


def _rows(setup: Setup, seeds: int, count: int) -> list[Row]:
    total, least = round(setup.well / setup.step), round(setup.least / setup.step)
    given = [Source(name, {name: 1.0}) for name in _NAMES]
    fixed, free = Limits(least, total, total), Limits(least, max(1, total // 2), total)
    first = "round + drop < min" + (" (notes: median)" if setup.is_median else "")
    methods: list[tuple[str, float | None, Callable[[Array], float]]] = [
        (first, setup.noted[0], lambda w: _round_and_drop(w, total, least)),
        ("snap, total fixed", setup.noted[1], lambda w: _solve(w, given, fixed, is_exact=False)),
        ("exact, total fixed", setup.noted[2], lambda w: _solve(w, given, fixed)),
        ("snap, half to full well", setup.noted[1], lambda w: _solve(w, given, free, is_exact=False)),
        ("exact, half to full well", setup.noted[2], lambda w: _solve(w, given, free)),
    ]
    label = f"{setup.well:g} / {setup.least:g} / {setup.step:g}"
    return [_row(label, name, noted, method, seeds, count) for name, noted, method in methods]


def _weak_rows(seeds: int, count: int) -> list[Row]:
    total, least = round(WEAK.well / WEAK.step), round(WEAK.least / WEAK.step)
    given = [Source(name, {name: 1.0}) for name in _NAMES] + [Source(f"{n}-weak", {n: 0.1}) for n in _NAMES]
    given.append(Source("solvent", {}))
    half, slack = total / 2, 1e-9
    as_noted = Limits(least, total, total, half * (1 - slack), half * (1 + slack))
    label = f"{WEAK.well:g} / {WEAK.least:g} / {WEAK.step:g} +0.1x"
    fewer = max(1, count * 25 // 60)
    free = Limits(least, total // 2, total, half / 2, float(total))
    return [
        _row(label, "exact, metal at half", WEAK.noted[2], lambda w: _solve(w, given, as_noted), seeds, fewer),
        _row(label, "exact, metal a quarter or more", WEAK.noted[2], lambda w: _solve(w, given, free), seeds, fewer),
    ]


def _row(label: str, name: str, noted: float | None, method: Callable[[Array], float], seeds: int, count: int) -> Row:
    start = process_time()
    by_seed = [[100 * method(w) for w in _compositions(seed, count)] for seed in range(seeds)]
    spent = (process_time() - start) * 1e3 / (seeds * count)
    return _summary(label, name, noted, by_seed, spent)


def _summary(label: str, name: str, noted: float | None, by_seed: Sequence[Sequence[float]], ms: float) -> Row:
    pooled = [value for values in by_seed for value in values]
    p95 = [_percentile(values, 95) for values in by_seed]
    return Row(
        setup=label,
        method=name,
        p95=_percentile(pooled, 95),
        low=min(p95),
        high=max(p95),
        median=_percentile(pooled, 50),
        worst=round(max(pooled), 4),
        noted=noted,
        ms=round(ms, 2),
    )


def _percentile(values: Sequence[float], at: float) -> float:
    found: Any = np.percentile(np.array(values), at)
    return round(float(found), 4)


def _round_and_drop(wanted: Array, total: int, least: int) -> float:
    """What is done without thinking: each dose rounded, and left out where it is below the least."""
    ticks = np.rint(wanted * total)
    ticks[ticks < least] = 0
    return float(np.abs(ticks / ticks.sum() - wanted).max()) if ticks.sum() > 0 else 1.0


def _solve(wanted: Array, given: Sequence[Source], limits: Limits, *, is_exact: bool = True) -> float:
    problem = Problem(dict(zip(_NAMES, wanted.tolist(), strict=True)), given, limits, frozenset())
    ticks = exact(problem) if is_exact else snap(problem)
    return 1.0 if ticks is None else problem.worst(ticks)
