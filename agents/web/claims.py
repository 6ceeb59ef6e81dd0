"""The rows of the claims page: what the library states, and how it stood in each campaign."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from eutectic.core.claim import Claim
from eutectic.core.errors import EutecticError
from eutectic.core.settings import Settings
from eutectic.knowledge.claim_words import claim_words


def claim_rows(claims: Sequence[Claim]) -> list[dict[str, Any]]:
    """The claims of the library, the most trusted first."""
    return [
        {"words": claim_words(claim), "trust": claim.trust, "quotes": claim.evidence, "note": claim.note}
        for claim in claims
    ]


def standing_rows(out: Path, names: Sequence[str], settings: Settings) -> Iterator[dict[str, Any]]:
    """The frozen claims of each campaign that has some, as its own observations judge them: the judged ones first."""
    from eutectic.agents.campaign import find_campaign
    from eutectic.agents.graph.claims import FrozenClaims, own
    from eutectic.agents.report.ledger import read_ledger
    from eutectic.knowledge.claim_ledger import ledger

    url = None if settings.database_url is None else settings.database_url.get_secret_value()
    for name in names:
        try:
            book = read_ledger(find_campaign(out, name), url)
        except EutecticError:
            continue
        if book.claims is None:
            continue
        frozen = FrozenClaims.model_validate(book.claims)
        standings = ledger(
            frozen.claims, own(list(book.view.training())), book.spec.objectives, book.spec.space.process
        )
        for item in sorted(standings, key=lambda item: (item.verdict == "open", -item.trust_after)):
            yield {
                "name": name,
                "words": claim_words(item.claim),
                "verdict": item.verdict,
                "before": item.trust_before,
                "now": item.trust_after,
                "statistic": item.statistic,
                "source": item.source,
            }
