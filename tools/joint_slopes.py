"""Prior slopes of several sources that say much the same: together they are worth little more than one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from eutectic.tools.source_term import FloatArray, SourceTerm


def joint_slopes(terms: Sequence[SourceTerm], shares: FloatArray, process: FloatArray) -> list[SourceTerm]:
    """The terms of a campaign with slopes that hold beside each other, where each had one that holds alone.

    Of `k` sources with the same score each keeps one `k`-th of its slope; one whose score goes with no other keeps all:
    a slope is divided by the sum of the absolute correlations of its score with those of the same property, itself
    among them, and its variance likewise. Regression coefficients would give nearly all to the one most trusted, and
    leave nothing where that one turns out wrong. Terms whose slope has no direction stay as they are.

    Args:
        terms: Of any properties.
        shares: `N x n` recipes that stand for the space.
        process: `N x q` process columns of the same.
    """
    found = list(terms)
    for name in {term.property for term in terms}:
        places = [i for i, term in enumerate(terms) if term.property == name and term.slope[0] != 0]
        scores = np.array([np.nan_to_num(terms[i].scores(shares, process)) for i in places])
        if len(places) < 2 or (scores.std(axis=1) < 1e-9).any():
            continue
        alike = np.abs(np.corrcoef(scores)).sum(axis=1)
        for i, part in zip(places, (1 / alike).tolist(), strict=True):
            mean, sd = terms[i].slope
            found[i] = replace(terms[i], slope=(mean * part, sd * part**0.5))
    return found
