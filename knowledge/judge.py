"""The judgement of statements: a weighted sum that ranks them, and how sure the best one answers the question.

Weights were fitted by `evals/literature_fit.py` on questions about six open papers; its figures leave one paper out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from eutectic.knowledge.features import Features

RANKING = Features(
    words=0.67,
    wide=0.2,
    passage=0,
    focus=0.09,
    name=0.3,
    foreign=-0.27,
    answer=1,
    property=0.33,
    subject=0,
    both=0,
    unknown=0,
    condition=1.51,
    entity=0,
    least=0.19,
    pairs=0.54,
    rank=0.24,
    meaning=0.2,
    row=0,
    long=-0.03,
    silent=-0.5,
    act=0.17,
    asked=0.38,
    thing=0.07,
    near=0.03,
    missing=-1.78,
    stranger=0,
)
"""Weights of the features in the rank of a statement."""
CONFIDENCE = Features(
    words=0.26,
    wide=0.31,
    passage=0.15,
    focus=0.87,
    name=1.3,
    foreign=-0.87,
    answer=0,
    property=0.84,
    subject=0,
    both=0.4,
    unknown=-0.65,
    condition=4.55,
    entity=0.8,
    least=0.11,
    pairs=0.52,
    rank=0.8,
    meaning=0.21,
    row=0.23,
    long=-0.21,
    silent=-1.82,
    act=0.47,
    asked=0.41,
    thing=0,
    near=1.69,
    missing=-0.3,
    stranger=-1.04,
)
"""Weights of the features of the best statement in the log-odds that it answers."""
FLOOR = 0.15
"""Added to a feature before its logarithm is taken."""
OFFSET = -5.54
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
