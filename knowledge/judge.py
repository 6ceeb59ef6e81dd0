"""The judgement of statements: a weighted sum that ranks them, and how sure the best one answers the question.

Weights were fitted by `evals/literature_fit.py` on questions about six open papers; its figures leave one paper out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from eutectic.knowledge.features import Features

RANKING = Features(
    words=0.65,
    wide=0.26,
    passage=0.13,
    focus=0.4,
    name=0,
    foreign=-0.17,
    answer=0.84,
    property=0.01,
    whole=0,
    subject=0.29,
    both=0,
    unknown=0,
    condition=1.35,
    entity=0.26,
    least=0.34,
    pairs=0.59,
    rank=0.1,
    meaning=0.4,
    row=0.01,
    long=0,
    silent=0,
)
"""Weights of the features in the rank of a statement."""
CONFIDENCE = Features(
    words=0.25,
    wide=0.43,
    passage=0.07,
    focus=1.06,
    name=1.7,
    foreign=-0.75,
    answer=0,
    property=1.07,
    whole=0,
    subject=0.21,
    both=0.39,
    unknown=-0.79,
    condition=3.55,
    entity=0.98,
    least=0.19,
    pairs=0.53,
    rank=0,
    meaning=0.05,
    row=0.27,
    long=-0.17,
    silent=-1.06,
)
"""Weights of the features of the best statement in the log-odds that it answers."""
FLOOR = 0.15
"""Added to a feature before its logarithm is taken."""
OFFSET = -1.90
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
