"""Terms of microstructure images: foretold from the recipe, honest at recipes that have an image, silent otherwise."""

from __future__ import annotations

import numpy as np
import pytest

from eutectic.tools.image_term import LEAST_IMAGES, Seen, image_terms
from eutectic.tools.source_term import SourceTerm


def recipes(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet((2.0, 2.0, 2.0), n)


def seen(n: int, seed: int = 0, noise: float = 0.05) -> Seen:
    shares = recipes(n, seed)
    values = np.sin(3 * shares[:, 0]) + noise * np.random.default_rng(seed + 1).standard_normal(n)
    rounds = np.arange(n) // 4 + 1
    return Seen(shares, np.zeros((n, 0)), rounds, {"intercept": values})


def terms(given: Seen) -> list[SourceTerm]:
    stand_in = recipes(400, 99)
    return image_terms(["hardness"], given, stand_in, np.zeros((400, 0)))[0]


def test_a_measure_is_foretold_at_recipes_without_an_image() -> None:
    (term,) = terms(seen(40))
    new = recipes(200, 5)
    scores = term.scores(new, np.zeros((200, 0)))
    assert np.corrcoef(scores, np.sin(3 * new[:, 0]))[0, 1] > 0.95
    assert abs(float(scores.mean())) < 0.5 and 0.5 < float(scores.std()) < 1.5
    assert term.kind == "images" and term.slope[0] == 0


def test_at_a_recipe_with_an_image_the_score_is_what_the_others_foretell() -> None:
    given = seen(30, noise=0.05)
    odd = given.measures["intercept"].copy()
    odd[7] += 3.0
    (plain,), (moved,) = terms(given), terms(given._replace(measures={"intercept": odd}))
    nothing = np.zeros((1, 0))
    one = given.shares[[7]]
    raised = float(moved.raw(one, nothing)[0]) * float(odd.std()) + float(odd.mean())
    before = given.measures["intercept"]
    level = float(plain.raw(one, nothing)[0]) * float(before.std()) + float(before.mean())
    assert abs(raised - level) < 0.5


def test_before_a_round_only_images_of_earlier_rounds_are_known() -> None:
    given = seen(24)
    (term,) = terms(given)
    assert term.before is not None and term.before(2) is None
    early = term.before(4)
    assert early is not None
    late = given.measures["intercept"].copy()
    late[given.rounds >= 4] = -9.0
    new, nothing = recipes(50, 3), np.zeros((50, 0))
    (other,) = terms(given._replace(measures={"intercept": late})) or (None,)
    if other is not None and other.before is not None and (again := other.before(4)) is not None:
        held = np.corrcoef(again.raw(new, nothing), early.raw(new, nothing))[0, 1]
        assert held > 0.9


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (seen(LEAST_IMAGES - 1), "are needed"),
        (seen(30, noise=50.0), "correlation"),
        (seen(30)._replace(measures={"intercept": np.full(30, 2.0)}), "the same in every image"),
    ],
)
def test_a_measure_that_says_nothing_is_named_with_its_reason(given: Seen, why: str) -> None:
    found, unused = image_terms(["hardness"], given, recipes(200, 9), np.zeros((200, 0)))
    assert found == [] and why in unused[0].reason


def test_many_repeats_of_one_recipe_are_no_fault() -> None:
    given = seen(30)
    same = given._replace(shares=np.tile(given.shares[:1], (30, 1)))
    found, unused = image_terms(["hardness"], same, recipes(200, 9), np.zeros((200, 0)))
    assert len(found) + len(unused) == 1
