"""The progress section: the best so far after every experiment, beside random campaigns of the same length."""

from __future__ import annotations

from collections.abc import Sequence

from eutectic.agents.report.baseline import Baseline, random_baseline
from eutectic.agents.report.blocks import Block, Picture, Section, Text
from eutectic.agents.report.intervals import bounds
from eutectic.agents.report.ledger import Ledger
from eutectic.agents.report.models import Models
from eutectic.agents.report.results import Results, Row, keeps_limits
from eutectic.agents.report.volume import dominated_volume
from eutectic.agents.report.wording import number, plural, with_unit
from eutectic.core.objective import Objective
from eutectic.core.quantity import headed
from eutectic.tools.plots import ProgressPanel, RoundSpan, progress_svg

MOST_POINTS = 2000


def progress_section(ledger: Ledger, results: Results, models: Models) -> Section:
    """The curve, or why there is none yet."""
    if not results.recipes:
        why = "no experiment has given a value of every objective yet"
        return Section("progress", "Progress", (Picture("progress", "", "", why),))
    objectives = ledger.spec.optimized
    worst, span = _scale(results, objectives)
    baseline = random_baseline(ledger, results, models, worst=worst if len(objectives) > 1 else (), span=span)
    panels = [_panel(ledger, results, objective, baseline) for objective in objectives]
    if len(objectives) in (2, 3):
        panels.append(_volume_panel(results, ledger, worst, span, baseline))
    caption = _caption(ledger, results, baseline, panels)
    blocks: list[Block] = [Picture("progress", progress_svg(_thin(panels), _rounds(results), alt=caption), caption)]
    if len(results.tested) > MOST_POINTS:
        blocks.append(Text(f"Points are thinned to about {MOST_POINTS}; the curves are complete.", "muted"))
    return Section("progress", "Progress", tuple(blocks))


def _scale(results: Results, objectives: Sequence[Objective]) -> tuple[list[float], list[float]]:
    found = [values for row in results.tested if (values := row.values(objectives)) is not None]
    if not found:
        return [0.0 for _ in objectives], [1.0 for _ in objectives]
    columns = [[o.score(values[place]) for values in found] for place, o in enumerate(objectives)]
    worst = [min(column) for column in columns]
    return worst, [max(column) - low or 1.0 for column, low in zip(columns, worst, strict=True)]


def _shown(objective: Objective, value: float) -> float:
    """The value itself, or the distance from a target."""
    return -objective.score(value) if objective.direction == "target" else value


def _counts(row: Row, ledger: Ledger) -> bool:
    found = row.values(ledger.spec.objectives)
    names = [objective.property for objective in ledger.spec.objectives]
    return found is not None and keeps_limits(dict(zip(names, found, strict=True)), ledger.spec)


def _panel(ledger: Ledger, results: Results, objective: Objective, baseline: Baseline) -> ProgressPanel:
    values, best = [], []
    leader: tuple[float, float, str] | None = None
    for row in results.tested:
        value = row.value(objective.property)
        values.append(None if value is None else _shown(objective, value))
        if value is not None and _counts(row, ledger) and (leader is None or objective.score(value) > leader[0]):
            leader = (objective.score(value), _shown(objective, value), row.trial.id)
        best.append(leader[1] if leader else None)
    name = objective.property
    if objective.direction == "target":
        name = f"{name}: distance from {objective.target:g}"
    note = f"{with_unit(number(leader[1]), objective.unit)}  {leader[2]}" if leader else ""
    return ProgressPanel(
        label=headed(name, objective.unit),
        trials=tuple(row.trial.id for row in results.tested),
        values=tuple(values),
        best=tuple(best),
        best_note=note,
        goals=_goals(objective),
        band=baseline.bands.get(objective.property),
        lower_is_better=objective.direction != "maximize",
    )


def _goals(objective: Objective) -> tuple[tuple[float, str], ...]:
    if objective.direction == "target" and objective.tolerance is not None:
        return ((objective.tolerance, "goal"),)
    return tuple((edge, "goal") for edge in bounds(objective) if edge is not None)


