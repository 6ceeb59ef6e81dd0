"""The claims section: what the literature and people said before, and what this campaign's data say of it."""

from __future__ import annotations

from eutectic.agents.graph.claims import FrozenClaims, own
from eutectic.agents.report.blocks import Block, Bullets, Section, Table, Text
from eutectic.agents.report.evidence import evidence_marks, mark
from eutectic.agents.report.ledger import Ledger
from eutectic.knowledge.claim_words import claim_words

_MOST = 60


def claims_section(ledger: Ledger) -> Section | None:
    """Every frozen claim with its verdict, trust before and after, quote and page; nothing where there are none."""
    if ledger.claims is None:
        return None
    from eutectic.knowledge.claim_ledger import ledger as scored

    frozen = FrozenClaims.model_validate(ledger.claims)
    if not frozen.claims and not frozen.refused:
        return None
    standings = scored(
        frozen.claims, own(list(ledger.view.training())), ledger.spec.objectives, ledger.spec.space.process
    )
    order = {"refuted": 0, "supported": 1, "open": 2}
    standings = sorted(standings, key=lambda item: (order[item.verdict], -item.trust_after))
    counts = [sum(item.verdict == verdict for item in standings) for verdict in ("supported", "refuted", "open")]
    lead = (
        f"{len(standings)} testable statements were frozen on {frozen.frozen}, before the first experiment: "
        f"{counts[0]} supported by this campaign's own data, {counts[1]} refuted, {counts[2]} open. "
        "A refuted statement lowers the trust in all its source says."
    )
    rows = tuple(
        (
            claim_words(item.claim),
            item.verdict,
            f"{item.trust_before:.2f}",
            f"{item.trust_after:.2f}",
            item.statistic,
            item.source,
        )
        for item in standings[:_MOST]
    )
    table = Table(
        ("claim", "verdict", "trust before", "trust now", "what the data say", "source"),
        rows,
        "Verdicts hold the false discovery rate at 5 % over all claims; trust is a weight between 0 and 1.",
        frozenset((2, 3)),
        is_sortable=True,
    )
    marks = evidence_marks(ledger)
    quotes = tuple(
        f"{claim_words(item.claim)}: “{quote.text}” ({quote.document}, page {quote.page})"
        f"{mark(marks, (quote.document, quote.page, quote.text))}"
        for item in standings[:_MOST]
        for quote in item.claim.evidence[:2]
    )
    blocks: list[Block] = [Text(lead, "lead"), table]
    if quotes:
        blocks.append(Bullets(quotes, "What they rest on"))
    if frozen.refused:
        blocks.append(Bullets(frozen.refused[:20], "Proposed and not taken"))
    return Section("claims", "Claims", tuple(blocks))
