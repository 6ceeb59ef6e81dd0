"""The judgement of statements: a weighted sum that ranks them, and how sure the best one answers the question.

Weights were fitted by `evals/literature_fit.py` on questions about six open papers, one paper left out at a time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from eutectic.knowledge.features import Features

RANKING = Features(
    words=0.35,
    wide=0.74,
    passage=0,
    focus=0.65,
    name=0,
    foreign=-0.36,
    answer=0.52,
    property=0,
    whole=0,
    subject=0.09,
    both=0,
    unknown=0,
    condition=0.3,
    pairs=0.65,
    rank=0.13,
    meaning=0.52,
    row=0.06,
    long=-0.03,
)
"""Weights of the features in the rank of a statement."""
CONFIDENCE = Features(
    words=1.14,
    wide=1.48,
    passage=1.6,
    focus=1.37,
    name=1.91,
    foreign=-0.1,
    answer=0.26,
    property=1.24,
    whole=0,
    subject=0.59,
    both=0.3,
    unknown=-3.63,
    condition=0.13,
    pairs=0,
    rank=0,
    meaning=0.22,
    row=0,
    long=0,
)
"""Weights of the features of the best statement in the log-odds that it answers."""
OFFSET = -6.5
THRESHOLD = 0.47
"""Confidence from which a question is answered."""


def score(features: Features) -> float:
    """How well a statement answers, for ranking."""
    return _dot(RANKING, features)


def confidence(best: Sequence[Features]) -> float:
    """Probability that the best statement answers the question, from the features of the ranked ones."""
    return 1 / (1 + math.exp(-(OFFSET + _dot(CONFIDENCE, best[0])))) if best else 0.0


def _dot(weights: Features, features: Features) -> float:
    return sum(weight * feature for weight, feature in zip(weights, features, strict=True))
