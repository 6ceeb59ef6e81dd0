"""Questions that a library cannot answer, made by rule: properties and materials it does not hold, other conditions."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from eutectic.evals.literature_data import Pair
from eutectic.knowledge.concepts import token_of
from eutectic.knowledge.library import Library
from eutectic.knowledge.properties import properties

_FORMS = (
    "What is the {property} of {material}?",
    "What {property} does {material} have?",
    "Which {property} was measured for {material}?",
    "How high is the {property} of {material}?",
)
_NAME = re.compile(
    r"(?<![\w(])(?:[A-Z]{1,3}\d{1,3}|EN AW-\d{4}[A-Z]?|\d{4}[A-Z]|(?:[A-Z][a-z]?[\d.]*){2,}\d[\d.]*|FeNCN|SMACT)"
    r"(?![\w(.])"
)
_STRANGERS = (
    "Fe73.5Cu1Nb3Si13.5B9", "Zr55Cu30Al10Ni5", "LaNi5H6", "7075", "Inconel 718", "YBa2Cu3O7", "HX37", "XQ5", "ZSM-5",
    "polystyrene", "LiFePO4", "CsPbBr3", "Pd40Ni40P20", "hydroxyapatite", "316L", "AlCoCrFeNi", "graphene", "TZ12",
)  # fmt: skip


_QUANTITY = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?=\s?(?:mm|cm|µm|um|nm|g|kg|K|°?C|s|min|h|rpm|m/s|at\.?%|wt\.?%)\b)")
_OTHER = (1.7, 0.37, 2.9)
"""Factors that make another quantity of one."""


def made_negatives(library: Library, pairs: Sequence[Pair], n: int, seed: int = 0) -> list[Pair]:
    """About `n` unanswerable questions: of what is never spoken of, of strangers, and under conditions nobody met.

    Each names the document of the question it was made from, so that a fit can leave both out together.
    """
    draw = random.Random(seed)
    silent = [item.names[0] for item in properties().values() if not library.mentions(token_of(item.name))]
    answerable = [pair for pair in pairs if pair.is_answerable]
    named = [pair for pair in answerable if _NAME.search(pair.question)]
    measured = [pair for pair in answerable if _QUANTITY.search(pair.question)]
    found = []
    for i in range(n):
        made = _made(draw, i % 3, silent, named, measured)
        if made is not None:
            text, source = made
            found.append(Pair(id=f"made{i:03d}", question=text, kind="unanswerable", about=source.doc))
    return found


def _made(
    draw: random.Random, way: int, silent: Sequence[str], named: Sequence[Pair], measured: Sequence[Pair]
) -> tuple[str, Pair] | None:
    if way == 0 and named and silent:
        pair = draw.choice(named)
        material = draw.choice(_NAME.findall(pair.question))
        return draw.choice(_FORMS).format(property=draw.choice(silent), material=material), pair
    if way == 1 and named:
        pair = draw.choice(named)
        return _NAME.sub(draw.choice(_STRANGERS), pair.question), pair
    if way == 2 and measured:
        pair = draw.choice(measured)
        factor = draw.choice(_OTHER)
        return _QUANTITY.sub(lambda match: f"{float(match[0]) * factor:.3g}", pair.question), pair
    return None
