"""The answer, first: the best recipe, its values with intervals, whether the goals are met, how sure, what it cost."""

from __future__ import annotations

from eutectic.agents.report.blocks import Block, Bullets, Card, Cards, Section, Table, Text, Tone
from eutectic.agents.report.certainty import certainty
from eutectic.agents.report.intervals import Interval, Noise, interval
from eutectic.agents.report.ledger import Ledger
from eutectic.agents.report.models import Models
from eutectic.agents.report.results import RecipeResult, Results
from eutectic.agents.report.wording import (
    interval_text,
    number,
    plural,
    process_text,
    recipe_text,
    short_formula,
    wish,
    with_unit,
)
from eutectic.core.elements import is_element
from eutectic.core.errors import BadInput
from eutectic.core.objective import Objective

_MOST_PARTS = 14
"""A longer table of parts is folded away."""


def answer_section(ledger: Ledger, results: Results, noises: dict[str, Noise | None], models: Models) -> Section:
    """The first section, at whatever stage the campaign stands."""
    blocks: list[Block] = [Text(_state(ledger, results), "lead")]
    best = results.best
    if best is None:
        blocks += [*_nothing_yet(ledger, results), Cards(_cost_cards(ledger, results))]
        return Section("answer", "The answer", (*blocks, *_closing(ledger)))
    spec = ledger.spec
    found = {o.property: interval(best, o, noises[o.property]) for o in spec.objectives}
    blocks.append(Cards(tuple(_value_card(o, found[o.property], best) for o in spec.objectives)))
    blocks.append(_parts_table(best, ledger))
    blocks += certainty(ledger, results, found, models)
    blocks.append(Cards(_cost_cards(ledger, results)))
    if len(spec.optimized) > 1:
        blocks += _front(ledger, results, noises)
    return Section("answer", "The answer", (*blocks, *_closing(ledger)))


def headline(ledger: Ledger, results: Results, noises: dict[str, Noise | None]) -> str:
    """One line for the top of the page, made from the measurements."""
    best = results.best
    if best is None:
        return f"{ledger.spec.name}: no measured result yet"
    first = ledger.spec.optimized[0]
    value = interval_text(interval(best, first, noises[first.property]), first.unit)
    more = " (suggested compromise)" if len(ledger.spec.optimized) > 1 else ""
    return f"{short_formula(best.composition)}: {first.property} {value}{more}"


def _state(ledger: Ledger, results: Results) -> str:
    view = ledger.view
    state = view.state
    ran = f"{plural(view.rounds_closed, 'round')} closed, {plural(len(results.measured), 'experiment')} done"
    screens = len(results.measured) - len(results.tested)
    ran += f", {screens} of them screens" if screens else ""
    if view.closed is not None:
        reason = str(view.closed.get("reason", ""))
        return f"Closed ({state}): {reason}. {ran}." if reason else f"Closed ({state}). {ran}."
    if view.waiting is not None:
        return f"Waiting for a person to approve plan {view.waiting}. {ran}. What follows is the state so far."
    if view.in_flight is not None:
        return f"Measuring plan {view.in_flight}. {ran}. What follows is the state so far."
    if state == "new":
        return "Not begun: no round has been opened."
    return f"Running, in round {view.round}. {ran}. What follows is the state so far."


def _nothing_yet(ledger: Ledger, results: Results) -> list[Block]:
    goals = tuple(f"{o.property}: {wish(o)}" for o in ledger.spec.objectives)
    if not results.measured:
        text = "Nothing has been measured yet, so there is no best composition."
    elif all(row.observation is not None and row.observation.status != "ok" for row in results.measured):
        text = f"All {plural(len(results.measured), 'experiment')} so far failed: there is no best composition."
    else:
        text = "No recipe has a usable value of every objective yet, so there is no best composition."
    return [Text(text, "warn"), Bullets(goals, "Wanted")]


def _value_card(objective: Objective, found: Interval, best: RecipeResult) -> Card:
    detail = f"{wish(objective)}; "
    tone: Tone = ""
    if objective.has_goal:
        is_met = objective.is_met(found.mean)
        word = "limit kept" if objective.role == "constrain" else "goal met"
        missed = "limit broken" if objective.role == "constrain" else "goal not met"
        detail += word if is_met else missed
        tone = "good" if is_met else "bad"
    else:
        detail += "no goal value set"
    times = f"Mean of {found.n}" if found.n > 1 else "Measured once"
    interval_words = f"90 % interval from {found.source}" if found.half is not None else found.source
    ids = ", ".join(row.trial.id for row in best.rows[:6]) + (" …" if len(best.rows) > 6 else "")
    return Card(
        objective.property, interval_text(found, objective.unit), f"{detail}. {times} ({ids}); {interval_words}.", tone
    )


