"""Knowledge for each benchmark table, as terms: true, without what may rest on the table itself, shuffled, inverted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from eutectic.core.objective import Objective
from eutectic.evals.frozen_estimates import COMPILED, RECALLED, estimates_of
from eutectic.evals.oracle_term import ERROR, WEAK_ERROR, OracleTerm
from eutectic.evals.pools import TABLES, FloatArray, Pool
from eutectic.evals.score_cards import card
from eutectic.evals.table_files import read_recipes
from eutectic.tools.campaign_term import campaign_term, without_overlap
from eutectic.tools.claim_term import claim_terms
from eutectic.tools.descriptor_term import descriptor_terms
from eutectic.tools.joint_slopes import joint_slopes
from eutectic.tools.knowledge_term import KnowledgeTerm
from eutectic.tools.source_term import Inverted, Placebo, SourceTerm, derangement
from eutectic.tools.text_term import text_terms

Arm = Literal[
    "none",
    "true",
    "open",
    "card",
    "estimates",
    "campaigns",
    "descriptors",
    "embeddings",
    "shuffled",
    "inverted",
    "oracle",
    "oracle-weak",
]
ARMS: tuple[Arm, ...] = get_args(Arm)
SISTERS: dict[str, tuple[str, ...]] = {
    "oer-3496": ("oer-3860",),
    "oer-3860": ("oer-3496",),
    "hardness-alcocrcufeni": ("hardness-all",),
}
"""Tables of the same property on other components; recipes that the table could hold itself are taken out."""


def terms_for(pool: Pool, arm: Arm, data: Path | None, seed: int = 0) -> list[KnowledgeTerm]:
    """The terms of an arm on a landscape, for an objective called `y`.

    `true` is everything: score card, estimates, sister tables without common recipes, descriptors. `open` is the same
    without claims that may rest on the very table, and without estimates where the table is compiled from
    publications or its paper was remembered; `card`, `estimates`, `campaigns`, `descriptors` and `embeddings` are one
    source each. `shuffled` exchanges the components of all true terms (a placebo), `inverted` turns their sign.
    `oracle` is made of the pool's own values and shows what right knowledge would save. A group's own table has the
    terms of its spec.

    Args:
        pool: The landscape.
        arm: Which knowledge.
        data: Folder of the tables.
        seed: Of the exchange of components.
    """
    if arm == "none":
        return []
    if arm in ("oracle", "oracle-weak"):
        return [OracleTerm(pool, seed, ERROR if arm == "oracle" else WEAK_ERROR)]
    if arm in ("shuffled", "inverted"):
        true = terms_for(pool, "true", data)
        if arm == "inverted":
            return [Inverted(term) for term in true]
        order = derangement(pool.lattice.n_components, np.random.default_rng([seed, 11]))
        return [Placebo(term, order) for term in true]
    if pool.terms and arm != "embeddings":
        return list(pool.terms)
    shares, process = _stand_in(pool)
    objective = Objective.model_validate({"property": "y", "unit": pool.unit, "direction": pool.direction})
    found: list[SourceTerm] = []
    if arm in ("true", "open", "card"):
        found += claim_terms(card(pool.name, own=arm != "open"), pool.lattice.space, [objective], shares)[0]
    if (
        data is not None
        and pool.name in TABLES
        and (arm in ("true", "estimates") or (arm == "open" and pool.name not in COMPILED | RECALLED))
    ):
        said = estimates_of(pool.name, data, shares, process)
        found += [] if said is None else [said]
    if arm in ("true", "open", "campaigns") and data is not None:
        for sister in SISTERS.get(pool.name, ()):
            term = campaign_term(
                sister,
                "y",
                without_overlap(_measured(sister, data), pool.lattice.space.component_names),
                pool.lattice.space.component_names,
                shares,
                np.zeros((len(shares), 0)),
            )
            if not isinstance(term, str):
                found.append(term)
    if arm in ("true", "open", "descriptors"):
        named = objective.model_copy(update={"property": TABLES[pool.name].value if pool.name in TABLES else "y"})
        terms = descriptor_terms(pool.lattice.space, [named], shares)[0]
        found += [_renamed(term) for term in terms]
    if arm == "embeddings":
        found += text_terms(pool.lattice.space, [objective], shares)[0]
    return [*joint_slopes(found, shares, process)]


def _renamed(term: SourceTerm) -> SourceTerm:
    from dataclasses import replace

    return replace(term, property="y")


def _stand_in(pool: Pool) -> tuple[FloatArray, FloatArray]:
    """Shares and process columns of up to 4,000 recipes that stand for the space."""
    rng = np.random.default_rng(0)
    picked = np.arange(len(pool.rows)) if len(pool.rows) <= 4000 else rng.choice(len(pool.rows), 4000, replace=False)
    return pool.lattice.shares(pool.rows[picked]), pool.features[picked, pool.lattice.n_components :]


def _measured(name: str, data: Path) -> tuple[Sequence[str], FloatArray, FloatArray]:
    recipes = read_recipes(TABLES[name], data)
    return recipes.columns, recipes.shares, np.array([readings.mean() for readings in recipes.readings])
