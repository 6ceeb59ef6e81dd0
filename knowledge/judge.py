"""The judgement of statements: a weighted sum that ranks them, and how sure the best one answers the question.

Weights were fitted by `evals/literature_fit.py` on questions about six open papers; its figures leave one paper out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from eutectic.knowledge.features import Features

RANKING = Features(
    words=0.65,
    wide=0.25,
    passage=0,
    focus=0.15,
    name=0.12,
    foreign=-0.18,
    answer=0.82,
    property=0.22,
    subject=0,
    both=0,
    unknown=0,
    condition=1.38,
    entity=0.19,
    least=0.15,
    pairs=0.57,
    rank=0.32,
    meaning=0.09,
    row=0,
    long=-0.05,
    silent=0,
    act=0.16,
    asked=0.37,
    missing=-1.71,
    stranger=0,
)
"""Weights of the features in the rank of a statement."""
CONFIDENCE = Features(
    words=0.29,
    wide=0.38,
    passage=0.42,
    focus=1.01,
    name=1.79,
    foreign=-1.24,
    answer=0,
    property=1.16,
    subject=0,
    both=0.5,
    unknown=-1.39,
    condition=4.6,
    entity=1.08,
    least=0,
    pairs=0.45,
    rank=0.28,
    meaning=0,
    row=0.45,
    long=0,
    silent=-1.73,
    act=0.73,
    asked=0.31,
    missing=0,
    stranger=-1.13,
)
"""Weights of the features of the best statement in the log-odds that it answers."""
FLOOR = 0.15
"""Added to a feature before its logarithm is taken."""
OFFSET = -6.86
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
