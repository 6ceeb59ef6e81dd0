"""The composition map: a ternary diagram where three components vary, parallel coordinates where more do."""

from __future__ import annotations

from collections.abc import Sequence

from eutectic.agents.report.blocks import Picture, Section
from eutectic.agents.report.ledger import Ledger
from eutectic.agents.report.models import Models, Recipe
from eutectic.agents.report.results import Results, Row
from eutectic.agents.report.wording import number, plural
from eutectic.core.composition import Composition
from eutectic.core.objective import Objective
from eutectic.core.quantity import headed
from eutectic.core.space import Categorical, ProcessVariable
from eutectic.tools.plots import Axis, MapPoint, parallel_svg, ternary_svg

_MOST_AXES = 12
_MOST_LINES = 400
_MOST_POINTS = 600
_LEAST_RANGE = 0.002


def map_section(ledger: Ledger, results: Results, models: Models) -> Section:
    """Where in the search space the campaign looked, and what it found there."""
    objective = ledger.spec.optimized[0]
    rows = [row for row in results.measured if not row.excluded]
    if not any(row.value(objective.property) is not None for row in rows):
        return Section("map", "Where it looked", (Picture("map", "", "", f"no value of {objective.property} yet"),))
    varying = _varying(ledger, rows)
    if not varying and not ledger.spec.space.process:
        return Section("map", "Where it looked", (Picture("map", "", "", "one composition so far: nothing to map"),))
    if len(varying) == 3 and not ledger.spec.space.process:
        return Section("map", "Where it looked", (_ternary(ledger, results, rows, models, varying),))
    return Section("map", "Where it looked", (_parallel(ledger, results, rows, models, varying),))


def _varying(ledger: Ledger, rows: Sequence[Row]) -> list[str]:
    names = []
    for name in ledger.spec.space.component_names:
        shares = [row.composition.fractions.get(name, 0.0) for row in rows]
        if max(shares) - min(shares) > _LEAST_RANGE:
            names.append(name)
    return names


def _is_best(row: Row, results: Results) -> bool:
    return results.best is not None and row.trial.id == results.best.trial


