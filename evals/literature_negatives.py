"""Questions that a library cannot answer, made by rule: properties it never speaks of, materials it does not hold."""

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


def made_negatives(library: Library, pairs: Sequence[Pair], n: int, seed: int = 0) -> list[Pair]:
    """About `n` unanswerable questions: half ask of known materials what is never spoken of, half of strangers."""
    draw = random.Random(seed)
    silent = [item.names[0] for item in properties().values() if not library.mentions(token_of(item.name))]
    known = sorted({match for pair in pairs if pair.is_answerable for match in _NAME.findall(pair.question)})
    asked = [pair for pair in pairs if pair.is_answerable and _NAME.search(pair.question)]
    found = []
    for i in range(n):
        if i % 2 and known and silent:
            text = draw.choice(_FORMS).format(property=draw.choice(silent), material=draw.choice(known))
        elif asked:
            pair = draw.choice(asked)
            text = _NAME.sub(draw.choice(_STRANGERS), pair.question)
        else:
            continue
        found.append(Pair(id=f"made{i:03d}", question=text, kind="unanswerable"))
    return found