def _volume_panel(
    results: Results, ledger: Ledger, worst: Sequence[float], span: Sequence[float], baseline: Baseline
) -> ProgressPanel:
    import numpy as np

    objectives = ledger.spec.optimized
    seen: list[list[float]] = []
    volumes: list[float] = []
    for row in results.tested:
        found = row.values(objectives)
        if found is not None and _counts(row, ledger):
            scores = [o.score(value) for o, value in zip(objectives, found, strict=True)]
            seen = _front_with(seen, [(s - w) / p for s, w, p in zip(scores, worst, span, strict=True)])
            volumes.append(dominated_volume(np.array(seen)))
        else:
            volumes.append(volumes[-1] if volumes else 0.0)
    return ProgressPanel(
        label="dominated volume",
        trials=tuple(row.trial.id for row in results.tested),
        values=tuple(volumes),
        best=tuple(volumes),
        best_note=number(volumes[-1], 3),
        band=baseline.volume,
        is_derived=True,
    )


def _front_with(front: list[list[float]], new: list[float]) -> list[list[float]]:
    if any(all(a >= b for a, b in zip(old, new, strict=True)) for old in front):
        return front
    return [old for old in front if not all(b >= a for a, b in zip(old, new, strict=True))] + [new]


def _rounds(results: Results) -> list[RoundSpan]:
    spans: dict[int, list[int]] = {}
    for place, row in enumerate(results.tested, start=1):
        spans.setdefault(row.round, []).append(place)
    return [RoundSpan(key, min(numbers), max(numbers)) for key, numbers in sorted(spans.items())]


def _thin(panels: Sequence[ProgressPanel]) -> list[ProgressPanel]:
    """Panels with at most about `MOST_POINTS` points; the best-so-far curve stays whole."""
    from dataclasses import replace

    step = -(-len(panels[0].values) // MOST_POINTS)
    return [replace(panel, every=step) for panel in panels]


def _caption(ledger: Ledger, results: Results, baseline: Baseline, panels: Sequence[ProgressPanel]) -> str:
    objective, panel = ledger.spec.optimized[0], panels[0]
    last = panel.best[-1]
    what = "came within" if objective.direction == "target" else "reached"
    lead = (
        f"No experiment kept every limit, so there is no best {objective.property} yet."
        if last is None
        else f"After {plural(len(results.tested), 'experiment')} the best single measurement of {objective.property} "
        f"{what} {panel.best_note.split('  ')[0]} ({panel.best_note.split('  ')[-1]})"
        f"{_against(panel, objective.unit)}."
    )
    is_single = len(ledger.spec.optimized) == 1
    if last is not None and is_single and results.best is not None and results.best.trial not in panel.best_note:
        lead += f" The answer above goes by the mean of a recipe's replicates, which favours {results.best.trial}."
    lost = sum(value is None for value in panel.values)
    screens = len(results.measured) - len(results.tested)
    beside = f" {plural(screens, 'trial')} that only had the screen do not stand here." if screens else ""
    marks = f" Crosses mark {plural(lost, 'experiment')} without a value." if lost else ""
    volume = (
        " The dominated volume is the share of the box between the worst and the best measured values that the Pareto "
        "set beats."
        if len(ledger.spec.optimized) in (2, 3)
        else ""
    )
    return f"{lead}{marks}{beside}{volume} {_baseline_words(baseline)}"


def _against(panel: ProgressPanel, unit: str) -> str:
    if panel.band is None or not panel.band.median or panel.band.x[-1] != len(panel.values):
        return ""
    median = with_unit(number(panel.band.median[-1], 3), unit)
    return f"; random campaigns of the same length would stand at {median} in the median"


def _baseline_words(baseline: Baseline) -> str:
    if baseline.why_not:
        return f"There is no random baseline: {baseline.why_not}."
    return (
        f"Random baseline: median and 90 % band of {baseline.n_campaigns} campaigns drawn uniformly from the search "
        "space and valued at the mean of the surrogate fitted to this campaign's data, with its noise and the same "
        "share of failures. It is a model-based estimate, not a measurement: where data are few the surrogate leans to "
        "what was measured elsewhere, which often flatters random search."
    )
