"""The picture sections after the progress curve: Pareto front, predicted against measured, and what mattered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from eutectic.agents.report.blocks import Block, Picture, Section, Table, Text
from eutectic.agents.report.intervals import Z_90, bounds
from eutectic.agents.report.ledger import Ledger
from eutectic.agents.report.models import Models
from eutectic.agents.report.results import RecipeResult, Results, keeps_limits
from eutectic.agents.report.wording import number, percent, plural, with_unit
from eutectic.core.objective import Objective
from eutectic.core.quantity import headed
from eutectic.tools.plots import Effect, Pair, ParetoPoint, ParityPanel, effects_svg, pareto_svg, parity_svg

if TYPE_CHECKING:
    from eutectic.tools.credibility import PropertyCredibility

_MOST_POINTS = 2000


def pareto_section(ledger: Ledger, results: Results) -> Section | None:
    """The front of two or more objectives; None where there is one."""
    objectives = ledger.spec.optimized
    if len(objectives) < 2:
        return None
    if not results.recipes:
        return Section(
            "pareto", "Pareto front", (Picture("pareto", "", "", "no recipe has a value of every objective"),)
        )
    front = {recipe.key for recipe in results.front}
    recipes = _thinned(results.recipes, front)
    points = [
        ParetoPoint(
            r.trial,
            tuple(r.means[o.property] for o in objectives),
            r.key in front,
            results.best is not None and r.key == results.best.key,
            keeps_limits(r.means, ledger.spec),
        )
        for r in recipes
    ]
    caption = _pareto_caption(results, objectives, len(results.recipes) - len(recipes))
    upward = [None if o.direction == "target" else o.direction == "maximize" for o in objectives]
    goals = [[edge for edge in bounds(o) if edge is not None] for o in objectives]
    labels = [headed(o.property, o.unit) for o in objectives]
    svg = pareto_svg(points, labels, upward=upward, goals=goals, alt=caption)
    return Section("pareto", "Pareto front", (Picture("pareto", svg, caption),))


def _thinned(recipes: Sequence[RecipeResult], front: set[str]) -> list[RecipeResult]:
    step = -(-len(recipes) // _MOST_POINTS)
    return [recipe for place, recipe in enumerate(recipes) if place % step == 0 or recipe.key in front]


def _pareto_caption(results: Results, objectives: Sequence[Objective], dropped: int) -> str:
    names = " and ".join(o.property for o in objectives) if len(objectives) == 2 else f"{len(objectives)} objectives"
    best = results.best.trial if results.best else "-"
    one = len(results.front) == 1
    lead = (
        f"{results.front[0].trial} beats every other measured recipe in {names} at once, so nothing had to be traded."
        if one
        else f"{plural(len(results.front), 'recipe')} of {len(results.recipes)} stand on the front of {names}: "
        f"none can be improved in one without loss in another. The ring marks the suggested compromise, {best}."
    )
    thin = f" {plural(dropped, 'point')} off the front left out to keep the picture light." if dropped else ""
    return f"{lead} Each point is the mean of a recipe's replicates; dotted lines are goals.{thin}"


def parity_section(ledger: Ledger, models: Models) -> Section:
    """Out-of-fold predictions against measurements."""
    found = models.credibility
    lines = [line for line in found.properties if len(line.pairs) > 2] if found else []
    if not lines:
        why = models.no_credibility or "too few left-out predictions"
        return Section("parity", "Predicted against measured", (Picture("parity", "", "", why),))
    units = {o.property: o.unit for o in ledger.spec.objectives}
    panels = []
    for line in lines:
        step = -(-len(line.pairs) // _MOST_POINTS)
        pairs = tuple(Pair(p.trial, p.measured, p.predicted, Z_90 * p.sd) for p in line.pairs[::step])
        held = "" if line.coverage_90 is None else f"90 % intervals hold {percent(line.coverage_90)}"
        error = "" if line.rmse is None else f"RMSE {with_unit(number(line.rmse, 2), units[line.property])}"
        panels.append(ParityPanel(headed(line.property, units[line.property]), pairs, f"{held}\n{error}".strip()))
    caption = _parity_caption(lines)
    table = Table(
        ("property", "values", "RMSE", "mean error", "R²", "in 90 % interval", "noise of one value"),
        tuple(
            (
                headed(line.property, units[line.property]),
                str(line.n),
                number(line.rmse, 3),
                number(line.mae, 3),
                number(line.r2, 2),
                "-" if line.coverage_90 is None else percent(line.coverage_90),
                number(line.noise_sd, 2),
            )
            for line in lines
        ),
        "How well the surrogate predicts recipes it has not seen.",
        frozenset(range(1, 7)),
    )
    return Section(
        "parity",
        "Predicted against measured",
        (Picture("parity", parity_svg(panels, alt=caption), caption), table),
    )


def _parity_caption(lines: Sequence[PropertyCredibility]) -> str:
    held = [(line.property, line.coverage_90) for line in lines if line.coverage_90 is not None]
    lead = "Each value was predicted by a surrogate that had not seen it."
    if held:
        worst = min(share for _, share in held)
        verdict = "too narrow to trust" if worst < 0.8 else "about right" if worst <= 0.97 else "wider than needed"
        words = ", ".join(f"{percent(share)} of the {name} values" for name, share in held)
        lead = f"The surrogate's 90 % intervals held {words} it had not seen: {verdict}."
    splits = [line.split for line in lines]
    return (
        f"{lead} Split: {'; '.join(dict.fromkeys(splits))}. Replicates of a recipe never stand on both "
        "sides of a split; splitting row by row would flatter, because a twin of the left-out row stays in. "
        "Bars are 90 % intervals, the line is perfect agreement."
    )


def effects_section(ledger: Ledger, models: Models) -> Section:
    """Which components and process variables moved which property."""
    found = models.credibility
    effects = [Effect(e.property, e.factor, e.share, e.direction) for e in found.effects] if found else []
    if not any(effect.share > 0 for effect in effects):
        why = models.no_credibility or "the surrogate finds no factor that moves a property"
        return Section("effects", "What mattered", (Picture("effects", "", "", why),))
    words = []
    for name in dict.fromkeys(effect.property for effect in effects):
        first = max((e for e in effects if e.property == name), key=lambda e: e.share)
        verb = {"raises": "raises it", "lowers": "lowers it", "mixed": "in both directions"}[first.direction]
        words.append(
            f"{name} hangs most on {first.factor} ({100 * first.share:.0f} % of the explained variation; "
            f"more of it {verb})"
        )
    caption = "; ".join(words)
    caption = (
        f"{caption[0].upper()}{caption[1:]}. Shares are the surrogate's, over the recipes measured here; they tell "
        "association in this data and are not proof of cause, and in a mixture more of one component is less "
        "of the others."
    )
    blocks: list[Block] = [Picture("effects", effects_svg(effects, alt=caption), caption)]
    weak = [line for line in (found.properties if found else ()) if line.r2 is not None and line.r2 < 0.3]
    for line in weak:
        blocks.append(
            Text(
                f"The surrogate predicts {line.property} poorly (R² {number(line.r2, 2)}): read its bars with doubt.",
                "warn",
            )
        )
    return Section("effects", "What mattered", tuple(blocks))
