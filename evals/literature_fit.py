"""Fit of the weights of `knowledge/judge.py`: statements ranked by a softmax, confidence by a logistic regression.

Figures are of questions on papers that the weights have not seen: one paper is left out at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eutectic.core.record import Record
from eutectic.evals.literature_data import Pair
from eutectic.evals.literature_negatives import made_negatives
from eutectic.knowledge.features import Features
from eutectic.knowledge.genome import wilson
from eutectic.knowledge.judge import CONFIDENCE, FLOOR, OFFSET
from eutectic.knowledge.library import Library

FloatArray = NDArray[np.float64]
_PULL_RANKING, _PULL_CONFIDENCE = 8.0, 1.0
"""How strongly weights are held to what is believed of them without data."""
_BELIEVED = {
    "silent": -2.5, "thing": 1.0, "entity": 1.5, "near": 2.5, "stranger": -1.0, "name": 1.5, "condition": 3.0,
}  # fmt: skip
"""Weights of the confidence believed without data; 0 for the others."""
_EXPECTED = {
    "words": 0.7, "name": 0.3, "foreign": -0.3, "property": 0.3, "condition": 1.5, "pairs": 0.5, "rank": 0.2,
    "meaning": 0.2, "asked": 0.4, "missing": -1.8,
}  # fmt: skip
"""Weights of the ranking believed without data; 0 for the others."""
_SET = {"silent": -0.5, "answer": 1.0}
"""Weights in the ranking that are not fitted: few right answers lack the kind of thing that is asked for."""
_ELSEWHERE = 0.5
"""Weight of a question with an answer asked of the other papers alone, which do not answer it."""
_MADE = 150
"""Unanswerable questions made by rule that serve the fit only."""
_NEGATIVE = ("foreign", "unknown", "long", "silent", "missing", "stranger")


@dataclass(frozen=True)
class Case:
    """A question with the graded statements of its search."""

    pair: Pair
    features: FloatArray
    """`n x d`, best statement first by the weights in force."""
    is_right: NDArray[np.bool_]
    """Which statements stand on the page and hold the answer."""
    pages: tuple[tuple[str, int], ...]
    fold: str


class Fitted(Record):
    """Fitted weights."""

    ranking: tuple[float, ...]
    confidence: tuple[float, ...]
    offset: float


class Held(Record):
    """What held on questions of papers that were left out."""

    hit_1: float
    answered_right: float
    """Share of the answerable whose first statement holds the answer, on its page."""
    abstained: float
    refused: float
    answerable: int
    unanswerable: int
    intervals: dict[str, tuple[float, float]] = {}
    """Wilson's 95 % interval of each share, where there were questions."""


def cases(library: Library, pairs: Sequence[Pair]) -> list[Case]:
    """Search every question; unanswerable ones are dealt out to the papers in turn."""
    papers = sorted(document.name for document in library.documents())
    found, dealt = [], 0
    for pair in pairs:
        graded = library.rank(pair.question).graded
        fold = pair.doc or pair.about or papers[dealt % len(papers)]
        dealt += pair.doc is None and pair.about is None
        on_page = [(item.statement.document == pair.doc and item.statement.page in pair.pages) for item in graded]
        right = [
            there and pair.is_answered_by(item.statement.text) for there, item in zip(on_page, graded, strict=True)
        ]
        found.append(
            Case(
                pair,
                np.array([item.features for item in graded], dtype=np.float64).reshape(
                    len(graded), len(Features._fields)
                ),
                np.array(right if any(right) else on_page, dtype=bool),
                tuple((item.statement.document, item.statement.page) for item in graded),
                fold,
            )
        )
    return found


def made_cases(library: Library, pairs: Sequence[Pair]) -> list[Case]:
    """Questions that the library cannot answer, made by rule; they serve the fit only."""
    return cases(library, made_negatives(library, pairs, _MADE))


def fit(found: Sequence[Case]) -> Fitted:
    """Weights for ranking and for confidence; every feature but a foreign name speaks for a statement or not at all."""
    ranking = _fit_ranking([case for case in found if case.is_right.any()])
    confidence, offset = _fit_confidence(found, ranking)
    return Fitted(ranking=tuple(ranking), confidence=tuple(confidence), offset=offset)


def leave_one_out(library: Library, pairs: Sequence[Pair], tell: Callable[[str], None] = lambda _: None) -> Held:
    """The whole of it: search every question and as many made ones, fit without each paper, judge its questions."""
    tell(f"grading {len(pairs) + _MADE} questions for the fits")
    found, others = cases(library, pairs), made_cases(library, pairs)
    tell("fitting without each paper")
    return leave_one_paper_out(found, others)


