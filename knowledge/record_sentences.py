"""Records from sentences by rules: amounts whose unit fits a property named beside them, linked to a material."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import NamedTuple

from eutectic.knowledge.amounts import Amount
from eutectic.knowledge.conditions import is_calculated, is_computed, read_conditions
from eutectic.knowledge.labels import Labels
from eutectic.knowledge.materials import Material, Mention
from eutectic.knowledge.properties import Property
from eutectic.knowledge.record import Conditions, Flaw, LiteratureRecord, Origin, judged
from eutectic.knowledge.record_values import Reading, read_value
from eutectic.knowledge.sentence_materials import mentioned, of_family
from eutectic.knowledge.sentence_properties import NamedProperty, named_properties
from eutectic.knowledge.sentence_values import RESPECTIVELY, Clause, Value

_LONGEST = 900
_TABLE_LIKE = 0.45
_NUMERIC = re.compile(r"[(\[~<>≈≤≥±+−–-]?\d")
"""A word that is a number, not a formula or a unit with digits in it."""
_BACK = re.compile(r"^(?:It|This|These|The|Its|Their|Such|该|此|其)\b|^(?:该|此|其)")
_NEGATIVE = re.compile(
    r"\b(no (?:glass|glassy phase|amorphous phase|activity|conductivity|precipitates?)(?: (?:was|were|is))?(?: (?:formed|observed|detected|found))?|"
    r"(?:was|were|is|are|could) not (?:be )?(?:detected|observed|formed|measurable)|failed to (?:form|vitrify|crystalli[sz]e)|did not (?:form|vitrify|crystalli[sz]e))\b"
    r"|(未检出|未形成非晶|没有形成非晶|未观察到)",
    re.IGNORECASE,
)
_NEGATED = re.compile(r"\b(?:glass|amorphous|vitrif\w+)\b|非晶|玻璃", re.IGNORECASE)
_ORDINAL = re.compile(r"\b(?:former|latter)\b", re.IGNORECASE)
_COMPARED = re.compile(
    r"\b(?:compar\w+ (?:to|with)|relative to|(?:than|twice|thrice|half|times|exceed\w*|above|below|to|with|from) (?:that|those) (?:of|for)|than|similar to|comparable (?:to|with)|versus|vs\.?|unlike|in contrast to|superior to|instead of)"
    r"(?:\s+\w+){0,4}\s+$|(?:相比于?|比|优于|高于|低于)$",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*(?:,|and|、|和|与|,\s*and)\s*")
_ARE = re.compile(
    r"(?:\s+\w+){0,2}?\s+(?:are|were|amount(?:ed)? to|have|had|show(?:ed)?|exhibit(?:ed)?|possess(?:ed)?|reach(?:ed)?)\b"
    r"|分别为?|为"
)
_OF_TOOL = re.compile(
    r"\s*(?:of|for)\s+the\s+(?:[\w-]+\s+){0,3}(?:balls?|crucibles?|mou?lds?|wheels?|rollers?|dies?|indenters?|jars?|tips?)\b",
    re.IGNORECASE,
)
"""Behind a property: it is a tool's, not a sample's."""
_BOTH = re.compile(r"\b[Bb]oth\s+(?:the\s+)?$")
_ITS = re.compile(r"(?:Its|Their)\b|[该此其]")
_BRACKET = re.compile(r"\s*[(（\[][^()（）\[\]]{0,40}")
_FOR = re.compile(r"\s*\)?\s*(?:for|of|in)\s+(?:the\s+)?(?:\w+\s+){0,2}")


class Sentence(NamedTuple):
    """A sentence with its place."""

    page: int
    text: str


def sentence_records(
    document: str, sentences: Sequence[Sentence], labels: Labels, fallback: Material | None
) -> list[LiteratureRecord]:
    """The records of running text, unchecked; a sentence that names no material takes the one before it in its paragraph."""
    records: list[LiteratureRecord] = []
    before: tuple[Mention, ...] = ()
    before_property: tuple[NamedProperty, ...] = ()
    for sentence in sentences:
        if len(sentence.text) > _LONGEST or _is_table_like(sentence.text):
            before = ()
            continue
        mentions = tuple(mentioned(sentence.text, labels))
        named = tuple(named_properties(sentence.text))
        if named or mentions:
            carried = before_property if _BACK.match(sentence.text) else ()
            reader = _Sentence(
                document, sentence, mentions, before, Clause(sentence.text, named or carried, bool(named)), fallback
            )
            records += reader.records()
        before = mentions[-1:] or (before if _BACK.match(sentence.text) else ())
        before_property = named if named else ()
    return records


def _is_table_like(text: str) -> bool:
    words = text.split()
    numeric = sum(bool(_NUMERIC.match(word)) for word in words)
    return len(words) >= 12 and numeric > _TABLE_LIKE * len(words)


class _Sentence(NamedTuple):
    """One sentence being read."""

    document: str
    sentence: Sentence
    mentions: tuple[Mention, ...]
    before: tuple[Mention, ...]
    clause: Clause
    fallback: Material | None

    def records(self) -> list[LiteratureRecord]:
        """Every amount with a unit that measures a property named here."""
        text = self.sentence.text
        values = self.clause.values()
        grouped = self.clause.in_groups(values, sum(not _is_open(mention) for mention in self.mentions))
        linked = (
            grouped or self.clause.in_order(values) or [(value, self.clause.property_of(value)) for value in values]
        )
        linked = [(value, found) for value, found in linked if found is not None]
        conditions = read_conditions(text)
        by_place = self.clause.temperatures(values, [value for value, _ in linked])
        done = []
        for place, (value, found) in enumerate(linked):
            assert found is not None
            named, item = found
            if (tool := _OF_TOOL.match(text, named.end)) and not any(
                tool.end() <= mention.start < value.amount.start
                and re.search(r"[,;]", text[tool.end() : mention.start])
                for mention in self.mentions
            ):
                continue
            n = sum(not _is_open(mention) for mention in self.mentions) if grouped else len(linked)
            material, flaws = self._material(value, place % n if grouped else place, n)
            if material is None:
                continue
            own = conditions.model_copy(update={"temperature": by_place.get(place, conditions.temperature)})
            for each, doubts in self._both(value) if n == 1 else ():
                if each != material:
                    done.append(self._record(value, named, item, each, doubts, own))
            done.append(self._record(value, named, item, material, flaws, own))
        return done + self._misfits(values, [value for value, _ in linked]) + self._negatives()

    def _misfits(self, values: Sequence[Value], used: Sequence[Value]) -> list[LiteratureRecord]:
        """A property said to be an amount of another quantity: kept, refused."""
        done = []
        for value in values:
            named = next(
                (
                    n
                    for n in self.clause.named
                    if self.clause.is_own
                    and not n.is_symbol
                    and n.end <= value.amount.start
                    and re.fullmatch(r"\s*(?:of|is|was|=|为)?\s*", self.sentence.text[n.end : value.amount.start])
                ),
                None,
            )
            if (
                named is None
                or value in used
                or any(item.to_si(1.0, value.unit) is not None for item in named.candidates)
            ):
                continue
            material, flaws = self._material(value, 0, 1)
            if material is not None:
                reading = read_value(value.amount, value.unit, None, named.candidates[0], named.written, [])
                done.append(
                    self._made(reading, named.written, material, (*flaws, *reading.flaws), Conditions(), "measured")
                )
        return done

    def _material(self, value: Value, place: int, n_values: int) -> tuple[Material | None, list[Flaw]]:
        """The material a value is about: the only one, the one in its place of a list, the nearest before it."""
        own = [mention for mention in self.mentions if not _is_open(mention)]
        words = list(_ORDINAL.finditer(self.sentence.text[: value.amount.start]))
        if len(own) >= 2 and words and value.amount.start - words[-1].end() < 80:
            return judged(own[0 if words[-1][0].lower() == "former" else 1].material)
        at_once = [m for m in own if m.start >= value.end and _FOR.fullmatch(self.sentence.text[value.end : m.start])]
        if at_once:
            return judged(at_once[0].material)
        text, start = self.sentence.text, value.amount.start
        if beside := [m for m in own if m.end <= start and _BRACKET.fullmatch(text[m.end : start])]:
            return judged(beside[0].material)
        if own and value.end <= own[0].start and _ITS.match(text) and self._is_compared(own[0]):
            own, before = [], self.before[-1:]
            if not before:
                return None, []
            material, flaws = judged(before[0].material)
            return material, [*flaws, Flaw(reason="material_from_context", detail="named in the sentence before")]
        own = [mention for mention in own if not self._is_compared(mention)] or own
        if len(own) == n_values > 1 and (RESPECTIVELY.search(text) or self._is_listed(own)):
            return judged(own[place].material)
        if own:
            earlier = [mention for mention in own if mention.end <= value.amount.start]
            directly = [
                m
                for m in own
                if m.start >= value.end
                and re.fullmatch(
                    r"\s*\)?\s*(?:[^.;,]{0,40}?\b(?:for|of|in)\s+(?:the\s+)?)(?:\w+\s+){0,3}",
                    self.sentence.text[value.end : m.start],
                )
            ]
            chosen = (
                directly[0]
                if directly and (not earlier or value.amount.start - earlier[-1].end > 60)
                else (earlier or own)[-1 if earlier else 0]
            )
            return judged(chosen.material)
        if self.mentions:
            return judged(of_family(self.mentions[-1], text, value.end, (place, n_values)))
        if self.before and _BACK.match(self.sentence.text):
            material, flaws = judged(self.before[-1].material)
            return material, [*flaws, Flaw(reason="material_from_context", detail="named in the sentence before")]
        if self.fallback is not None:
            return self.fallback, [Flaw(reason="material_from_context", detail="the only material of the document")]
        return None, []

    def _both(self, value: Value) -> list[tuple[Material, list[Flaw]]]:
        """The two materials of which one value is said: `Both A and B have a density of …`."""
        text = self.sentence.text
        own = [mention for mention in self.mentions if not _is_open(mention) and mention.end <= value.amount.start]
        is_both = len(own) == 2 and len(self.mentions) == 2 and _BOTH.search(text[: own[0].start])
        return [judged(mention.material) for mention in own] if is_both and self._is_listed(own) else []

    def _is_listed(self, own: Sequence[Mention]) -> bool:
        """Whether the materials stand in one list and the values in another behind it: `CdS and CdSe are 2.42 and …`."""
        text = self.sentence.text
        gaps = [text[a.end : b.start] for a, b in itertools.pairwise(own)]
        return all(_AND.fullmatch(gap) for gap in gaps) and bool(_ARE.match(text, own[-1].end))

    def _is_compared(self, mention: Mention) -> bool:
        """Whether a material is only what another one is measured against."""
        return bool(_COMPARED.search(self.sentence.text[max(0, mention.start - 48) : mention.start]))

    def _record(
        self,
        value: Value,
        named: NamedProperty,
        item: Property,
        material: Material,
        flaws: list[Flaw],
        conditions: Conditions,
    ) -> LiteratureRecord:
        reading = read_value(value.amount, value.unit, item, item, named.written, [])
        clause = (
            self.sentence.text[max(0, min(named.start, value.amount.start) - 60) : value.end]
            if self.clause.is_own
            else self.sentence.text
        )
        calculated = is_calculated(clause) or is_computed(self.sentence.text)
        marks = (Flaw(reason="calculated", detail="the sentence says so"),) if calculated else ()
        origin: Origin = "calculated" if calculated else "measured"
        return self._made(reading, named.written, material, (*flaws, *reading.flaws, *marks), conditions, origin)

    def _made(
        self,
        reading: Reading,
        written: str,
        material: Material,
        flaws: tuple[Flaw, ...],
        conditions: Conditions,
        origin: Origin,
    ) -> LiteratureRecord:
        return LiteratureRecord(
            document=self.document,
            page=self.sentence.page,
            quote=self.sentence.text,
            source="text",
            material=material.written,
            label=material.label,
            composition=material.composition,
            basis=material.basis,
            property=reading.property,
            property_written=written,
            conditions=conditions,
            origin=origin,
            flaws=flaws,
            **reading.numbers(),
        )

    def _negatives(self) -> list[LiteratureRecord]:
        """What was looked for and not found: `no glass formed`."""
        text = self.sentence.text
        match = _NEGATIVE.search(text)
        own = [mention for mention in self.mentions if mention.material.composition is not None]
        if match is None or not own:
            return []
        about = (
            "glass formation"
            if _NEGATED.search(text)
            else next((n.written for n in self.clause.named if not n.is_symbol), "")
        )
        if not about:
            return []
        material = own[-1].material
        reading = Reading(Amount(None, "not_detected"), "", 1.0, "", about, match[0])
        return [self._made(reading, match[0], material, (), read_conditions(text), "measured")]


def _is_open(mention: Mention) -> bool:
    return mention.formula is not None and bool(mention.formula.variables) and mention.material.composition is None
