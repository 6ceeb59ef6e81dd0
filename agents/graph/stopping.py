"""When a campaign must or should stop: caps of the budget, and the spec's stop rules."""

from __future__ import annotations

from eutectic.agents.graph.context import CampaignContext
from eutectic.agents.graph.knowing import round_outlook
from eutectic.core.optimizer import Advice


def next_batch_cost(ctx: CampaignContext) -> float:
    """Money the next batch is expected to cost, at the price of the dearest trial so far or the lab's list price."""
    return max(ctx.highest_cost, ctx.lab.capabilities().cost_per_trial) * affordable(ctx, ctx.spec.batch)


def _left(ctx: CampaignContext) -> int:
    return max(0, ctx.spec.budget.experiments - ctx.view.spent.experiments - len(ctx.view.pending))


def affordable(ctx: CampaignContext, wanted: int) -> int:
    """How many of `wanted` trials the budget of experiments, money and hours still pays for."""
    budget, spent, abilities = ctx.spec.budget, ctx.view.spent, ctx.lab.capabilities()
    n = min(wanted, _left(ctx), abilities.max_batch)
    price = max(ctx.highest_cost, abilities.cost_per_trial)
    if budget.money is not None and price > 0:
        n = min(n, int((budget.money - spent.money) / price + 1e-9) - len(ctx.view.pending))
    if budget.hours is not None:
        left = budget.hours - spent.hours - abilities.hours_per_batch
        if abilities.hours_per_trial > 0:
            n = min(n, int(left / abilities.hours_per_trial + 1e-9) * abilities.instruments)
        n = 0 if left < 0 else n
    return max(0, n)


def stop_reasons(ctx: CampaignContext) -> tuple[list[str], list[str]]:
    """Reasons that end the campaign whatever a mind says, and stop rules of the spec that hold now."""
    hard, soft = [], []
    rules, spent = ctx.spec.stop, ctx.view.spent
    if affordable(ctx, 1) == 0:
        hard.append(
            f"the budget is spent: {spent.experiments} experiments, {spent.money:.2f} {ctx.spec.budget.currency}, "
            f"{spent.hours:.1f} h"
        )
    if rules.when_met and ctx.goal_met is not None:
        soft.append(f"trial {ctx.goal_met} meets every goal")
    if rules.patience is not None and ctx.rounds_without_gain >= rules.patience:
        soft.append(f"no improvement in {ctx.rounds_without_gain} rounds")
    if rules.max_failures is not None and ctx.failed_in_a_row() >= rules.max_failures:
        soft.append(f"{ctx.failed_in_a_row()} trials failed in a row")
    return hard, soft


def worth_reasons(ctx: CampaignContext, number: int, advice: Advice | None) -> list[str]:
    """Stop rules on what the next batch is worth: its expected gain against its price, and whether a goal is there."""
    if advice is None or advice.expected_gain is None:
        return []
    rules, reasons = ctx.spec.stop, []
    cost, gain = next_batch_cost(ctx), advice.expected_gain
    if rules.worth is not None and gain * rules.worth < cost:
        reasons.append(
            f"the next batch costs {cost:.2f} {ctx.spec.budget.currency} and is expected to gain {gain:.3g} of the "
            f"range, worth {gain * rules.worth:.2f}"
        )
    found = round_outlook(ctx, number, advice)
    if found is not None and found.chance is not None and found.chance < (rules.least_chance or 0.0):
        reasons.append(
            f"the surrogate gives a probability of {found.chance:.2g} that any recipe of the space reaches the goals, "
            f"less than {rules.least_chance:g}"
        )
    return reasons
