"""Answers from the records: which material has most or least of a property, and which materials hold an element."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from eutectic.core.elements import elements
from eutectic.core.trial import Quote
from eutectic.knowledge.ask import AnsweredSentence, Reply, Verify
from eutectic.knowledge.asked import Question, Term
from eutectic.knowledge.asking import superlative_of
from eutectic.knowledge.concepts import property_tokens, token_of
from eutectic.knowledge.judge import THRESHOLD
from eutectic.knowledge.question import is_little
from eutectic.knowledge.record import LiteratureRecord, Reason
from eutectic.knowledge.synonyms import CLASS_NOUNS
from eutectic.knowledge.tokens import tokenise

_LEAST_VALUES, _LEAST_MATERIALS = 3, 2
_MOST_LISTED = 6
_DOUBTFUL: frozenset[Reason] = frozenset(
    (
        "unit_unknown",
        "outlier",
        "disagrees",
        "scale_ambiguous",
        "flat_exponent",
        "glyph_lost",
        "material_from_context",
        "specified",
    )
)
"""Reasons for which a value is no candidate for the greatest or the least."""
_MOST = re.compile(
    r"\b(?:highest|largest|greatest|maximum|maximal|most|longest|strongest|biggest)\b|最高|最大|最长|最强", re.I
)
_LEAST = re.compile(
    r"\b(?:lowest|smallest|least|minimum|minimal|shortest|weakest)\b|最低|最小|最短|最弱", re.IGNORECASE
)
_HOLDS = re.compile(
    r"^\W*(?:what|which)\s+(?:\w+\s+)??(?:alloys?|compositions?|materials?|compounds?|samples?|glass(?:es)?|catalysts?|"
    r"phases?|steels?|ceramics?|electrolytes?)\s+(?:contains?|hold|holds|include|includes|have|has)\s+(\w+)\W*$",
    re.IGNORECASE,
)


def with_records(reply: Reply, said: tuple[AnsweredSentence, ...]) -> Reply:
    """A reply with sentences made of the records, first unless the text itself tells of an extreme."""
    if not said:
        return reply
    first = reply.sentences[0].text if reply.sentences else ""
    speaks = bool(_MOST.search(first) or _LEAST.search(first))
    sentences = (*reply.sentences, *said) if speaks else (*said, *reply.sentences)
    sure = max(reply.confidence, THRESHOLD)
    return reply.model_copy(update={"answered": True, "sentences": sentences, "reason": "", "confidence": sure})


def from_records(
    question: str,
    read: Question | None,
    records: Callable[[], Sequence[LiteratureRecord]],
    titles: Mapping[str, str],
    verify: Verify,
) -> tuple[AnsweredSentence, ...]:
    """Sentences made of the records, where the question asks for nothing but an extreme or the holders of an element.

    A question that says more (a family, a temperature, a material) is left to the statements, since records cannot tell
    whether they keep to it.

    Args:
        question: As asked.
        read: The same, taken apart.
        records: Those of the library, read when they are needed.
        titles: Of documents by name.
        verify: A page's own words for a quote, or None.
    """  # fmt: skip
    match = _HOLDS.match(question.strip())
    if match is not None and (symbol := _element(match[1])) is not None:
        return _holders(symbol, records(), titles, verify)
    phrase = superlative_of(question)
    is_most, is_least = bool(_MOST.search(question)), bool(_LEAST.search(question))
    if not phrase or read is None or is_most == is_least or _says_more(read, phrase):
        return ()
    found = _extreme(frozenset(property_tokens(phrase)), is_most, records())
    if found is None:
        return ()
    record, count, materials = found
    word = "highest" if is_most else "lowest"
    where = "" if record.conditions.temperature is None else f" at {record.conditions.temperature:g} K"
    text = (
        f"Of {count} values of {record.property} of {materials} materials that were read in the library, the {word} is "
        f"{record.value_text} of {record.material}{where}."
    )
    said = _quoted(text, record, titles, verify)
    return () if said is None else (said,)


def _says_more(read: Question, phrase: str) -> bool:
    """Whether a question asks more than who has most or least of a property."""
    words = frozenset(tokenise(phrase)) | frozenset(property_tokens(phrase))
    rest = [term for term in read.terms if term.token not in words and not _is_of_the_form(term)]
    return bool(rest or read.names or read.conditions or read.numbers)


def _is_of_the_form(term: Term) -> bool:
    """Whether a word belongs to the form of such a question: a superlative, a little word, a word for a class."""
    is_class = not CLASS_NOUNS.isdisjoint(term.stand_ins)
    return is_little(term.token) or is_class or bool(_MOST.fullmatch(term.token) or _LEAST.fullmatch(term.token))


def _extreme(
    tokens: frozenset[str], is_most: bool, records: Sequence[LiteratureRecord]
) -> tuple[LiteratureRecord, int, int] | None:
    """The record with the greatest or least value of a property, the count of values and of materials; None for few."""
    known = [
        item for item in records
        if token_of(item.property) in tokens and item.status != "refused" and item.si_value is not None
        and item.value_type in ("exact", "approx") and not any(flaw.reason in _DOUBTFUL for flaw in item.flaws)
    ]  # fmt: skip
    units = {item.si_unit for item in known}
    materials = {item.material for item in known}
    if len(known) < _LEAST_VALUES or len(materials) < _LEAST_MATERIALS or len(units) != 1:
        return None
    best = (max if is_most else min)(known, key=lambda item: item.si_value or 0.0)
    return best, len(known), len(materials)


def _holders(
    symbol: str, records: Sequence[LiteratureRecord], titles: Mapping[str, str], verify: Verify
) -> tuple[AnsweredSentence, ...]:
    """A sentence for each material whose composition holds an element."""
    found: dict[str, AnsweredSentence] = {}
    for record in records:
        if record.composition is None or record.status == "refused" or record.material in found:
            continue
        if record.composition.fractions.get(symbol, 0.0) <= 0:
            continue
        share = record.composition.fractions[symbol]
        said = _quoted(f"{record.material} holds {100 * share:.3g} at% {symbol}.", record, titles, verify)
        if said is not None:
            found[record.material] = said
        if len(found) == _MOST_LISTED:
            break
    return tuple(found.values())


def _quoted(text: str, record: LiteratureRecord, titles: Mapping[str, str], verify: Verify) -> AnsweredSentence | None:
    if verify(record.document, record.page, record.quote) is None:
        return None
    title = titles.get(record.document, "")
    quote = Quote(document=record.document, page=record.page, text=record.quote, title=title)
    return AnsweredSentence(text=text, quotes=(quote,))


def _element(word: str) -> str | None:
    """The symbol of an element that a word names."""
    if word in elements():
        return word
    return next((symbol for symbol, item in elements().items() if item.name.lower() == word.lower()), None)
