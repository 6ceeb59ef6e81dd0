"""Records proposed by a mind: its answers on the passages of each document, checked by code, beside the rules' own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from eutectic.agents.decisions.common import PassageLine
from eutectic.agents.decisions.records import RecordPick, RecordsContext
from eutectic.core.decision import Decision, Mind
from eutectic.core.errors import BadSetting
from eutectic.core.notebook.view import Spent
from eutectic.core.settings import Settings
from eutectic.core.spec import CampaignSpec

if TYPE_CHECKING:
    from eutectic.core.claim import Claim
    from eutectic.knowledge.record import LiteratureRecord
    from eutectic.knowledge.records import Source

_BATCH = 6
"""Passages a question holds."""
_READING = {
    "name": "reading",
    "goal": "read records",
    "space": {"components": [{"name": "Fe"}, {"name": "B"}]},
    "objectives": [{"property": "any", "unit": "1", "direction": "maximize"}],
    "budget": {"experiments": 1},
}
"""A model works under a campaign's caps; reading a library has none of its own, so these are the defaults."""


class Proposed(NamedTuple):
    """What a mind adds to what the rules read."""

    records: list[LiteratureRecord]
    claims: list[Claim]
    """Of processing."""
    refused: list[str]
    """What of its answers was not taken, with the reason."""


def propose_records(
    mind: Mind,
    sources: Sequence[Source],
    rules: Sequence[LiteratureRecord],
    progress: Callable[[str], None],
    dated: str = "",
) -> Proposed:
    """What a mind adds to the rules' records, its claims of processing, and what of its answers was not taken.

    Args:
        mind: answers.
        sources: the documents.
        rules: what the rules read there.
        progress: is told which passages are read.
        dated: the day that claims carry; today where empty.

    Raises:
        MindFailed: the model endpoint cannot be used.
        BudgetExhausted: a cap on calls or tokens stands in the way.
    """
    from eutectic.knowledge.claim_proposals import ProposedProcess, proposed_claim
    from eutectic.knowledge.evidence import find_quote
    from eutectic.knowledge.record_proposals import Proposal, beside_rules, proposed_record
    from eutectic.knowledge.records import document_labels

    taken: list[LiteratureRecord] = []
    claims: list[Claim] = []
    refused: list[str] = []
    day = dated or datetime.now(UTC).date().isoformat()
    for source in sources:
        labels = document_labels(source)
        named = tuple(f"{name} = {material.written}" for name, material in labels.materials.items())[:60]

        def find(page: int, quote: str, pages: Source = source) -> str | None:
            return find_quote(pages.pages.get(page, ""), quote)

        lines = _passages(source)
        for start in range(0, len(lines), _BATCH):
            batch = lines[start : start + _BATCH]
            progress(f"{source.name}: passages {start + 1} to {start + len(batch)} of {len(lines)}")
            context = RecordsContext(passages=tuple(batch), labels=named)
            slot = f"records/{source.name}/{start // _BATCH}"
            answer = mind.decide(Decision("designer", "records", slot, context, RecordPick))
            by_id = {line.id: line for line in batch}
            for item in answer.value.records:
                line = by_id.get(item.passage)
                if line is None:
                    refused.append(f"{source.name}: there is no passage {item.passage!r}")
                    continue
                said = (item.quote, item.material, item.property, item.value, item.value_type, item.unit)
                proposal = Proposal(source.name, line.page, *said)
                made = proposed_record(proposal, labels, find, answer.model or answer.mind)
                if isinstance(made, str):
                    refused.append(f"{source.name} p{line.page}: {made}")
                else:
                    taken.append(made)
            for stated in answer.value.process_claims:
                line = by_id.get(stated.passage)
                page = line.page if line is not None else 0
                meant = (stated.property, stated.variable, stated.sign, stated.low, stated.high, stated.unit)
                asked = ProposedProcess(source.name, page, stated.quote, *meant)
                claim = proposed_claim(asked, find, answer.model or answer.mind, day)
                if isinstance(claim, str):
                    refused.append(f"{source.name} p{page}: {claim}")
                else:
                    claims.append(claim)
    return Proposed(beside_rules(taken, rules), list({c.id: c for c in claims}.values()), refused)


def reading_mind(settings: Settings) -> Mind:
    """The language model of the settings, within the default caps on calls and tokens, for reading a library.

    Raises:
        BadSetting: none is configured.
    """
    from eutectic.agents.minds import ModelMind
    from eutectic.agents.minds.opening import missing_settings

    spec = CampaignSpec.model_validate(_READING)
    if missing := missing_settings(spec, settings):
        raise BadSetting("no language model is configured", mend=f"set {' and '.join(missing)}, or leave out --propose")
    return ModelMind(settings, spec, Spent)


def _passages(source: Source) -> list[PassageLine]:
    """The sentences of each page, three to a passage."""
    lines: list[PassageLine] = []
    for start in range(0, len(source.sentences), 3):
        group = source.sentences[start : start + 3]
        for page in dict.fromkeys(sentence.page for sentence in group):
            text = " ".join(sentence.text for sentence in group if sentence.page == page)
            if any(character.isdigit() for character in text):
                name = f"p{len(lines) + 1}"
                lines.append(PassageLine(id=name, document=source.name, page=page, text=text[:3000]))
    return lines
