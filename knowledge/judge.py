"""The judgement of statements: a weighted sum that ranks them, and how sure the best one answers the question.

Weights were fitted by `evals/literature_fit.py` on questions about six open papers; its figures leave one paper out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from eutectic.knowledge.features import Features

RANKING = Features(
    words=0.64,
    wide=0.2,
    passage=0,
    focus=0.12,
    name=0.14,
    foreign=-0.28,
    answer=0.65,
    property=0.22,
    subject=0.01,
    both=0,
    unknown=0,
    condition=1.37,
    entity=0.04,
    least=0.18,
    pairs=0.48,
    rank=0.27,
    meaning=0.15,
    row=0,
    long=-0.03,
    silent=-0.16,
    act=0.17,
    asked=0.35,
    thing=0.1,
    near=0.01,
    missing=-1.77,
    stranger=0,
)
"""Weights of the features in the rank of a statement."""
CONFIDENCE = Features(
    words=0.47,
    wide=0.3,
    passage=0.2,
    focus=0.8,
    name=1.43,
    foreign=-0.8,
    answer=0,
    property=0.79,
    subject=0,
    both=0.36,
    unknown=-0.69,
    condition=4.48,
    entity=0.62,
    least=0.16,
    pairs=0.63,
    rank=0.81,
    meaning=0.2,
    row=0.27,
    long=-0.14,
    silent=-2.09,
    act=0.47,
    asked=0.29,
    thing=0,
    near=1.11,
    missing=-0.41,
    stranger=-1.08,
)
"""Weights of the features of the best statement in the log-odds that it answers."""
FLOOR = 0.15
"""Added to a feature before its logarithm is taken."""
OFFSET = -6.05
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
