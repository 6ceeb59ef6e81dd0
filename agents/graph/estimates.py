"""Estimates of a campaign: values that a language model expects of single recipes, asked once before any experiment."""

from __future__ import annotations

import math

import numpy as np

from eutectic.agents.decisions.common import NamedValue
from eutectic.agents.decisions.estimates import MOST_RECIPES, EstimatePick, EstimatesContext, RecipeLine
from eutectic.agents.graph.context import CampaignContext
from eutectic.agents.graph.lines import objective_lines
from eutectic.core.claim import LEAST_ESTIMATES, Claim, Estimated, Estimates
from eutectic.core.composition import Composition
from eutectic.core.decision import Decision
from eutectic.core.record import Record
from eutectic.core.space import Categorical
from eutectic.core.spec import CampaignSpec

SHOWN, ASKED = "r00/designer/estimate-recipes", "r00/designer/estimates"
AUTHOR = "language model"
_TRUST = 0.5
_POOL = 2_000


class ShownRecipe(Record):
    """A recipe that is shown."""

    composition: Composition
    process: tuple[NamedValue, ...]


class ShownRecipes(Record):
    """The recipes that are shown, spread over the search space."""

    recipes: tuple[ShownRecipe, ...]


def is_asked(ctx: CampaignContext) -> bool:
    """Whether a campaign asks for estimates: where advice counts, a surrogate can use it and no rules are asked.

    A recording of a campaign from before there were estimates replays without them.
    """
    if not ctx.spec.knowledge.sources.advice or ctx.spec.optimizer.kind != "botorch":
        return False
    return ctx.journal.is_recorded("tool", SHOWN) if ctx.is_replay else ctx.mind.name != "rules"


def asked_estimates(ctx: CampaignContext, dated: str) -> list[Claim]:
    """The estimates as claims, one for each objective that enough recipes were estimated for."""
    shown = ctx.journal.tool(SHOWN, ShownRecipes, lambda: _spread(ctx.spec))
    context = EstimatesContext(
        goal=ctx.spec.goal, objectives=objective_lines(ctx.spec), recipes=_lines(ctx.spec, shown)
    )
    pick = ctx.journal.decide(ctx.mind, Decision("designer", "estimates", ASKED, context, EstimatePick))
    return estimate_claims(ctx.spec, shown, pick, dated)


def estimate_claims(spec: CampaignSpec, shown: ShownRecipes, pick: EstimatePick, dated: str) -> list[Claim]:
    """Claims of the estimates that name a shown recipe and an objective, the first for each; others say nothing."""
    recipes = {line.id: item for line, item in zip(_lines(spec, shown), shown.recipes, strict=True)}
    claims = []
    for objective in spec.objectives:
        said: dict[str, Estimated] = {}
        for item in pick.estimates:
            if item.property != objective.property or item.recipe not in recipes or not math.isfinite(item.value):
                continue
            recipe = recipes[item.recipe]
            process = {each.name: each.value for each in recipe.process}
            said.setdefault(item.recipe, Estimated(composition=recipe.composition, process=process, value=item.value))
        if len(said) >= LEAST_ESTIMATES:
            claims.append(
                Claim(
                    property=objective.property,
                    statement=Estimates(recipes=tuple(said.values())),
                    basis=spec.space.basis,
                    origin="model",
                    author=AUTHOR,
                    dated=dated,
                    trust=_TRUST,
                )
            )
    return claims


def _spread(spec: CampaignSpec) -> ShownRecipes:
    """Half of the recipes each as far as can be from the others, half drawn at random."""
    from eutectic.tools.sampling import domain_of, farthest, unique_rows

    domain = domain_of(spec.space)
    rng = np.random.default_rng(0)
    pool = domain.random(_POOL, rng)
    features = domain.encoder.spaced(domain.lattice, pool)
    far = farthest(features, features[:0], MOST_RECIPES // 2)
    rows = unique_rows(np.vstack([pool[far], pool[:MOST_RECIPES]]))[:MOST_RECIPES]
    recipes = [domain.lattice.recipe(row) for row in rows[rng.permutation(len(rows))]]
    return ShownRecipes(
        recipes=tuple(
            ShownRecipe(
                composition=composition,
                process=tuple(NamedValue(name=name, value=value) for name, value in process.items()),
            )
            for composition, process in recipes
        )
    )


def _lines(spec: CampaignSpec, shown: ShownRecipes) -> tuple[RecipeLine, ...]:
    units = {item.name: "" if isinstance(item, Categorical) else item.unit for item in spec.space.process}
    return tuple(
        RecipeLine(id=f"e{number:02d}", recipe=_words(item, spec, units)) for number, item in enumerate(shown.recipes)
    )


def _words(item: ShownRecipe, spec: CampaignSpec, units: dict[str, str]) -> str:
    parts = sorted(item.composition.to(spec.space.basis).fractions.items(), key=lambda part: (-part[1], part[0]))
    words = " ".join(f"{name} {share * 100:.4g}" for name, share in parts) + f" {spec.space.basis}"
    settings = [
        f"{each.name} {each.value if isinstance(each.value, str) else f'{each.value:g}'} {units.get(each.name, '')}"
        for each in item.process
    ]
    return "; ".join([words, *(setting.strip() for setting in settings)])
