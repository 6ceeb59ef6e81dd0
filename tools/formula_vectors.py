"""Element vectors learned from a list of formulas: elements found in the same chemical environments come out alike.

Atom2Vec: Zhou, Tang, Liu, Pan, Yan and Zhang 2018, *Learning atoms for materials discovery*, PNAS 115, E6411,
DOI 10.1073/pnas.1801181115. The environment of an element in a compound is what stands beside it, with amounts;
the matrix of elements and environments is factorised by singular values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray

from eutectic.core.elements import elements
from eutectic.core.errors import BadInput
from eutectic.core.formula import parse_formula

FloatArray = NDArray[np.float64]
_LEAST_SEEN = 2
"""Elements that share an environment, at least; others tie nothing together."""


@dataclass(frozen=True)
class ElementVectors:
    """A vector for each element that was seen."""

    symbols: tuple[str, ...]
    vectors: FloatArray
    """`E x k`, rows of unit length."""
    n_formulas: int
    """Distinct formulas they were learned from."""
    n_environments: int

    def vector(self, symbol: str) -> FloatArray | None:
        """The `k` numbers of an element; None where it was not seen."""
        return self.vectors[self.symbols.index(symbol)] if symbol in self.symbols else None

    def nearest(self, symbol: str, n: int = 3) -> tuple[str, ...]:
        """The `n` elements most alike by cosine; empty where the element was not seen."""
        own = self.vector(symbol)
        if own is None:
            return ()
        order = np.argsort(-(self.vectors @ own), kind="stable")
        return tuple(self.symbols[i] for i in order if self.symbols[i] != symbol)[:n]


def learn_vectors(formulas: Iterable[str], k: int = 20) -> ElementVectors:
    """Vectors of `k` numbers from formulas such as `Fe2O3`; repeated ones count once, unreadable ones not at all.

    Rows of unit length are factorised (beside plain shares, mutual information and inverse frequency they gave the best
    groups); the sign of each singular vector is fixed by its largest entry: the same list gives the same numbers.

    Raises:
        BadInput: fewer than three elements share an environment.
    """
    pairs: Counter[tuple[str, str]] = Counter()
    distinct = sorted(set(formulas))
    for text in distinct:
        pairs.update(_pairs(text))
    shared = Counter(environment for _, environment in pairs)
    kept = {pair: n for pair, n in pairs.items() if shared[pair[1]] >= _LEAST_SEEN}
    symbols = sorted({symbol for symbol, _ in kept}, key=lambda name: elements()[name].number)
    environments = {name: i for i, name in enumerate(sorted({environment for _, environment in kept}))}
    if len(symbols) < 3:
        raise BadInput("too few formulas share an element's surroundings", mend="give a longer list of formulas")
    counts = np.zeros((len(symbols), len(environments)))
    place = {name: i for i, name in enumerate(symbols)}
    for (symbol, environment), n in kept.items():
        counts[place[symbol], environments[environment]] = n
    return ElementVectors(tuple(symbols), _factors(_weighted(counts), k), len(distinct), len(environments))


def _pairs(text: str) -> list[tuple[str, str]]:
    """Element and environment of each element of a compound, amounts in lowest terms."""
    try:
        amounts = parse_formula(text)
    except BadInput:
        return []
    if len(amounts) < 2 or any(value != int(value) for value in amounts.values()):
        return []
    whole = {name: int(value) for name, value in amounts.items()}
    common = gcd(*whole.values())
    found = []
    for symbol, n in whole.items():
        rest = "".join(f"{name}{m // common}" for name, m in sorted(whole.items()) if name != symbol)
        found.append((symbol, f"{n // common}|{rest}"))
    return found


def _weighted(counts: FloatArray) -> FloatArray:
    """Rows of `E x M` counts made of length 1, so that a much studied element counts no more than a rare one."""
    return np.asarray(counts / np.linalg.norm(counts, axis=1, keepdims=True), dtype=np.float64)


def _factors(matrix: FloatArray, k: int) -> FloatArray:
    """`E x k` unit rows of `U sqrt(S)`, by the eigenvectors of the small Gram matrix."""
    values, vectors = np.linalg.eigh(matrix @ matrix.T)
    order = np.argsort(-values)[:k]
    factors = vectors[:, order] * np.maximum(values[order], 0.0) ** 0.25
    factors *= np.sign(factors[np.abs(factors).argmax(axis=0), np.arange(factors.shape[1])])
    return np.asarray(factors / np.maximum(np.linalg.norm(factors, axis=1, keepdims=True), 1e-12), dtype=np.float64)
