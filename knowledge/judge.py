"""The judgement of statements: a weighted sum that ranks them, and how sure the best one answers the question.

The weights stand in `judge_weights.toml`, which says what they were fitted on; `eutectic eval literature --refit`
writes such a file.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from importlib.resources import files
from typing import NamedTuple

from eutectic.core.errors import BadInput
from eutectic.knowledge.features import Features

FLOOR = 0.15
"""Added to a feature before its logarithm is taken."""
THRESHOLD = 0.5
"""Confidence from which a question is answered."""


class Weights(NamedTuple):
    """What the features of a statement weigh."""

    ranking: Features
    """In the rank of a statement."""
    confidence: Features
    """In the log-odds that the best statement answers, of the features' logarithms."""
    offset: float
    """Added to those log-odds."""


def read_weights(text: str) -> Weights:
    """The weights of a file as `eutectic eval literature --refit` writes it.

    Raises:
        BadInput: it is no such file, or its features are not those of this version.
    """
    try:
        found = tomllib.loads(text)
        return Weights(
            Features(**{name: float(weight) for name, weight in found["ranking"].items()}),
            Features(**{name: float(weight) for name, weight in found["confidence"].items()}),
            float(found["offset"]),
        )
    except (tomllib.TOMLDecodeError, KeyError, AttributeError, TypeError, ValueError) as error:
        raise BadInput(
            f"these are no weights: {error}", mend="write them by eutectic eval literature --refit"
        ) from error


RANKING, CONFIDENCE, OFFSET = read_weights(
    files("eutectic.knowledge").joinpath("judge_weights.toml").read_text(encoding="utf-8")
)


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
