"""Claims of a library: testable statements of its sentences with checked quotes, weighed by how they are said."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from eutectic.core.claim import Claim, Effect, ProcessEffect, ProcessRange
from eutectic.core.objective import Objective
from eutectic.core.space import ProcessVariable
from eutectic.core.trial import Quote
from eutectic.knowledge.claim_best import Said
from eutectic.knowledge.claim_sentences import statements_in
from eutectic.knowledge.claim_variables import variable_of
from eutectic.knowledge.properties import same_property
from eutectic.knowledge.record import LiteratureRecord
from eutectic.knowledge.suspicion import is_suspicious

_HEDGED = re.compile(
    r"\b(?:may|might|could|possibl[ey]|likely|probably|perhaps|seems?|appears?|suggest\w*|believed|expected|speculat\w*|presum\w*|hypothes\w*)\b|可能|或许|推测|预计",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"\b(?:measured|found|observed|showed|shows?|shown|demonstrat\w+|confirm\w+|revealed?|exhibit\w*|obtained|experiment\w*)\b|实验|测得|表明|发现",
    re.IGNORECASE,
)
_PLAIN, _HEDGE, _SEEN = 0.5, 0.3, 0.6
_PER_SOURCE, _SUPPORT, _CONTRADICTED = 0.1, 0.1, 0.2
_MOST, _LEAST = 0.85, 0.1
_FEWEST = 4
"""Records of a document that a sign is looked for in."""
_LONGEST_QUOTE = 600

Holds = Callable[[str, int, str], bool]
"""Whether a quote stands on a page of a document."""


class Sourced(NamedTuple):
    """A sentence of a document."""

    document: str
    title: str
    page: int
    text: str


def sentence_claims(sentences: Iterable[Sourced], holds: Holds, dated: str) -> list[Claim]:
    """The claims of sentences, each quote looked up on its page; suspicious text makes none."""
    found: list[Claim] = []
    for sentence in sentences:
        if len(sentence.text) > _LONGEST_QUOTE or is_suspicious(sentence.text):
            continue
        for said in statements_in(sentence.text):
            if holds(sentence.document, sentence.page, sentence.text):
                found.append(_claim(sentence, said, dated))
    return found


def merged(claims: Sequence[Claim], records: Sequence[LiteratureRecord] = ()) -> list[Claim]:
    """One claim a statement: evidence together, trust raised by each further document and the papers' own tables."""
    by_id: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_id[claim.id].append(claim)
    return [_together(same, records) for same in by_id.values()]


def for_objectives(
    claims: Iterable[Claim],
    objectives: Sequence[Objective],
    components: Sequence[str],
    process: Sequence[ProcessVariable] = (),
) -> list[Claim]:
    """The claims that speak of a campaign: under its names of properties, of components and process variables it has.

    `the highest` and `the lowest` say where the best is only under an objective that wants that.
    """
    kept = []
    for claim in claims:
        for objective in objectives:
            if not same_property(claim.property, objective.property) or not _is_of(claim, components, process):
                continue
            wanted = {"maximize": "highest", "minimize": "lowest"}.get(objective.direction, "")
            stated = next((word for word in ("highest", "lowest") if claim.note.startswith(word)), "")
            if not stated or stated == wanted:
                kept.append(claim.model_copy(update={"property": objective.property}))
    return kept


def _is_of(claim: Claim, components: Sequence[str], process: Sequence[ProcessVariable]) -> bool:
    said = claim.statement
    if isinstance(said, ProcessEffect | ProcessRange):
        return variable_of(said.variable, process) is not None
    return bool(set(claim.components) & set(components))


def _claim(sentence: Sourced, said: Said, dated: str) -> Claim:
    return Claim(
        property=said.property,
        statement=said.statement,
        basis=said.basis,
        origin="literature",
        author=sentence.document[:120],
        dated=dated,
        evidence=(Quote(document=sentence.document, page=sentence.page, text=sentence.text, title=sentence.title),),
        trust=weight(sentence.text),
        note=said.note,
    )


def weight(sentence: str) -> float:
    """How far a sentence is believed by how it is said: hedged, stated, or reported as seen."""
    if _HEDGED.search(sentence):
        return _HEDGE
    return _SEEN if _MEASURED.search(sentence) else _PLAIN


def _together(same: Sequence[Claim], records: Sequence[LiteratureRecord]) -> Claim:
    best = max(same, key=lambda claim: claim.trust)
    documents = list(dict.fromkeys(quote.document for claim in same for quote in claim.evidence))
    trust = best.trust + _PER_SOURCE * (len(documents) - 1)
    notes = [best.note] if best.note else []
    support = sum(_support(best, records, document) for document in documents)
    if support:
        trust += _SUPPORT if support > 0 else -_CONTRADICTED
        notes.append("its own table agrees" if support > 0 else "its own table disagrees")
    evidence = {(quote.document, quote.page, quote.text): quote for claim in same for quote in claim.evidence}
    return best.model_copy(
        update={
            "author": ", ".join(documents)[:120] or best.author,
            "trust": round(min(_MOST, max(_LEAST, trust)), 3),
            "evidence": tuple(evidence.values())[:6],
            "note": "; ".join(notes),
        }
    )


def _support(claim: Claim, records: Sequence[LiteratureRecord], document: str) -> int:
    """1 or -1 where the document's own verified values rise or fall as an effect says or against it, else 0."""
    said = claim.statement
    if not isinstance(said, Effect):
        return 0
    pairs = [
        (record.composition.fractions.get(said.component, 0.0), record.si_value)
        for record in records
        if record.document == document and record.status == "verified" and record.composition is not None
        and record.si_value is not None and same_property(record.property, claim.property)
    ]  # fmt: skip
    if len(pairs) < _FEWEST or len({share for share, _ in pairs}) < 3:
        return 0
    ups = sum((b[0] - a[0]) * (b[1] - a[1]) > 0 for i, a in enumerate(pairs) for b in pairs[i + 1 :])
    downs = sum((b[0] - a[0]) * (b[1] - a[1]) < 0 for i, a in enumerate(pairs) for b in pairs[i + 1 :])
    tau = (ups - downs) / max(1, ups + downs)
    return 0 if abs(tau) < 0.5 else (1 if tau * said.sign > 0 else -1)