def leave_one_paper_out(found: Sequence[Case], made: Sequence[Case] = ()) -> Held:
    """Fit on all papers but one and judge the questions of that one, for each paper; `made` serve the fits only."""
    hit, right, answerable, abstained, refused, unanswerable = 0, 0, 0, 0, 0, 0
    for fold in sorted({case.fold for case in found}):
        weights = fit([case for case in (*found, *made) if case.fold != fold])
        for case in (case for case in found if case.fold == fold):
            best, sure = judge(case, weights)
            if case.pair.is_answerable:
                answerable += 1
                refused += sure < 0.5
                hit += best is not None and case.pages[best] in {(case.pair.doc, page) for page in case.pair.pages}
                right += best is not None and bool(case.is_right[best])
            else:
                unanswerable += 1
                abstained += sure < 0.5
    n, m = max(1, answerable), max(1, unanswerable)
    counts = {
        "hit_1": (hit, answerable),
        "answered_right": (right, answerable),
        "abstained": (abstained, unanswerable),
        "refused": (refused, answerable),
    }
    return Held(
        hit_1=hit / n,
        answered_right=right / n,
        abstained=abstained / m,
        refused=refused / n,
        answerable=answerable,
        unanswerable=unanswerable,
        intervals={name: wilson(hits, of) for name, (hits, of) in counts.items() if of},
    )


def judge(case: Case, weights: Fitted) -> tuple[int | None, float]:
    """Place of the best statement under some weights, and the confidence in it."""
    if not len(case.features):
        return None, 0.0
    best = int(np.argmax(case.features @ np.array(weights.ranking)))
    logit = weights.offset + float(_told(case.features[best]) @ np.array(weights.confidence))
    return best, float(1 / (1 + np.exp(-logit)))


def _told(features: FloatArray) -> FloatArray:
    """Features as the confidence weighs them, see `judge.logarithms`."""
    return np.asarray(np.log(FLOOR + features))


def _bounds() -> list[tuple[float | None, float | None]]:
    return [(None, 0.0) if name in _NEGATIVE else (0.0, None) for name in Features._fields]


def _fit_ranking(found: Sequence[Case]) -> FloatArray:
    from scipy.optimize import minimize

    scale = 6.0

    def loss(weights: FloatArray) -> tuple[float, FloatArray]:
        total, slope = 0.0, np.zeros_like(weights)
        for case in found:
            scores = scale * (case.features @ weights)
            scores -= scores.max()
            mass = np.exp(scores)
            right = np.where(case.is_right, mass, 0.0)
            total -= float(np.log(right.sum() / mass.sum()))
            slope -= scale * case.features.T @ (right / right.sum() - mass / mass.sum())
        away = weights - start
        return total + _PULL_RANKING * float(away @ away), slope + 2 * _PULL_RANKING * away

    start = np.array([_EXPECTED.get(name, 0.0) for name in Features._fields])
    bounds = _bounds()
    for name, weight in _SET.items():
        start[Features._fields.index(name)] = weight
        bounds[Features._fields.index(name)] = (weight, weight)
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x)


def _told_rows(found: Sequence[Case], ranking: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """What the confidence is fitted on: features of best statements, whether they answer, and their weight.

    A question with an answer counts twice: as it is, and without its paper, where nothing answers it.
    """
    rows, labels, weight = [], [], []
    for case in found:
        if not len(case.features):
            continue
        scores = case.features @ ranking
        rows.append(case.features[int(np.argmax(scores))])
        labels.append(float(case.pair.is_answerable))
        weight.append(1.0)
        elsewhere = np.array([document != case.pair.doc for document, _ in case.pages])
        if case.pair.is_answerable and elsewhere.any():
            rows.append(case.features[int(np.argmax(np.where(elsewhere, scores, -np.inf)))])
            labels.append(0.0)
            weight.append(_ELSEWHERE)
    return _told(np.array(rows)), np.array(labels), np.array(weight)


def _fit_confidence(found: Sequence[Case], ranking: FloatArray) -> tuple[FloatArray, float]:
    from scipy.optimize import minimize

    rows, labels, weight = _told_rows(found, ranking)
    of_each = np.where(labels > 0, weight[labels > 0].sum(), weight[labels == 0].sum())
    weight = weight / np.maximum(of_each, 1e-9) * len(found) / 2
    believed = np.array([*(_BELIEVED.get(name, 0.0) for name in Features._fields), 0.0])

    def loss(parameters: FloatArray) -> tuple[float, FloatArray]:
        logits = rows @ parameters[:-1] + parameters[-1]
        chance = 1 / (1 + np.exp(-logits))
        total = float(weight @ (np.logaddexp(0, logits) - labels * logits))
        away = weight * (chance - labels)
        slope = np.append(rows.T @ away, away.sum())
        pulled = np.append(parameters[:-1], 0.0) - believed
        return total + _PULL_CONFIDENCE * float(pulled @ pulled), slope + 2 * _PULL_CONFIDENCE * pulled

    start = np.array([*CONFIDENCE, OFFSET])
    done = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[*_bounds(), (None, None)])
    return np.asarray(done.x[:-1]), float(done.x[-1])
