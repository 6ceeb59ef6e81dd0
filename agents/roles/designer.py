"""The designer's rules: quote what has numbers, take the optimiser's batch, explore where asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from eutectic.knowledge.claim_best import Said

from eutectic.agents.decisions.claims import ClaimPick, ClaimsContext, ProposedClaim
from eutectic.agents.decisions.common import CandidateLine, PassageLine
from eutectic.agents.decisions.designer import (
    Choice,
    ChooseContext,
    ChosenTrial,
    EvidenceContext,
    EvidencePick,
    PickedQuote,
)
from eutectic.agents.decisions.estimates import EstimatePick, EstimatesContext
from eutectic.agents.decisions.records import ProposedRecord, RecordPick, RecordsContext
from eutectic.agents.roles.wording import clip, count
from eutectic.core.claim import BestRange, Effect, Estimates, ProcessEffect, ProcessRange, Region, Statement, Synergy
from eutectic.core.elements import is_element

_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|(?<=[。！？；])\s*|\n\s*\n")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_SYMBOL = re.compile(r"(?<![A-Za-z])[A-Z][a-z]?(?=[\d\s,.;:%()/\-–]|$)")
_FORMULA = re.compile(r"(?:[A-Z][a-z]?\d+(?:\.\d+)?){2,}")
_NUMBER = re.compile(r"(?<![\w.])[-+−]?\d+(?:[.,]\d+)?")
_PER_PASSAGE = 3
_MAX_QUOTES = 12
_MAX_CLAIMS = 40
_LONGEST_RECORD = 900
_QUOTE_LENGTH = 600


class _Hit(NamedTuple):
    score: int
    passage: str
    quote: str
    why: str


def evidence(context: EvidenceContext) -> EvidencePick:
    """The sentences that put a number to an objective or a component, copied as they stand."""
    wanted = {line.property: _words(line.property) for line in context.objectives}
    symbols = {word for word in _SYMBOL.findall(context.strategy) if is_element(word)}
    hits: list[_Hit] = []
    for passage in context.passages:
        found = sorted(_hits(passage, wanted, symbols), key=lambda hit: -hit.score)
        hits += found[:_PER_PASSAGE]
    kept = sorted(hits, key=lambda hit: -hit.score)[:_MAX_QUOTES]
    quotes = tuple(PickedQuote(passage=hit.passage, quote=hit.quote, why=clip(hit.why, 300)) for hit in kept)
    note = f"{count(len(quotes), 'sentence')} with a number out of {count(len(context.passages), 'passage')}."
    return EvidencePick(quotes=quotes, note=note)


def _words(name: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(name.replace("_", " ")) if len(word) > 2}


def _hits(passage: PassageLine, wanted: dict[str, set[str]], symbols: set[str]) -> list[_Hit]:
    hits = []
    for sentence in _sentences(passage.text):
        if not _NUMBER.search(sentence) and not _FORMULA.search(sentence):
            continue
        words = {word.lower() for word in _WORD.findall(sentence)}
        properties = [name for name, parts in wanted.items() if parts and len(parts & words) * 2 > len(parts)]
        formulas = " ".join(_FORMULA.findall(sentence))
        named = sorted(symbols & (set(_SYMBOL.findall(sentence)) | set(re.findall(r"[A-Z][a-z]?", formulas))))
        if properties or named:
            why = f"gives a number for {', '.join([*properties, *named])}"
            hits.append(_Hit(3 * len(properties) + min(3, len(named)), passage.id, sentence, why))
    return hits


def _sentences(text: str) -> list[str]:
    """The sentences as exact substrings, none longer than a quote may be."""
    return [part for piece in _SENTENCE_END.split(text) if 0 < len(part := piece.strip()) <= _QUOTE_LENGTH]


def claims(context: ClaimsContext) -> ClaimPick:
    """Every testable statement that the rules read in the passages, on an objective and a component of the campaign."""
    from eutectic.knowledge.claim_sentences import statements_in
    from eutectic.knowledge.properties import same_property

    found: list[ProposedClaim] = []
    for passage in context.passages:
        for sentence in _sentences(passage.text):
            for said in statements_in(sentence):
                name = next((o.property for o in context.objectives if same_property(o.property, said.property)), None)
                if name is not None and not isinstance(said.statement, ProcessEffect | ProcessRange):
                    found.append(_proposed(passage.id, sentence, name, said))
    kept = [item for item in found if item.formula or set(item.components) & set(context.components)][:_MAX_CLAIMS]
    return ClaimPick(claims=tuple(kept), note=f"{count(len(kept), 'statement')} read in the passages by rules.")


def estimates(context: EstimatesContext) -> EstimatePick:
    """None: rules know no chemistry."""
    return EstimatePick(estimates=(), note=f"Rules expect no value of any of {count(len(context.recipes), 'recipe')}.")


def _proposed(passage: str, sentence: str, property: str, said: Said) -> ProposedClaim:
    statement = said.statement
    is_range, is_region = isinstance(statement, BestRange), isinstance(statement, Region)
    return ProposedClaim(
        passage=passage,
        quote=sentence,
        property=property,
        kind=statement.kind,
        components=() if is_region else _components(statement),
        sign=statement.sign if isinstance(statement, Effect | Synergy) else 0,
        low=statement.low if isinstance(statement, BestRange) else 0.0,
        high=statement.high if is_range and isinstance(statement, BestRange) else 0.0,
        formula=statement.composition.formula() if isinstance(statement, Region) else "",
    )


def records(context: RecordsContext) -> RecordPick:
    """What the rules read in the passages by themselves, without the rest of the document."""
    from eutectic.knowledge.records import text_records

    found: list[ProposedRecord] = []
    for passage in context.passages:
        for record in text_records(passage.document, passage.page, passage.text):
            if record.status == "verified" and len(record.quote) <= _LONGEST_RECORD:
                sign = {"upper_bound": "< ", "lower_bound": "> ", "approx": "~ "}.get(record.value_type, "")
                value = (
                    f"{record.low:g} to {record.high:g}" if record.value_type == "range" else f"{sign}{record.value!r}"
                )
                found.append(
                    ProposedRecord(
                        passage=passage.id,
                        quote=record.quote,
                        material=record.material,
                        property=record.property_written[:120],
                        value="not detected" if record.value is None else value,
                        value_type=record.value_type,
                        unit="" if record.unit == "1" else record.unit,
                    )
                )
    return RecordPick(records=tuple(found[:60]), note=f"{count(len(found), 'value')} read in the passages by rules.")


def _components(statement: Statement) -> tuple[str, ...]:
    if isinstance(statement, Effect | BestRange):
        return (statement.component,)
    return () if isinstance(statement, Region | ProcessEffect | ProcessRange | Estimates) else statement.components


def choose(context: ChooseContext) -> Choice:
    """The optimiser's own batch, filled up by merit; one place goes to the most uncertain recipe to explore more."""
    batch = [line for line in context.candidates if line.in_batch][: context.batch]
    spare = sorted((line for line in context.candidates if line not in batch), key=_by_merit)
    filled = spare[: context.batch - len(batch)]
    picked = {line.id: line.why for line in batch}
    picked |= {line.id: f"{line.why} (fills the batch by merit)" for line in filled}
    more = f", {len(filled)} more by merit" if filled else ""
    note = f"The optimiser's batch of {len(batch)}{more}; explore {context.explore}."
    swapped = _swap(batch, [line for line in spare if line not in filled]) if context.explore == "more" else None
    if swapped is not None:
        out, taken, excess = swapped
        del picked[out.id]
        picked[taken.id] = f"{taken.why} (to explore more: {excess:.2g} times the mean uncertainty)"
        note += f" {taken.id} in place of {out.id}."
    trials = tuple(
        ChosenTrial(candidate=name, parts=(), process=(), why=clip(why, 500)) for name, why in picked.items()
    )
    return Choice(trials=trials, note=clip(note, 800))


