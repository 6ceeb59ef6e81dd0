"""Claims of processing that a model proposes: read again by code from their quote, which has to say what they say."""

from __future__ import annotations

import math
from typing import NamedTuple

from eutectic.core.claim import Claim, ProcessEffect, ProcessRange
from eutectic.core.trial import Quote
from eutectic.knowledge.claim_best import BEST, Said
from eutectic.knowledge.claim_process import QUANTITY_OF, SET_BY, process_effects, process_ranges
from eutectic.knowledge.claim_verbs import NEGATED, NOT_MONOTONE, UNSURE, VERB
from eutectic.knowledge.measures import find_measures
from eutectic.knowledge.process_words import stages_in, variables_in
from eutectic.knowledge.properties import Property, find_property, same_property
from eutectic.knowledge.record_checks import FindQuote
from eutectic.knowledge.sentence_properties import named_properties
from eutectic.knowledge.suspicion import is_suspicious
from eutectic.knowledge.units import read_unit

_TRUST = 0.3
"""As of a hedged sentence: a model read it."""


class ProposedProcess(NamedTuple):
    """What was proposed, as written."""

    document: str
    page: int
    quote: str
    property: str
    variable: str
    sign: int
    """1 or -1: more of the variable raises or lowers the property; 0 for a range."""
    low: float | None = None
    """Ends of the best range in `unit`."""
    high: float | None = None
    unit: str = ""


def proposed_claim(item: ProposedProcess, find: FindQuote, proposer: str, dated: str) -> Claim | str:
    """The claim of a proposal after every check, or why it is none.

    Quote, property, variable, direction and numbers are looked for in the quote by code; where the rules read the
    opposite in it, it is none.
    """
    quote = find(item.page, item.quote) if item.quote.strip() else None
    if quote is None or is_suspicious(quote):
        return f"the quote does not stand on page {item.page}: {item.quote[:80]!r}"
    quote = " ".join(quote.split())
    known = find_property(item.property)
    named = named_properties(quote)
    if known is None or not any(candidate == known for each in named for candidate in each.candidates):
        return f"the quote does not name the property {item.property!r}"
    statement = _effect(item, quote) if item.sign else _range(item, quote)
    if isinstance(statement, str):
        return statement
    rules = [*process_effects(quote, named), *process_ranges(quote, named)]
    if any(_contradicts(said, known, statement) for said in rules):
        return "the rules read the opposite in the quote"
    evidence = (Quote(document=item.document, page=item.page, text=quote, title=item.document),)
    return Claim(
        property=known.name,
        statement=statement,
        origin="model",
        author=proposer[:120] or "model",
        dated=dated,
        evidence=evidence,
        trust=_TRUST,
    )


def _effect(item: ProposedProcess, quote: str) -> ProcessEffect | str:
    if item.sign not in (1, -1):
        return f"the sign is 1 or -1, not {item.sign}"
    if item.variable not in variables_in(quote):
        return f"the quote does not name the variable {item.variable!r}"
    if NEGATED.search(quote) or UNSURE.search(quote) or NOT_MONOTONE.search(quote) or not VERB.search(quote):
        return "the quote denies it, doubts it, turns round, or says no direction"
    return ProcessEffect(variable=item.variable, sign=1 if item.sign > 0 else -1)


def _range(item: ProposedProcess, quote: str) -> ProcessRange | str:
    stage, _, quantity = item.variable.rpartition("_")
    unit = read_unit(item.unit)
    if stage not in stages_in(quote) or quantity not in SET_BY.get(stage, ("temperature", "time")):
        return f"the quote does not name the variable {item.variable!r}"
    if unit is None or QUANTITY_OF.get(unit.dimension) != quantity or item.low is None or item.high is None:
        return f"a best {quantity} needs two numbers and a unit of it, not {item.unit!r}"
    if NEGATED.search(quote) or UNSURE.search(quote) or not BEST.search(quote):
        return "the quote denies it, doubts it, or says nothing is best"
    low, high = sorted((round(unit.to_si(item.low), 6), round(unit.to_si(item.high), 6)))
    told = [end for each in find_measures(quote) if each.dimension == unit.dimension for end in (each.low, each.high)]
    missing = [end for end in (low, high) if not any(math.isclose(end, value, rel_tol=1e-6) for value in told)]
    return (
        f"{missing[0]:g} (SI) is not in the quote"
        if missing
        else ProcessRange(variable=item.variable, low=low, high=high)
    )


def _contradicts(said: Said, known: Property, statement: ProcessEffect | ProcessRange) -> bool:
    """Whether the rules read of the same property and variable another direction, or a range apart from it."""
    other = said.statement
    if not same_property(said.property, known.name):
        return False
    if isinstance(other, ProcessEffect) and isinstance(statement, ProcessEffect):
        return other.variable == statement.variable and other.sign != statement.sign
    if isinstance(other, ProcessRange) and isinstance(statement, ProcessRange):
        return other.variable == statement.variable and (other.high < statement.low or statement.high < other.low)
    return False
