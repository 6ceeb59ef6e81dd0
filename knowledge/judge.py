"""The judgement of statements: a weighted sum that ranks them, and how sure the best one answers the question.

Weights were fitted by `evals/literature_fit.py` on questions about six open papers, one paper left out at a time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from eutectic.knowledge.features import Features

RANKING = Features(
    words=0.4,
    wide=0.49,
    passage=0.39,
    focus=0.4,
    name=0,
    foreign=-0.3,
    answer=0.53,
    property=0,
    whole=0.09,
    subject=0.12,
    both=0,
    unknown=-0,
    condition=0.21,
    pairs=0.48,
    rank=0.11,
    meaning=0.43,
    row=0.27,
)
"""Weights of the features in the rank of a statement."""
CONFIDENCE = Features(
    words=0.97,
    wide=1.32,
    passage=1.9,
    focus=0.76,
    name=1.73,
    foreign=0,
    answer=0.43,
    property=1.43,
    whole=0,
    subject=0.62,
    both=0.22,
    unknown=-3.82,
    condition=0.3,
    pairs=0,
    rank=0,
    meaning=0.22,
    row=0,
)
"""Weights of the features of the best statement in the log-odds that it answers."""
OFFSET = -6.19
THRESHOLD = 0.35
"""Confidence from which a question is answered."""


def score(features: Features) -> float:
    """How well a statement answers, for ranking."""
    return _dot(RANKING, features)


def confidence(best: Sequence[Features]) -> float:
    """Probability that the best statement answers the question, from the features of the ranked ones."""
    return 1 / (1 + math.exp(-(OFFSET + _dot(CONFIDENCE, best[0])))) if best else 0.0


def _dot(weights: Features, features: Features) -> float:
    return sum(weight * feature for weight, feature in zip(weights, features, strict=True))