def _by_merit(line: CandidateLine) -> tuple[bool, float]:
    return line.merit is None, -(line.merit or 0.0)


def _swap(
    batch: Sequence[CandidateLine], spare: Sequence[CandidateLine]
) -> tuple[CandidateLine, CandidateLine, float] | None:
    """Which trial of the batch to give up for which spare one, and how uncertain that one is against the mean.

    None where the batch is a single trial or no spare recipe is more uncertain than those of the batch.
    """
    if len(batch) < 2 or not spare:
        return None
    spread = _relative_spread([*batch, *spare])
    out = max(batch, key=lambda line: (_by_merit(line), -spread[line.id]))
    taken = max(spare, key=lambda line: spread[line.id])
    if spread[taken.id] <= max(spread[line.id] for line in batch):
        return None
    return out, taken, spread[taken.id]


def _relative_spread(lines: Sequence[CandidateLine]) -> dict[str, float]:
    """Mean over properties of the predicted standard deviation, in units of its mean over the lines."""
    sums: dict[str, list[float]] = {}
    for line in lines:
        for item in line.predictions:
            sums.setdefault(item.property, []).append(item.sd)
    means = {name: sum(values) / len(values) for name, values in sums.items()}
    spread = {}
    for line in lines:
        ratios = [item.sd / means[item.property] for item in line.predictions if means[item.property] > 0]
        spread[line.id] = sum(ratios) / len(ratios) if ratios else 0.0
    return spread
