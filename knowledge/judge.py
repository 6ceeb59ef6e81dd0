"""The judgement of statements: a weighted sum that ranks them, and how sure the best one answers the question.

Weights were fitted by `evals/literature_fit.py` on questions about six open papers; its figures leave one paper out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from eutectic.knowledge.features import Features

RANKING = Features(
    words=0.34,
    wide=0.75,
    passage=0,
    focus=0.65,
    name=0,
    foreign=-0.36,
    answer=0.52,
    property=0,
    whole=0,
    subject=0.1,
    both=0,
    unknown=0,
    condition=0.31,
    pairs=0.66,
    rank=0.13,
    meaning=0.52,
    row=0.06,
    long=-0.03,
)
"""Weights of the features in the rank of a statement."""
CONFIDENCE = Features(
    words=1.17,
    wide=1.54,
    passage=1.64,
    focus=1.5,
    name=1.85,
    foreign=-0.1,
    answer=0.34,
    property=1.1,
    whole=0,
    subject=0.65,
    both=0.26,
    unknown=-3.86,
    condition=0.08,
    pairs=0,
    rank=0,
    meaning=0.04,
    row=0.02,
    long=0,
)
"""Weights of the features of the best statement in the log-odds that it answers."""
OFFSET = -6.45
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
