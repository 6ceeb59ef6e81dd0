"""The element vectors that come with Eutectic, learned from 34,631 formulas, and what they say of likeness."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

import numpy as np

from eutectic.core.elements import element
from eutectic.core.errors import BadInput
from eutectic.core.record import Record, significant
from eutectic.core.tool import tool
from eutectic.tools.formula_vectors import ElementVectors


class Likeness(Record):
    """An element that occurs in the same chemical surroundings as another."""

    symbol: str
    cosine: float
    """1: the same surroundings; 0: nothing in common."""


@cache
def element_vectors() -> ElementVectors:
    """The vectors of `element_vectors.csv`.

    `eutectic bench elements --learn` makes them from the formulas of the transport table in the matminer wheel 0.10.1
    (Ricci et al. 2017, DOI 10.1038/sdata.2017.85): compounds calculated in the Materials Project.
    """
    text = files("eutectic.tools").joinpath("element_vectors.csv").read_text(encoding="utf-8")
    rows = list(csv.reader(text.splitlines()))
    vectors = np.array([[float(cell) for cell in row[1:]] for row in rows[1:]])
    return ElementVectors(tuple(row[0] for row in rows[1:]), vectors, 34_631, 13_818)


@tool
def similar_elements(symbol: str, n: int = 5) -> list[Likeness]:
    """Elements that stand in for one another in known compounds, most alike first: ideas for a substitution.

    Learned from which compounds exist, not from any property: check the idea against evidence before using it.

    Args:
        symbol: Element symbol such as Co.
        n: How many, 1 to 20.
    """
    if not 1 <= n <= 20:
        raise BadInput(f"n is {n}", mend="ask for 1 to 20 elements")
    vectors = element_vectors()
    own = vectors.vector(element(symbol).symbol)
    if own is None:
        raise BadInput(f"no vector was learned for {symbol!r}: no compound of it is in the list")
    names = vectors.nearest(symbol, n)
    cosines = [float(vectors.vectors[vectors.symbols.index(name)] @ own) for name in names]
    return [Likeness(symbol=name, cosine=significant(value, 3)) for name, value in zip(names, cosines, strict=True)]
