"""What speaks for a statement as the answer to a question: a few numbers between 0 and 1, each with its meaning."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from eutectic.knowledge.answer_kinds import answer_kind
from eutectic.knowledge.asked import Question, Term
from eutectic.knowledge.conditions_held import conditions_held
from eutectic.knowledge.statement import Statement
from eutectic.knowledge.tokens import tokens_in_order

_NOWHERE = 0.05
"""Level of a word that is nowhere near, in a geometric mean."""
_IN_DOCUMENT, _OFTEN = 0.15, 0.2
"""Level of a word that stands anywhere in the document, and what is added where that share of its chunks holds it."""
_STATED = 0.84
"""Share of the words of a property that name it."""


class Features(NamedTuple):
    """Grades of one statement."""

    words: float
    """Share of the question's weight that the statement holds."""
    wide: float
    """The same with what stands around it."""
    passage: float
    """The same of its whole chunk."""
    focus: float
    """Share of what is asked for that it holds, half of it where only its surroundings do."""
    name: float
    """Whether the materials the question names are named in it (1), around it, in its chunk, or in its document."""
    foreign: float
    """Whether it names another material instead."""
    answer: float
    """Whether it holds the kind of thing asked for: a value in a fitting unit, a formula, a year, a person."""
    property: float
    """Whether it, or what stands around it, speaks of the property asked for; 1 where none is asked for by name."""
    subject: float
    """Share of what it is asked of that stands in it, around it or in its chunk."""
    both: float
    """`subject` times the share of what is asked for that stands there too, which falls fast with what does not."""
    unknown: float
    """Share of the question in words that are nowhere in the library."""
    condition: float
    """How far it holds the question's quantities, in any unit, and numbers; less in its surroundings, 0 for others."""
    entity: float
    """How near the farthest of what the question calls by a name is: in it, around it, in its chunk, or nowhere."""
    least: float
    """The same of the weighty words, of whatever kind."""
    pairs: float
    """Share of the question's neighbouring words that are neighbours in it."""
    rank: float
    """Of its chunk in the fused ranking: 1 for the first, falling."""
    meaning: float
    """Nearness of its chunk's vector to the question's."""
    row: float
    """Whether it is a table row."""
    long: float
    """Its length: 1 from 500 characters on, in which many words stand together by chance."""
    silent: float
    """Whether it holds nothing of the kind asked for, where that kind is known."""
    act: float
    """How near the farthest of the question's verbs is; 1 where they say little."""
    asked: float
    """The same of the words that say what is asked for."""
    thing: float
    """How near the farthest thing that the question speaks of is, as `entity`."""
    near: float
    """How near its things are together: their weighted geometric mean, which one that is nowhere pulls down."""
    missing: float
    """Words of the question that neither it nor its chunk holds, counted by what they say; 1 from three on."""
    stranger: float
    """Whether all that the question is asked of is nowhere in the library."""


class Place(NamedTuple):
    """What is known of a statement's chunk."""

    tokens: frozenset[str]
    """Of its text and heading."""
    title: frozenset[str]
    """Of its document's title, which says what the whole of it is about."""
    rank: int
    meaning: float
    named_in_document: float
    """Share of the question's names that stand anywhere in its document."""
    before: frozenset[str] = frozenset()
    """Those tokens of the question that the chunks just before it hold: what its text goes on to speak of."""
    document: Mapping[str, float] = {}
    """By token of the question: the share of the chunks of its document that hold it, where any does."""


class _Reach(NamedTuple):
    """Tokens ever farther from a statement: its own, what stands around it, its chunk and title, its document."""

    own: frozenset[str]
    wide: frozenset[str]
    there: frozenset[str]
    document: Mapping[str, float]

    def level(self, term: Term, nowhere: float) -> float:
        """How near a term is."""
        near = max(term.held(self.own), 0.8 * term.held(self.wide), 0.55 * term.held(self.there))
        if near or not self.document:
            return max(near, nowhere)
        share = max((self.document.get(token, 0.0) for token in (term.token, *term.stand_ins)), default=0.0)
        return max(nowhere, _IN_DOCUMENT + _OFTEN * min(1.0, share / _OFTEN) if share else 0.0)


