"""The next-steps section: what the roles advise, what the next batch may gain, and untested recipes worth a look."""

from __future__ import annotations

from eutectic.agents.report.blocks import Block, Bullets, Section, Table, Text
from eutectic.agents.report.intervals import Z_90
from eutectic.agents.report.ledger import Ledger
from eutectic.agents.report.models import Models
from eutectic.agents.report.results import Results
from eutectic.agents.report.wording import number, percent, plus_minus, recipe_text, with_unit
from eutectic.core.errors import EutecticError
from eutectic.core.trial import recipe_key

_POOL = 3000
_SHOWN = 5


def next_section(ledger: Ledger, results: Results, models: Models) -> Section:
    """What to do next."""
    blocks: list[Block] = [*_advice(ledger, results), *_gain(ledger), *_outlook(ledger, models)]
    table = _untested(ledger, results, models)
    if table is not None:
        blocks.append(table)
    return Section("next", "What to do next", tuple(blocks))


def _advice(ledger: Ledger, results: Results) -> list[Block]:
    view = ledger.view
    items: list[str] = []
    if view.waiting is not None:
        items.append(f"Approve or reject plan {view.waiting}: eutectic approve {ledger.id}.")
    elif view.in_flight is not None:
        items.append(f"Wait for plan {view.in_flight}; then eutectic resume {ledger.id}.")
    elif view.closed is None:
        items.append(f"Go on with eutectic resume {ledger.id}.")
    best = results.best
    if best is not None and min(best.counts.values()) < 2:
        items.append(f"Measure {best.trial} again: it was measured once.")
    if view.repeat:
        items.append(f"The experimenter asked to repeat {', '.join(view.repeat)}.")
    closing = ledger.answers("pi", "close")
    items += [str(item) for item in closing[-1].answer.get("next_steps") or ()] if closing else []
    return [Bullets(tuple(items))] if items else []


def _gain(ledger: Ledger) -> list[Block]:
    known = [entry for entry in ledger.answers("pi", "review") if entry.context.get("expected_gain") is not None]
    if not known:
        return [
            Text(
                "The expected gain of the next batch is not known: no review has seen a fitted surrogate yet.", "muted"
            )
        ]
    context = known[-1].context
    cost = context.get("next_batch_cost")
    price = f" for about {with_unit(number(float(cost)), ledger.spec.budget.currency)}" if cost is not None else ""
    share = float(context["expected_gain"])
    text = (
        f"Expected gain of the next batch, as of round {known[-1].round}: {percent(share)} of the range of scores "
        f"seen so far{price}."
    )
    return [Text(text)]


def _outlook(ledger: Ledger, models: Models) -> list[Block]:
    """Whether the goal can be reached, and whether to repeat or to try something new."""
    if models.posterior is None:
        return []
    from eutectic.tools.outlook import outlook

    last = ledger.advice[max(ledger.advice)].batch if ledger.advice else ()
    batch = [(item.composition, item.process) for item in last]
    try:
        found = outlook(ledger.spec, list(ledger.view.training()), batch)
    except (EutecticError, ValueError, ArithmeticError, RuntimeError) as error:
        return [Text(f"The outlook could not be computed: {str(error)[:200]}", "muted")]
    return [] if found is None else [Text(found.words(ledger.spec))]


def _untested(ledger: Ledger, results: Results, models: Models) -> Table | None:
    spec = ledger.spec
    if models.posterior is None or len(spec.optimized) != 1 or any(o.role == "constrain" for o in spec.objectives):
        return None
    objective = spec.optimized[0]
    try:
        from eutectic.tools.sampling import random_feasible

        seen = {row.trial.recipe_key for row in results.rows}
        pool = [r for r in random_feasible(spec.space, _POOL, spec.seed) if recipe_key(*r) not in seen]
        mean, sd = models.predict(pool)[objective.property]
    except (EutecticError, ValueError, RuntimeError):
        return None
    order = sorted(range(len(pool)), key=lambda i: -objective.score(float(mean[i])))[:_SHOWN]
    rows = tuple(
        (recipe_text(*pool[i], spec), with_unit(plus_minus(float(mean[i]), Z_90 * float(sd[i])), objective.unit))
        for i in order
    )
    caption = (
        f"Untested recipes that the surrogate rates highest among {len(pool)} drawn at random (± is its 90 % interval, "
        "without noise): estimates, not measurements."
    )
    return Table(("recipe", f"predicted {objective.property}"), rows, caption, frozenset({1}))
