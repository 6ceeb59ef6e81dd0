"""Prior slopes of several sources that say much the same: together they are worth little more than one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from eutectic.tools.source_term import FloatArray, SourceTerm

_RIDGE = 0.1
_LEAST_PART = 0.1
"""Of a slope alone: no source is silenced before the data speak."""


def joint_slopes(terms: Sequence[SourceTerm], shares: FloatArray, process: FloatArray) -> list[SourceTerm]:
    """The terms of a campaign with slopes that hold beside each other, where each had one that holds alone.

    A slope `b` of a standard score is its correlation with the property. Scores with correlations `R` among them then
    have the regression coefficients `R^-1 b`; here with a little ridge, none larger than alone nor below a tenth of it,
    and variances in proportion. Terms whose slope has no direction stay as they are.

    Args:
        terms: Of any properties.
        shares: `N x n` recipes that stand for the space.
        process: `N x q` process columns of the same.
    """
    found = list(terms)
    for name in {term.property for term in terms}:
        places = [i for i, term in enumerate(terms) if term.property == name and term.slope[0] != 0]
        if len(places) < 2:
            continue
        scores = np.array([np.nan_to_num(terms[i].scores(shares, process)) for i in places])
        if (scores.std(axis=1) < 1e-9).any():
            continue
        alone = np.array([terms[i].slope[0] for i in places])
        together = np.linalg.solve((1 - _RIDGE) * np.corrcoef(scores) + _RIDGE * np.eye(len(places)), alone)
        for i, part in zip(places, np.clip(together / alone, _LEAST_PART, 1.0).tolist(), strict=True):
            mean, sd = terms[i].slope
            found[i] = replace(terms[i], slope=(mean * part, sd * part**0.5))
    return found
