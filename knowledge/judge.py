"""The judgement of statements: a weighted sum that ranks them, and how sure the best one answers the question.

Weights were fitted by `evals/literature_fit.py` on questions about six open papers; its figures leave one paper out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from eutectic.knowledge.features import Features

RANKING = Features(
    words=0.54,
    wide=0.3,
    passage=0.09,
    focus=0.45,
    name=0,
    foreign=-0.21,
    answer=0.84,
    property=0.09,
    whole=0,
    subject=0.3,
    both=0,
    unknown=0,
    condition=0.85,
    entity=0.24,
    least=0.3,
    pairs=0.66,
    rank=0.11,
    meaning=0.43,
    row=0.05,
    long=0,
)
"""Weights of the features in the rank of a statement."""
CONFIDENCE = Features(
    words=0.5,
    wide=0,
    passage=0.25,
    focus=0.83,
    name=1.85,
    foreign=-0.7,
    answer=0.67,
    property=1.29,
    whole=0,
    subject=0.11,
    both=0.66,
    unknown=-0.77,
    condition=3.05,
    entity=0.84,
    least=0.11,
    pairs=0.31,
    rank=0.12,
    meaning=0,
    row=0,
    long=-0.59,
)
"""Weights of the features of the best statement in the log-odds that it answers."""
FLOOR = 0.15
"""Added to a feature before its logarithm is taken."""
OFFSET = -0.80
THRESHOLD = 0.5
"""Confidence from which a question is answered."""


def score(features: Features) -> float:
    """How well a statement answers, for ranking."""
    return _dot(RANKING, features)


def confidence(best: Sequence[Features]) -> float:
    """Probability that the best statement answers the question, from the features of the ranked ones."""
    return 1 / (1 + math.exp(-(OFFSET + _dot(CONFIDENCE, logarithms(best[0]))))) if best else 0.0


def logarithms(features: Features) -> Features:
    """What the confidence weighs: a feature near 0 tells more against a statement than one near 1 tells for it."""
    return Features(*(math.log(FLOOR + feature) for feature in features))


def _dot(weights: Features, features: Features) -> float:
    return sum(weight * feature for weight, feature in zip(weights, features, strict=True))