def _parts_table(best: RecipeResult, ledger: Ledger) -> Table:
    composition, basis = best.composition, ledger.spec.space.basis
    first = best.rows[0].observation
    origin = f"achieved, {first.achieved_from}" if first else "asked for"
    other = None
    if all(is_element(part.component) for part in composition.parts):
        try:
            other = composition.to("at%" if basis == "wt%" else "wt%")
        except BadInput:
            other = None
    head = ("component", basis) + ((other.basis,) if other else ())
    rows = []
    for part in sorted(composition.parts, key=lambda p: -p.fraction):
        cells = (part.component, f"{100 * part.fraction:.2f}")
        rows.append(cells + ((f"{100 * other.fractions[part.component]:.2f}",) if other else ()))
    for name, value in best.process.items():
        text = process_text({name: value}, ledger.spec).removeprefix(f"{name} ")
        rows.append((name, text) + (("",) if other else ()))
    caption = f"The recipe of {best.trial} ({origin}): {recipe_text(composition, best.process, ledger.spec)}"
    fold = f"The parts of {best.trial}, {len(rows)} lines" if len(rows) > _MOST_PARTS else ""
    return Table(head, tuple(rows), caption, frozenset({1, 2}), fold)


def _cost_cards(ledger: Ledger, results: Results) -> tuple[Card, ...]:
    spent, budget = ledger.view.spent, ledger.spec.budget
    failed = sum(row.observation is not None and row.observation.status != "ok" for row in results.measured)
    money = (
        f"of {number(budget.money)} {budget.currency}; lab and model calls" if budget.money else "lab and model calls"
    )
    simulated = ", simulated" if ledger.is_simulated else ""
    hours = f"of {number(budget.hours)} h lab time{simulated}" if budget.hours else f"lab time{simulated}"
    usage = [entry.usage for entry in ledger.decisions]
    tokens = sum(u.tokens_in + u.tokens_out for u in usage)
    model_money = sum(u.money for u in usage)
    calls = (
        f"{number(float(tokens), 3)} tokens, {with_unit(number(model_money), budget.currency)}"
        if tokens
        else "no language model used"
    )
    return (
        Card("Experiments", f"{spent.experiments}", f"of {budget.experiments}; {failed} failed"),
        Card("Money", with_unit(number(spent.money), budget.currency), money),
        Card("Hours", number(spent.hours), hours),
        Card("Model calls", f"{spent.model_calls}", calls),
    )


def _front(ledger: Ledger, results: Results, noises: dict[str, Noise | None]) -> list[Block]:
    objectives = ledger.spec.objectives
    head = ("trial", "recipe", *(with_unit(o.property, f"({o.unit})" if o.unit != "1" else "") for o in objectives))
    rows = []
    for recipe in results.front[:40]:
        cells = []
        for o in objectives:
            found = interval(recipe, o, noises[o.property])
            cells.append(plus_minus_cell(found) + (" ✓" if o.is_met(found.mean) else ""))
        rows.append(
            (
                recipe.trial + (" ★" if recipe is results.best else ""),
                recipe_text(recipe.composition, recipe.process, ledger.spec),
                *cells,
            )
        )
    more = f" The first 40 of {len(results.front)} are shown." if len(results.front) > 40 else ""
    caption = (
        f"The Pareto set: {plural(len(results.front), 'recipe')} that nothing measured beats in every objective "
        f"(± is the 90 % interval, ✓ a goal met, ★ the suggested compromise).{more}"
    )
    note = (
        "The suggested compromise is a suggestion, not a measurement: of the recipes that meet most goals it lies "
        "closest to the best value of every objective at once, each scaled by the spread of the Pareto set. Another "
        "weighting gives another choice."
    )
    return [Table(head, tuple(rows), caption, frozenset(range(2, 2 + len(objectives)))), Text(note, "muted")]


def plus_minus_cell(found: Interval) -> str:
    """An interval without its unit."""
    return interval_text(found, "")


def _closing(ledger: Ledger) -> list[Block]:
    entries = ledger.answers("pi", "close")
    if not entries:
        return []
    last = entries[-1]
    mind = f"{last.mind} ({last.model})" if last.model else last.mind
    answer = last.answer
    first, second = (str(answer.get(key, "")).strip() for key in ("headline", "confidence"))
    blocks: list[Block] = [Text(f"The PI's closing word, by {mind}: “{first}” {second}".strip())]
    for key, title in (("caveats", "Caveats"), ("next_steps", "Next steps, says the PI")):
        items = tuple(str(item) for item in answer.get(key) or ())
        if items:
            blocks.append(Bullets(items, title))
    return blocks
