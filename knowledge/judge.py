"""The judgement of statements: a weighted sum that ranks them, and how sure the best one answers the question.

Weights were fitted by `evals/literature_fit.py` on questions about six open papers; its figures leave one paper out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from eutectic.knowledge.features import Features

RANKING = Features(
    words=0.6,
    wide=0.24,
    passage=0.11,
    focus=0.44,
    name=0,
    foreign=-0.17,
    answer=0.84,
    property=0.06,
    whole=0,
    subject=0.34,
    both=0,
    unknown=0,
    condition=1.26,
    entity=0.24,
    least=0.35,
    pairs=0.61,
    rank=0.1,
    meaning=0.4,
    row=0.01,
    long=0,
)
"""Weights of the features in the rank of a statement."""
CONFIDENCE = Features(
    words=0.34,
    wide=0.05,
    passage=0.08,
    focus=1.14,
    name=1.69,
    foreign=-0.72,
    answer=0.8,
    property=1.2,
    whole=0,
    subject=0.42,
    both=0.42,
    unknown=-0.74,
    condition=3.5,
    entity=0.97,
    least=0.15,
    pairs=0.5,
    rank=0.04,
    meaning=0,
    row=0.27,
    long=-0.19,
)
"""Weights of the features of the best statement in the log-odds that it answers."""
FLOOR = 0.15
"""Added to a feature before its logarithm is taken."""
OFFSET = 0.13
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
