"""Terms of the optimiser made of claims, one for each author or document so that a bad source dies alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eutectic.core.claim import Claim, Estimates, ProcessEffect, ProcessRange
from eutectic.core.objective import Objective
from eutectic.core.space import SearchSpace
from eutectic.tools.claim_score import ClaimScore, claim_score
from eutectic.tools.source_term import SourceTerm, standard_term

FloatArray = NDArray[np.float64]
SLOPE_SD = 0.5
"""Prior standard deviation of a slope, in standard deviations of the property per standard deviation of the score."""
SLOPE_PER_TRUST = 0.5
"""Prior mean of the slope of a source that is fully trusted: a statement in words, unlike data, knows no amounts."""
_MOST_SOURCES = 12


class Unused(NamedTuple):
    """A piece of knowledge that says nothing in this campaign, and why."""

    name: str
    reason: str


def claim_terms(
    claims: Sequence[Claim], space: SearchSpace, objectives: Sequence[Objective], shares: FloatArray
) -> tuple[list[SourceTerm], list[Unused]]:
    """A term for each author and property, and the claims that say nothing here; estimates of recipes are not read.

    The claims of one author are made standard over the space, weighted by their trust and added. The prior mean of the
    slope is half their mean trust.

    Args:
        claims: Of any origin.
        space: The search space.
        objectives: Of the campaign.
        shares: `N x n` recipes that stand for the space.
    """
    unused: list[Unused] = []
    sources: dict[tuple[str, str, str], list[ClaimScore]] = {}
    by_property = {objective.property: objective for objective in objectives}
    for claim in dict.fromkeys(claim for claim in claims if not isinstance(claim.statement, Estimates)):
        objective = by_property.get(claim.property)
        found = claim_score(claim, space, objective) if objective else f"speaks of {claim.property}, no objective here"
        if isinstance(found, str):
            unused.append(Unused(_title(claim), found))
        else:
            kind = "literature" if claim.origin == "literature" else "advice"
            sources.setdefault((kind, claim.author, claim.property), []).append(found)
    most_trusted = sorted(sources.items(), key=lambda item: (-sum(s.claim.trust for s in item[1]), item[0]))
    terms: list[SourceTerm] = []
    for (kind, author, name), scores in most_trusted:
        term = _term(kind, author, name, scores, shares) if len(terms) < _MOST_SOURCES else None
        if term is None:
            why = (
                "more than 12 sources"
                if len(terms) >= _MOST_SOURCES
                else "does not tell the recipes of this space apart"
            )
            unused.append(Unused(f"{kind}: {author}", why))
        else:
            terms.append(term)
    return terms, unused


def _term(kind: str, author: str, name: str, scores: Sequence[ClaimScore], shares: FloatArray) -> SourceTerm | None:
    parts = []
    for score in scores:
        raw = score.raw(shares)
        if float(raw.std()) > 1e-9 and score.claim.trust > 0:
            parts.append((score, score.claim.trust / float(raw.std())))
    if not parts:
        return None

    def raw_sum(some: FloatArray, process: FloatArray) -> FloatArray:
        return np.asarray(sum(weight * score.raw(some) for score, weight in parts), dtype=np.float64)

    trust = float(np.mean([score.claim.trust for score, _ in parts]))
    origin = parts[0][0].claim.origin
    return standard_term(
        SourceTerm(
            name=f"{kind}: {author}" + (f" on {name}" if kind else ""),
            kind="literature" if kind == "literature" else "advice",
            property=name,
            slope=(SLOPE_PER_TRUST * trust, SLOPE_SD),
            raw=raw_sum,
            centre=0.0,
            scale=1.0,
            about=f"{len(parts)} claims ({origin}), mean trust {trust:.2f}",
        ),
        shares,
        np.zeros((len(shares), 0)),
    )


def _title(claim: Claim) -> str:
    said = claim.statement
    about = said.variable if isinstance(said, ProcessEffect | ProcessRange) else ", ".join(claim.components)
    return f"{claim.statement.kind} of {about} on {claim.property} ({claim.author})"[:160]
