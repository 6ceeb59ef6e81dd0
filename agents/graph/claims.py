"""Claims of a campaign: gathered and frozen before the first experiment, scored against what it measured since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from eutectic.agents.decisions.claims import ClaimPick, ClaimsContext
from eutectic.agents.decisions.common import PassageLine
from eutectic.agents.graph.claim_checks import checked_claim
from eutectic.agents.graph.context import CampaignContext
from eutectic.agents.graph.estimates import asked_estimates, is_asked
from eutectic.agents.graph.lines import objective_lines
from eutectic.core.claim import Claim
from eutectic.core.decision import Decision
from eutectic.core.evidence import Passage, Retriever
from eutectic.core.record import Record
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Observation, is_prior, round_of

SEARCH, ASKED, FROZEN = "r00/designer/claim-search", "r00/designer/claims", "r00/designer/claims-frozen"
_MOST_PASSAGES = 24
_PER_QUERY = 3


class FoundPassages(Record):
    """Passages that may hold claims."""

    passages: tuple[Passage, ...]


class FrozenClaims(Record):
    """The claims a campaign may be steered by, fixed with a date before its first experiment."""

    claims: tuple[Claim, ...]
    refused: tuple[str, ...]
    """What was proposed and did not hold, with the reason."""
    frozen: str
    """Date."""


def freeze_claims(ctx: CampaignContext) -> None:
    """Gather the claims of the library, of the spec's claims file and of the model, once, before round 1.

    A recording of a campaign from before there were claims replays without them.
    """
    has_any = ctx.spec.knowledge.claims is not None or ctx.retriever or ctx.spec.library or is_asked(ctx)
    if ctx.journal.payload("tool", FROZEN) is not None or not has_any:
        return
    if ctx.is_replay and not ctx.journal.is_recorded("tool", FROZEN):
        return
    found = FoundPassages(passages=())
    pick = ClaimPick(claims=(), note="")
    if ctx.spec.library is not None:
        found = ctx.journal.tool(SEARCH, FoundPassages, lambda: FoundPassages(passages=_search(ctx)))
        pick = ctx.journal.decide(
            ctx.mind, Decision("designer", "claims", ASKED, _context(ctx, found.passages), ClaimPick)
        )
    today = datetime.now(UTC).date().isoformat()
    expected = asked_estimates(ctx, today) if is_asked(ctx) else []
    ctx.journal.tool(FROZEN, FrozenClaims, lambda: _freeze(ctx, found.passages, pick, expected, today))


def trusted_claims(ctx: CampaignContext, before: int | None = None) -> tuple[Claim, ...]:
    """The frozen claims with the trust that the campaign's own observations, or those before a round, leave them."""
    from eutectic.knowledge.claim_ledger import ledger, trusted

    payload = ctx.journal.payload("tool", FROZEN)
    if payload is None:
        return ()
    frozen = FrozenClaims.model_validate(payload["result"])
    known = [item for item in ctx.view.each_training() if before is None or round_of(item.trial) < before]
    return trusted(ledger(frozen.claims, own(known), ctx.spec.objectives, ctx.spec.space.process))


def own(observations: Sequence[Observation]) -> list[Observation]:
    """The campaign's own measurements: earlier data may be the very table a claim was made from."""
    return [item for item in observations if not is_prior(item.trial)]


def _context(ctx: CampaignContext, passages: Sequence[Passage]) -> ClaimsContext:
    return ClaimsContext(
        objectives=objective_lines(ctx.spec),
        components=tuple(ctx.spec.space.component_names),
        passages=tuple(PassageLine(id=p.id, document=p.document, page=p.page, text=p.text) for p in passages),
    )


def _search(ctx: CampaignContext) -> tuple[Passage, ...]:
    retriever = ctx.retriever
    if retriever is None:
        return ()
    found: dict[str, Passage] = {}
    for query in _queries(ctx.spec):
        for passage in retriever.search(query, _PER_QUERY):
            found.setdefault(passage.id, passage)
    return tuple(found.values())[:_MOST_PASSAGES]


def _queries(spec: CampaignSpec) -> list[str]:
    """Objective first, so that each component has its turn before passages run out."""
    from eutectic.knowledge.properties import find_property

    queries = []
    for component in spec.space.component_names:
        for objective in spec.objectives:
            known = find_property(objective.property)
            name = (
                f"{known.names[1] if len(known.names) > 1 else known.name} {objective.property}"
                if known
                else objective.property
            )
            queries.append(f"effect of {component} content on {name}")
    return queries


def _freeze(
    ctx: CampaignContext, passages: Sequence[Passage], pick: ClaimPick, expected: Sequence[Claim], today: str
) -> FrozenClaims:
    from eutectic.knowledge.claim_file import load_claims
    from eutectic.knowledge.claims import for_objectives, merged

    by_id = {passage.id: passage for passage in passages}
    accepted: list[Claim] = []
    refused: list[str] = []
    for item in pick.claims:
        result = checked_claim(item, by_id.get(item.passage), _holder(ctx.retriever), ctx.spec, today)
        if isinstance(result, Claim):
            accepted.append(result)
        else:
            refused.append(result[:300])
    given = load_claims(Path(ctx.spec.knowledge.claims)) if ctx.spec.knowledge.claims else ()
    known = {claim.id for claim in given}
    kept = [*given, *(claim for claim in merged(accepted) if claim.id not in known), *expected]
    usable = for_objectives(kept, ctx.spec.objectives, ctx.spec.space.component_names, ctx.spec.space.process)
    spoken = {claim.statement.model_dump_json() for claim in usable}
    refused += [
        f"{c.author}: says nothing of this campaign" for c in kept if c.statement.model_dump_json() not in spoken
    ]
    return FrozenClaims(claims=tuple(usable), refused=tuple(refused), frozen=today)


def _holder(retriever: Retriever | None) -> Retriever:
    assert retriever is not None
    return retriever
