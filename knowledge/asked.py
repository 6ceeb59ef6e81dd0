"""A question as the search and the answer see it: its terms, what is asked for and of what, and the kind of answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from eutectic.knowledge.measures import Measure
from eutectic.knowledge.units import Dimension

_STAND_IN = 0.85
"""Credit where a text says it in another word."""


@dataclass(frozen=True)
class Term:
    """A word of a question: its weight, and what stands for it in a text."""

    token: str
    weight: float
    stand_ins: frozenset[str]
    is_name: bool
    is_known: bool = True
    """Whether it, or what stands for it, is anywhere in the library."""

    def held(self, tokens: Collection[str]) -> float:
        """How much of the term a text holds: 1, a part where it uses another word, or 0."""
        if self.token in tokens:
            return 1.0
        return _STAND_IN if not self.stand_ins.isdisjoint(tokens) else 0.0


@dataclass(frozen=True)
class Question:
    """A question as the search and the answer see it."""

    text: str
    terms: tuple[Term, ...]
    subject: tuple[Term, ...]
    """Those of what it is asked of: `BT0` in the same question; all but the little words where its form hides it."""
    focus: tuple[Term, ...]
    """Those of the noun that is asked for: `critical cooling rate` in `What critical cooling rate has BT0?`."""
    dimensions: frozenset[Dimension]
    """What the answer may measure; empty where that is not known."""
    kind: str
    """`formula`, `number`, `year`, `person`, `cause`, `definition` or empty."""
    conditions: tuple[Measure, ...]
    """Quantities that the question gives."""
    numbers: frozenset[float]
    """Every number that the question gives."""
    pairs: frozenset[tuple[str, str]] = field(default=frozenset())
    """Neighbouring content words."""
    entities: tuple[Term, ...] = ()
    """Those of what is called by a name: materials, elements, people, products."""
    bare: frozenset[float] = field(default=frozenset())
    """Numbers it gives without a unit, such as a year."""
    weighty: tuple[Term, ...] = ()
    """Those that say most, verbs aside."""
    acts: tuple[Term, ...] = ()
    """Those of its verbs that say something: `melt` in `At which temperature does it melt?`."""
    things: tuple[Term, ...] = ()
    """Those of what it speaks of as a thing, whatever is asked of it: `silver` and `layer` in `of the silver layer`."""
    sort: str = ""
    """The sort of thing asked for by a class noun, see `sorts.sort_of`; empty where a value or a kind is asked for."""
    is_treatment: bool = False
    """Whether it asks for a treatment, which is told by its temperature and time."""
    most: float = 1.0
    """The weight of a word that is nowhere in the library."""

    @property
    def unknown(self) -> float:
        """Share of the weight of its weighty words that are nowhere in the library, in any form."""
        total = sum(term.weight for term in self.weighty)
        return sum(term.weight for term in self.weighty if not term.is_known) / total if total else 0.0

    @property
    def property_tokens(self) -> frozenset[str]:
        """Tokens of the properties that the question asks for."""
        asked = [term for term in self.focus if term.token.startswith("p:")]
        return frozenset(token for term in asked for token in (term.token, *term.stand_ins) if token.startswith("p:"))

    @property
    def names(self) -> tuple[Term, ...]:
        """The terms that name a material: formulas and codes."""
        return tuple(term for term in self.terms if term.is_name)

    @property
    def patients(self) -> tuple[Term, ...]:
        """What stands for its things where it speaks of none by its form: names, else its subject, verbs aside."""
        acts = {term.token for term in self.acts}
        return self.things or self.entities or tuple(term for term in self.subject if term.token not in acts)

    @property
    def meant(self) -> frozenset[str]:
        """Its tokens and what stands for them: what is no news in an answer."""
        return frozenset(token for term in self.terms for token in (term.token, *term.stand_ins))

    @property
    def elements(self) -> frozenset[str]:
        """The tokens of the elements it names outside of formulas."""
        return frozenset(
            token for term in self.entities for token in (term.token, *term.stand_ins) if token[:3] == "el:"
        )

    def widened(self, others: Mapping[str, Collection[str]]) -> Question:
        """With what else stands for some of its tokens, wherever they are among its terms."""

        def wide(terms: tuple[Term, ...]) -> tuple[Term, ...]:
            return tuple(
                replace(term, stand_ins=term.stand_ins | set(others[term.token])) if term.token in others else term
                for term in terms
            )

        return replace(
            self,
            terms=wide(self.terms),
            subject=wide(self.subject),
            focus=wide(self.focus),
            entities=wide(self.entities),
            weighty=wide(self.weighty),
            acts=wide(self.acts),
            things=wide(self.things),
        )

    def lack(self, tokens: Collection[str]) -> float:
        """The weight of its terms that a set of tokens does not hold, in words that are nowhere in the library."""
        return sum(term.weight * (1 - term.held(tokens)) for term in self.terms) / self.most if self.most else 0.0

    def share(self, tokens: Collection[str], terms: Collection[Term] | None = None) -> float:
        """Share of the question's weight (or of some of its terms) that a set of tokens holds."""
        chosen = self.terms if terms is None else terms
        total = sum(term.weight for term in chosen)
        return sum(term.weight * term.held(tokens) for term in chosen) / total if total else 0.0
