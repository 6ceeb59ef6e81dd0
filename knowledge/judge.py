"""The judgement of statements: a weighted sum that ranks them, and how sure the best one answers the question.

Weights were fitted by `evals/literature_fit.py` on questions about six open papers; its figures leave one paper out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from eutectic.knowledge.features import Features

RANKING = Features(
    words=0.67,
    wide=0.19,
    passage=0,
    focus=0.11,
    name=0.22,
    foreign=-0.31,
    answer=0.4,
    property=0.26,
    subject=0,
    both=0,
    unknown=0,
    condition=1.38,
    entity=0,
    least=0.17,
    pairs=0.5,
    rank=0.21,
    meaning=0.21,
    row=0,
    long=-0.03,
    silent=-0.5,
    act=0.18,
    asked=0.36,
    thing=0.08,
    near=0.02,
    missing=-1.74,
    stranger=0,
)
"""Weights of the features in the rank of a statement."""
CONFIDENCE = Features(
    words=0.38,
    wide=0.32,
    passage=0.21,
    focus=0.74,
    name=1.37,
    foreign=-0.79,
    answer=0,
    property=0.78,
    subject=0,
    both=0.38,
    unknown=-0.68,
    condition=4.5,
    entity=0.68,
    least=0.19,
    pairs=0.61,
    rank=0.79,
    meaning=0.19,
    row=0.21,
    long=-0.15,
    silent=-2.29,
    act=0.46,
    asked=0.28,
    thing=0,
    near=1.08,
    missing=-0.42,
    stranger=-1.07,
)
"""Weights of the features of the best statement in the log-odds that it answers."""
FLOOR = 0.15
"""Added to a feature before its logarithm is taken."""
OFFSET = -6.55
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