def grade(question: Question, statement: Statement, place: Place) -> Features:
    """The features of a statement."""
    own, wide = statement.tokens, statement.wide
    there = wide | place.tokens | place.title
    reach = _Reach(own, wide, there | place.before, place.document)
    others = [term for term in question.entities if not term.is_name]
    answer = answer_kind(question, statement, own)
    whole = question.share(there, question.focus) ** 3 if question.focus else 0.5
    subject = question.share(there, question.subject) if question.subject else 1.0
    return Features(
        words=question.share(own | place.title),
        wide=question.share(wide | place.title),
        passage=question.share(there),
        focus=_focus(question, own, wide),
        name=_name(question.names, own, wide, place),
        foreign=_foreign(question, own, wide),
        answer=answer,
        property=_property(question, own, wide),
        subject=subject,
        both=whole * subject,
        unknown=question.unknown,
        condition=conditions_held(question, statement),
        entity=min(
            _farthest(question.names, reach, 0.3 * place.named_in_document),
            _farthest(others, reach),
        ),
        least=_farthest(question.weighty, reach),
        pairs=_pairs(question, statement),
        rank=1 / (1 + place.rank / 5),
        meaning=place.meaning,
        row=float(statement.is_row),
        long=min(1.0, len(statement.words) / 500),
        silent=float(answer == 0.0),
        act=_farthest(question.acts, reach),
        asked=_farthest(_words_of(question.focus), reach),
        thing=_farthest(question.things, reach),
        near=_together(question.patients, reach),
        missing=min(1.0, question.lack(there | place.before) / 3),
        stranger=float(bool(question.patients) and not any(term.is_known for term in question.patients)),
    )


def _focus(question: Question, own: frozenset[str], wide: frozenset[str]) -> float:
    if not question.focus:
        return question.share(wide)
    return 0.5 * question.share(own, question.focus) + 0.5 * question.share(wide, question.focus)


def _name(names: tuple[Term, ...], own: frozenset[str], wide: frozenset[str], place: Place) -> float:
    if not names:
        return 1.0
    best = 0.0
    for term in names:
        if term.held(own):
            best += 1.0
        elif term.held(wide):
            best += 0.8
        elif term.held(place.tokens) or term.held(place.title) or term.held(place.before):
            best += 0.6
        else:
            best += 0.3 * place.named_in_document
    return best / len(names)


def _foreign(question: Question, own: frozenset[str], wide: frozenset[str]) -> float:
    """Whether a statement names another material or element; half where only what stands around it does."""
    element = _other_element(question.elements, own, wide)
    names = question.names
    if not names:
        lost = question.patients and all(term.held(wide) == 0.0 for term in question.patients)
        return max(element, 0.5 * float(bool(lost) and _is_named(own)))
    if any(term.held(own) for term in names):
        return element
    if any(term.token.startswith(("f:", "v:")) for term in names):
        if _is_named(own):
            return 1.0
        return max(element, 0.5 * float(_is_named(wide) and not any(term.held(wide) for term in names)))
    shapes = {_shape(term.token) for term in names}
    return max(element, float(any(_shape(token) in shapes for token in own if ":" not in token)))


def _is_named(tokens: frozenset[str]) -> bool:
    return any(token.startswith(("f:", "v:")) and token != "f:" for token in tokens)


def _other_element(asked: frozenset[str], own: frozenset[str], wide: frozenset[str]) -> float:
    if not asked or asked & own or not any(token.startswith("el:") for token in own):
        return 0.0
    return 0.5 if asked & wide else 1.0


def _shape(code: str) -> str:
    """A code with its digits taken out: BT48 and BT0 are of one kind."""
    bare = "".join(character for character in code if not character.isdigit())
    return bare if bare != code and bare else code


def _farthest(terms: Sequence[Term], reach: _Reach, nowhere: float = 0.0) -> float:
    """How near the farthest of some terms is; 1 where there are none."""
    return min((reach.level(term, nowhere) for term in terms), default=1.0)


def _words_of(focus: Sequence[Term]) -> Sequence[Term]:
    """What is asked for without the property that its words name, which stands in for each of them."""
    return [term for term in focus if not term.token.startswith("p:")] or focus


def _together(terms: Sequence[Term], reach: _Reach) -> float:
    """The weighted geometric mean of how near terms are; 1 where there are none."""
    total = sum(term.weight for term in terms)
    if not total:
        return 1.0
    return math.exp(sum(term.weight * math.log(reach.level(term, _NOWHERE)) for term in terms) / total)


def _property(question: Question, own: frozenset[str], wide: frozenset[str]) -> float:
    asked = question.property_tokens
    if not asked or asked & own:
        return 1.0
    words = [term for term in question.focus if not term.token.startswith("p:")]
    if words and question.share(own, words) >= _STATED:
        return 0.9
    return 0.7 if asked & wide else 0.0


def _pairs(question: Question, statement: Statement) -> float:
    if not question.pairs:
        return 0.0
    words = [token for token in tokens_in_order(statement.words) if ":" not in token]
    there = set(pairwise(words))
    return len(question.pairs & there) / len(question.pairs)