def _thinned(rows: Sequence[Row], results: Results, most: int) -> list[Row]:
    step = -(-len(rows) // most)
    return [row for place, row in enumerate(rows) if place % step == 0 or _is_best(row, results)]


def _shade(row: Row, objective: Objective) -> float | None:
    """What the colour shows: the value, or the distance from a target."""
    value = row.value(objective.property)
    return value if value is None or objective.direction != "target" else -objective.score(value)


def _ordered(points: Sequence[MapPoint], objective: Objective) -> list[MapPoint]:
    """Worst first, so that the best lie on top."""
    sign = 1 if objective.direction == "maximize" else -1
    return sorted(points, key=lambda p: (p.is_best, sign * p.value if p.value is not None else 0.0))


def _colour_label(objective: Objective) -> str:
    name = objective.property
    return headed(
        f"{name}: distance from {objective.target:g}" if objective.direction == "target" else name, objective.unit
    )


def _finding(results: Results, objective: Objective) -> str:
    if results.best is None:
        return "Bright colours are good ones."
    best = results.best
    return f"The best recipe is {best.trial}, marked; bright colours are good ones."


def _ternary(ledger: Ledger, results: Results, rows: Sequence[Row], models: Models, corners: Sequence[str]) -> Picture:
    objective = ledger.spec.optimized[0]
    a, b, c = corners
    basis = ledger.spec.space.basis
    constant = {
        name: rows[0].composition.fractions.get(name, 0.0)
        for name in ledger.spec.space.component_names
        if name not in corners and rows[0].composition.fractions.get(name, 0.0) > 0
    }
    rest = 1 - sum(constant.values())

    def share(row: Row) -> tuple[float, ...]:
        values = [row.composition.fractions.get(name, 0.0) for name in corners]
        return tuple(value / sum(values) for value in values)

    def predicted(shares: Sequence[tuple[float, float, float]]) -> list[float] | None:
        mixtures = [constant | {n: rest * s for n, s in zip(corners, at, strict=True)} for at in shares]
        recipes: list[Recipe] = [(Composition.of(mixture, basis, normalise=True), {}) for mixture in mixtures]
        found = models.predict(recipes).get(objective.property)
        if found is None:
            return None
        is_target = objective.direction == "target"
        return [-objective.score(float(value)) if is_target else float(value) for value in found[0]]

    shown = _thinned(rows, results, _MOST_POINTS)
    points = [MapPoint(row.trial.id, share(row), _shade(row, objective), _is_best(row, results)) for row in shown]
    fixed = ", ".join(f"{name} {100 * value:.3g} %" for name, value in constant.items())
    note = f" {fixed} held constant; the corners share the rest." if fixed else ""
    field = " The shading is the surrogate's estimate." if models.posterior is not None else ""
    thin = f" {len(shown)} of {len(rows)} trials shown." if len(shown) < len(rows) else ""
    caption = (
        f"{_finding(results, objective)} {plural(len(rows), 'trial')} in {a}-{b}-{c} ({ledger.spec.space.basis}), "
        f"zoomed to the part that was searched; crosses gave no value.{field}{note}{thin}"
    )
    return Picture(
        "map",
        ternary_svg(
            _ordered(points, objective),
            (a, b, c),
            _colour_label(objective),
            background=predicted,
            low_is_good=objective.direction != "maximize",
            alt=caption,
        ),
        caption,
    )


def _parallel(ledger: Ledger, results: Results, rows: Sequence[Row], models: Models, varying: Sequence[str]) -> Picture:
    objective, process = ledger.spec.optimized[0], ledger.spec.space.process
    room = max(2, _MOST_AXES - len(process))
    shown_names = _most_telling(varying, rows, models, objective.property, room)
    axes, ranges = [], []
    for name in shown_names:
        shares = [row.composition.fractions.get(name, 0.0) for row in rows]
        low, high = min(shares), max(shares)
        ranges.append((low, high))
        axes.append(
            Axis(f"{name}", tuple((t, f"{round(100 * (low + t * (high - low)), 1):g}") for t in (0.0, 0.5, 1.0)))
        )
    axes += [_process_axis(variable) for variable in process]
    with_value = [row for row in rows if row.value(objective.property) is not None]
    shown = _thinned(with_value, results, _MOST_LINES)
    points = []
    for row in shown:
        at = [
            (row.composition.fractions.get(name, 0.0) - low) / (high - low)
            for name, (low, high) in zip(shown_names, ranges, strict=True)
        ]
        at += [_process_place(variable, row) for variable in process]
        points.append(MapPoint(row.trial.id, tuple(at), _shade(row, objective), _is_best(row, results)))
    left_out = len(varying) - len(shown_names)
    more = f" The {left_out} components that matter least are left out." if left_out else ""
    thin = f" {len(shown)} of {len(with_value)} trials shown." if len(shown) < len(with_value) else ""
    caption = (
        f"{_finding(results, objective)} Each line is one of {plural(len(with_value), 'measured trial')}; component "
        f"axes are in {ledger.spec.space.basis} and span what was tried.{more}{thin}"
    )
    return Picture(
        "map",
        parallel_svg(
            _ordered(points, objective),
            axes,
            _colour_label(objective),
            low_is_good=objective.direction != "maximize",
            alt=caption,
        ),
        caption,
    )


def _most_telling(varying: Sequence[str], rows: Sequence[Row], models: Models, name: str, room: int) -> list[str]:
    if len(varying) <= room:
        return list(varying)
    shares = {
        e.factor: e.share for e in (models.credibility.effects if models.credibility else ()) if e.property == name
    }

    def weight(component: str) -> tuple[float, float]:
        values = [row.composition.fractions.get(component, 0.0) for row in rows]
        return shares.get(component, 0.0), max(values) - min(values)

    kept = set(sorted(varying, key=weight, reverse=True)[:room])
    return [component for component in varying if component in kept]


def _process_axis(variable: ProcessVariable) -> Axis:
    name = headed(variable.name, variable.unit).replace(" ", "\n", 1)
    if isinstance(variable, Categorical):
        last = len(variable.choices) - 1
        return Axis(name, tuple((i / last, choice[:14]) for i, choice in enumerate(variable.choices)))
    ends = ((0.0, float(variable.low)), (1.0, float(variable.high)))
    return Axis(name, tuple((place, number(value)) for place, value in ends))


def _process_place(variable: ProcessVariable, row: Row) -> float:
    done = row.observation.process if row.observation else {}
    value = done.get(variable.name, row.trial.process.get(variable.name))
    if isinstance(variable, Categorical):
        last = len(variable.choices) - 1
        return variable.choices.index(str(value)) / last if value in variable.choices else 0.0
    if value is None or isinstance(value, str):
        return 0.0
    return (float(value) - variable.low) / (variable.high - variable.low)
