"""The instrument section: control charts of the reference, drift and its correction, and every doubt with its code."""

from __future__ import annotations

import math
from collections import Counter
from statistics import median

from eutectic.agents.graph.guard import reference_chart, reference_trials
from eutectic.agents.report.blocks import Block, Card, Cards, Picture, Section, Table, Text
from eutectic.agents.report.ledger import Ledger
from eutectic.agents.report.results import Results
from eutectic.agents.report.wording import number, percent, plural
from eutectic.core.drift import Drift
from eutectic.core.quantity import headed
from eutectic.core.trial import round_of
from eutectic.tools.control_chart import Point, run_length
from eutectic.tools.drift import half_width
from eutectic.tools.plots.control import ReferencePoint, ShiftPoint, control_svg

_MOST_LISTED = 300


def instrument_section(ledger: Ledger, results: Results) -> Section | None:
    """How far the data can be reproduced; None where nothing was judged and no reference was measured."""
    doubts = _doubts(ledger)
    view = ledger.view
    if not doubts and (view.drift is None or not reference_trials(view)):
        return None
    blocks: list[Block] = []
    for drift in view.drift.properties if view.drift is not None else ():
        blocks += _drift_blocks(ledger, drift)
    if results.measured:
        blocks.append(_kept(ledger, results))
    if doubts:
        blocks.append(
            Table(
                ("trial", "codes", "wrong with", "became", "why"),
                tuple(doubts[-_MOST_LISTED:]),
                "Every value in doubt, with what raised it and the probability that it is wrong. Nothing is deleted: "
                "what is set aside stays in the notebook and out of models and rankings.",
                fold=f"{plural(len(doubts), 'judgement')} of values in doubt",
            )
        )
    return Section("instrument", "Can the data be trusted", tuple(blocks))


def _drift_blocks(ledger: Ledger, drift: Drift) -> list[Block]:
    points = reference_chart(ledger.view, drift.property)
    unit = next((o.unit for o in ledger.spec.objectives if o.property == drift.property), "")
    if not points:
        return []
    signals = [(trial, point) for trial, point in points if point.signals]
    last = drift.shifts[-1]
    is_off = abs(last.shift) > half_width(drift, last.sd)
    size = f"{percent(math.exp(last.shift) - 1)}" if drift.scale == "ratio" else f"{number(last.shift)} {unit}"
    spread = percent(last.sd) if drift.scale == "ratio" else f"{number(last.sd)} {unit}"
    noise = percent(drift.noise) if drift.scale == "ratio" else f"{number(drift.noise)} {unit}"
    shared = percent(drift.level_sd) if drift.scale == "ratio" else f"{number(drift.level_sd)} {unit}"
    cards = Cards((
        Card(f"{drift.property} reads off by", size, f"standard uncertainty {spread}, in round {last.round}"),
        Card("noise within a round", noise, "of one reading"),
        Card("shared uncertainty", shared, "of every absolute value; comparisons are not touched by it"),
        Card("signals", str(len(signals)), _signal_words(points, is_off), "warn" if signals or is_off else "good"),
    ))  # fmt: skip
    lengths = [f"{run_length(chart):.0f}" for chart in ("shewhart", "ewma", "cusum")]
    caption = (
        f"{plural(len(points), 'reading')} of the reference sample (points) over the level and 90 % band that the "
        f"estimated shift gives (line, shade). While nothing changes, the Shewhart chart (3 sigma) signals once in "
        f"{lengths[0]} readings, EWMA once in {lengths[1]}, CUSUM once in {lengths[2]}; a lasting shift of one sigma "
        f"is found by the latter two after {run_length('ewma', 1.0):.0f} readings on average."
    )
    found: list[Block] = [cards, _picture(ledger, drift, points, headed(drift.property, unit), caption)]
    if drift.jumps:
        found.append(
            Text(
                f"From round {' and '.join(map(str, drift.jumps))} on the instrument reads differently for good.",
                "warn",
            )
        )
    if signals:
        rows = tuple(
            (trial, ", ".join(point.signals), number(point.value), "-" if point.q is None else f"{point.q:.2f}")
            for trial, point in signals
        )
        found.append(
            Table(
                ("trial", "chart", f"{drift.property} ({unit})", "standard deviations"), rows, numeric=frozenset({2, 3})
            )
        )
    return found


def _signal_words(points: list[tuple[str, Point]], is_off: bool) -> str:
    quiet = "no chart signals, yet the readings are off: a slow drift" if is_off else "the reference is in control"
    counts = Counter(chart for _, point in points for chart in point.signals)
    return ", ".join(f"{chart} {count}" for chart, count in sorted(counts.items())) or quiet


def _picture(ledger: Ledger, drift: Drift, points: list[tuple[str, Point]], axis: str, caption: str) -> Picture:
    shifts = {one.round: one for one in drift.shifts}
    rounds = {trial: round_of(trial) for trial, _ in points}
    kept = [(t, p) for t, p in points if t not in ledger.view.excluded and rounds[t] in shifts]
    level = median(drift.level(p.value, rounds[t]) for t, p in kept) if kept else points[0][1].value
    band = []
    for number_, one in sorted(shifts.items()):
        wide = half_width(drift, math.hypot(one.sd, drift.noise))
        band.append(
            ShiftPoint(
                number_,
                _with(drift, one.shift, level),
                _with(drift, one.shift - wide, level),
                _with(drift, one.shift + wide, level),
            )
        )
    drawn = [
        ReferencePoint(trial, rounds[trial], point.value, bool(point.signals), trial in ledger.view.excluded)
        for trial, point in points
    ]
    return Picture(f"control-{drift.property}", control_svg(drawn, band, axis, alt=caption), caption)


def _with(drift: Drift, shift: float, level: float) -> float:
    return level * math.exp(shift) if drift.scale == "ratio" else level + shift


def _kept(ledger: Ledger, results: Results) -> Text:
    n, out = len(results.measured), sum(bool(row.excluded) for row in results.measured)
    corrected = "" if ledger.view.drift is None else " Values are corrected for drift; observations.csv has both."
    return Text(f"{out} of {plural(n, 'experiment')} set aside, each with its reason; none is deleted.{corrected}")


def _doubts(ledger: Ledger) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for slot, payload in ledger.judged:
        codes = ", ".join(str(code).replace("_", " ") for code in payload.get("codes", ()))
        wrong = payload.get("wrong")
        became = "repeated, out of the models meanwhile" if payload.get("set_aside") else str(payload["verdict"])
        rows.append(
            (slot.split("/")[0], codes or "-", "-" if wrong is None else percent(wrong), became, str(payload["reason"]))
        )
    for key, found in ledger.view.corrections.items():
        for one in found:
            rows.append(
                (key, "corrected", "-", f"version {one.version}", f"{one.reason} (by {one.by or 'nobody named'})")
            )
    return rows
