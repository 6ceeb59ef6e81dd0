"""The materials that a sentence is about: the document's own before phases, baths, gases and what is only added."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eutectic.knowledge.labels import Labels, filled, values_of
from eutectic.knowledge.materials import Material, Mention, find_materials
from eutectic.knowledge.sentence_values import AT_VARIABLE


def _is_additive(text: str, mention: Mention) -> bool:
    """Whether a compound is only added, measured out or replaced: `the addition of MgI2 content`."""
    before, behind = text[max(0, mention.start - 28) : mention.start], text[mention.end : mention.end + 10]
    return bool(
        re.search(
            r"\b(?:addition|content|amount|doping|substitution|presence|excess|increase|layer|phases?) of (?:the )?$",
            before,
        )
    ) or bool(re.match(r"\s(?:content|addition|phase|anion|ligand|group|ion|unit|precipitate)", behind))


def mentioned(text: str, labels: Labels) -> Iterator[Mention]:
    """The materials of a sentence; the document's own before phases, baths and gases."""
    named = {material.composition for material in labels.materials.values() if material.composition is not None}
    found = list(find_materials(text, labels.materials))
    if any(not mention.is_reagent for mention in found):
        found = [mention for mention in found if not mention.is_reagent]
    own = [
        m
        for m in found
        if m.material.label or m.material.composition in named or (m.formula and m.formula.variables) or _is_recipe(m)
    ]
    found = own or [mention for mention in found if not _is_additive(text, mention)] or found
    given = values_of(text)
    for mention in found:
        formula = mention.formula
        if (
            formula is not None
            and formula.variables
            and all(len(given.get(name, ())) == 1 for name in formula.variables)
        ):
            said = ", ".join(f"{name} = {given[name][0]:g}" for name in formula.variables)
            mention = mention._replace(material=filled(formula, said) or mention.material)
        yield mention


def _is_recipe(mention: Mention) -> bool:
    """Whether a formula counts to a hundred, as alloys are written and phases are not."""
    amounts = re.findall(r"[A-Z][a-z]?(\d+(?:\.\d+)?)", mention.material.written)
    return mention.formula is not None and len(amounts) > 1 and 99 <= sum(map(float, amounts)) <= 101


def of_family(mention: Mention, text: str, end: int, place: tuple[int, int]) -> Material:
    """The material a value is about, where its sentence gives a family and the value of its variable.

    Args:
        mention: the family, or any other material, which stays as it is.
        text: the sentence.
        end: where the value with its unit ends: `90 °C at x = 0.1`.
        place: which of how many values it is: `(x = 0, 5 and 10) is 4.1, 5.2 and 7.7 A/m`.
    """
    formula = mention.formula
    if formula is None or len(formula.variables) != 1:
        return mention.material
    name = formula.variables[0]
    said = AT_VARIABLE.match(text, end)
    if said is not None and said["name"] == name:
        return filled(formula, f"{name} = {said['value']}") or mention.material
    listed = values_of(text).get(name, ())
    if len(listed) == place[1] > 1:
        return filled(formula, f"{name} = {listed[place[0]]:g}") or mention.material
    return mention.material
