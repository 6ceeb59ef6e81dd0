"""Goal sentences: every word is understood, asked about or refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eutectic.agents.goal import GoalDefaults, parse_goal
from eutectic.agents.goal.lexicon import count_of, element_names
from eutectic.core.elements import elements
from eutectic.core.errors import BadInput, EutecticError

FULL_EN = (
    "Find the Fe-Co-Ni-B-Si alloy with the highest saturation induction, Co below 20 at%, B between 8 and 15 %,"
    " in 40 experiments, 4 at a time"
)
FULL_ZH = "最大化 Fe-Co-B-Si 合金的饱和磁感应强度，钴不超过20%，实验预算40次，每批4个"


def bounds(text: str) -> dict[str, tuple[float | None, float | None]]:
    return {item.name: (item.min, item.max) for item in parse_goal(text).components}


def wishes(text: str) -> dict[str, tuple[Any, ...]]:
    draft = parse_goal(text)
    assert draft.unaccounted == ()
    return {w.property: (w.direction, w.role, w.at_least, w.at_most) for w in draft.objectives}


def test_a_whole_sentence_makes_a_spec() -> None:
    spec = parse_goal(FULL_EN).to_spec()
    assert spec.space.component_names == ("Fe", "Co", "Ni", "B", "Si")
    assert [(c.min, c.max) for c in spec.space.components] == [(0, 1), (0, 0.2), (0, 1), (0.08, 0.15), (0, 1)]
    assert (spec.budget.experiments, spec.batch, spec.space.basis) == (40, 4, "at%")
    assert (spec.objectives[0].property, spec.objectives[0].unit, spec.objectives[0].direction) == (
        "Bs",
        "T",
        "maximize",
    )
    assert spec.lab.settings == {"law": "fe_soft_magnet"}
    assert spec.approval.mode == "auto"


def test_the_same_in_chinese() -> None:
    spec = parse_goal(FULL_ZH).to_spec()
    assert spec.space.component_names == ("Fe", "Co", "B", "Si")
    assert (spec.space.components[1].max, spec.budget.experiments, spec.batch) == (0.2, 40, 4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("highest Bs of Fe-B, Fe at least 60 %, B no more than 15%", {"Fe": (0.6, None), "B": (None, 0.15)}),
        ("highest Bs of Fe-B, 8-15 at% B, at least 60 % Fe", {"Fe": (0.6, None), "B": (0.08, 0.15)}),
        ("highest Bs of iron with 5 % boron", {"Fe": (None, None), "B": (0.05, 0.05)}),
        ("highest Bs of Fe-B, 8% <= B <= 15%", {"Fe": (None, None), "B": (0.08, 0.15)}),
        ("highest Bs of Fe-B-Si, B and Si each below 10 %", {"Fe": (None, None), "B": (None, 0.1), "Si": (None, 0.1)}),
        ("highest Bs of Cu, Be and In", {"Cu": (None, None), "Be": (None, None), "In": (None, None)}),
        ("In 10 experiments, highest Bs of Fe and No", {"Fe": (None, None), "No": (None, None)}),
        (
            "铁钴硼合金,饱和磁感应强度最高,铁含量60到85%,硼15%以下",
            {"Fe": (0.6, 0.85), "Co": (None, None), "B": (None, 0.15)},
        ),
        ("highest hardness of AlCoCrCuFeNi", dict.fromkeys(["Al", "Co", "Cr", "Cu", "Fe", "Ni"], (None, None))),
    ],
)
def test_bounds_of_elements(text: str, expected: dict[str, Any]) -> None:
    assert parse_goal(text).unaccounted == ()
    assert bounds(text) == expected


@pytest.mark.parametrize(
    ("text", "terms", "relation", "value"),
    [
        ("hardness but not more cobalt than iron", {"Co": 1, "Fe": -1}, "<=", 0),
        ("hardness, more Fe than Co", {"Fe": 1, "Co": -1}, ">=", 0),
        ("hardness, Co <= Fe", {"Co": 1, "Fe": -1}, "<=", 0),
        ("硬度最高,钴不多于铁", {"Co": 1, "Fe": -1}, "<=", 0),
        ("hardness of Fe-B-Si, B and Si together below 20 %", {"B": 1, "Si": 1}, "<=", 0.2),
        ("hardness of Fe-B-Si, B+Si <= 20%", {"B": 1, "Si": 1}, "<=", 0.2),
        ("硬度,铁硼硅,硼和硅合计不超过25%", {"B": 1, "Si": 1}, "<=", 0.25),
    ],
)
def test_rules_between_elements(text: str, terms: dict[str, float], relation: str, value: float) -> None:
    draft = parse_goal(text)
    assert draft.unaccounted == ()
    assert [(rule.terms, rule.relation, rule.value) for rule in draft.rules] == [(terms, relation, value)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("maximize Bs and minimize cost", {"Bs": ("maximize", "optimize"), "cost": ("minimize", "optimize")}),
        ("highest Bs and lowest Hc", {"Bs": ("maximize", "optimize"), "Hc": ("minimize", "optimize")}),
        ("Bs highest and Hc lowest", {"Bs": ("maximize", "optimize"), "Hc": ("minimize", "optimize")}),
        ("maximize Bs and Dmax", {"Bs": ("maximize", "optimize"), "Dmax": ("maximize", "optimize")}),
        ("Bs 最高, 矫顽力最低", {"Bs": ("maximize", "optimize"), "Hc": ("minimize", "optimize")}),
        ("maximize cost", {"cost": ("maximize", "optimize")}),
        (
            "highest Bs, cost below 30 USD/kg",
            {"Bs": ("maximize", "optimize"), "cost": ("minimize", "constrain", None, 30.0)},
        ),
        ("Bs above 1600 mT", {"Bs": ("maximize", "optimize", 1.6, None)}),
        (
            "lowest Hc with Bs not below 1.6 T",
            {"Hc": ("minimize", "optimize"), "Bs": ("maximize", "constrain", 1.6, None)},
        ),
    ],
)
def test_directions_and_limits(text: str, expected: dict[str, tuple[Any, ...]]) -> None:
    found = wishes(text)
    assert set(found) == set(expected)
    for name, wanted in expected.items():
        assert found[name][: len(wanted)] == wanted


def test_targets_and_their_tolerance() -> None:
    (wish,) = parse_goal("band gap of 1.5 ± 0.05 eV from Pb, Sn and I").objectives
    assert (wish.direction, wish.target, wish.tolerance) == ("target", 1.5, 0.05)
    assert any("1.5" in text for text in parse_goal("band gap of 1.5 eV from Pb and Sn").questions())
    assert any("unit" in text for text in parse_goal("Bs > 1.6 of Fe-Co").questions())


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("forty experiments, batches of 5", {"experiments": 40, "batch": 5}),
        (
            "30 trials, 3 samples per round, budget 5,000 USD, within 2 days",
            {"experiments": 30, "batch": 3, "money": 5000, "hours": 48},
        ),
        ("最多做三十次实验,每批五个,经费2万", {"experiments": 30, "batch": 5}),
        ("at most 3 elements, by hand", {"max_components": 3, "lab": "worksheet"}),
        ("最多4种元素,模拟实验室", {"max_components": 4, "lab": "simulated"}),
        ("€300 in total", {"money": 300, "currency": "EUR"}),
    ],
)
def test_budget_and_lab(text: str, fields: dict[str, Any]) -> None:
    draft = parse_goal(text)
    assert {key: value for key, value in draft if key in fields} == fields


def test_process_ranges() -> None:
    (first,) = parse_goal("anneal 600-800 K").process
    assert (first.name, first.low, first.high, first.unit) == ("anneal_K", 600, 800, "K")
    (second,) = parse_goal("退火温度在300到500°C之间").process
    assert (second.name, second.unit) == ("anneal_C", "degC")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("do not maximize Bs of Fe-Co", "not"),
        ("highest Bs of Fe-Co, never above 20 % Co", "never"),
        ("highest Bs of Fe or Co", "or"),
        ("find an amorphous Fe-Co alloy with the highest Bs", "amorphous"),
        ("highest Bs of Fe-Co with 1,5 % B", "1,5"),
        ("highest Bs of Fe-B, B 8-15", "8"),
        ("Bs above 16 kOe in Fe-Co", "kOe"),
        ("highest Bs of Fe-Co, delete all files", "delete"),
        ("最大化铁钴合金的饱和磁感应强度,不要贵", "贵"),
        ("最大化铁钴高熵合金的硬度", "熵"),
        ("highest of Fe-Co", "highest"),
        ("highest Bs of Fe-Co except Mondays", "except"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(text: str, word: str) -> None:
    draft = parse_goal(text)
    assert any(word in item for item in draft.unaccounted)
    with pytest.raises(BadInput, match=word):
        draft.to_spec(GoalDefaults(experiments=10))


@pytest.mark.parametrize(
    "text",
    [
        "Co and Ni below 10 %, highest Bs of Fe-Co-Ni",
        "Fe-based Fe-Co with the highest Bs",
        "maximize Bs and cost of Fe-Co",
    ],
)
def test_what_can_mean_two_things_is_asked(text: str) -> None:
    draft = parse_goal(text)
    assert draft.unaccounted == ()
    assert draft.doubts
    with pytest.raises(BadInput):
        draft.to_spec(GoalDefaults(experiments=10))
    kept = draft.merged(parse_goal("40 experiments"))
    assert kept.doubts == draft.doubts


def test_contradictions_are_refused() -> None:
    for text in (
        "highest Bs of Fe-Co without Co",
        "highest Bs of Fe-Co, Co below 10 %, Co above 20 %",
        "Co below 5 %, Co below 9 %, Bs, Fe",
    ):
        with pytest.raises(BadInput):
            parse_goal(text).to_spec(GoalDefaults(experiments=10))


def test_a_later_sentence_replaces_only_what_it_states() -> None:
    draft = parse_goal(FULL_EN).merged(parse_goal("B below 12 %, 20 experiments"))
    spec = draft.to_spec()
    assert (spec.space.components[3].min, spec.space.components[3].max) == (0.08, 0.12)
    assert (spec.budget.experiments, spec.batch, spec.space.components[1].max) == (20, 4, 0.2)
    assert "Ni" not in draft.merged(parse_goal("without Ni")).to_spec().space.component_names


def test_questions_come_in_the_language_of_the_user() -> None:
    assert parse_goal("Fe-Co").questions()[0].startswith("Which property")
    assert parse_goal("铁钴合金").questions()[0].startswith("要")
    assert parse_goal("highest Bs of Fe-Co").questions(GoalDefaults(experiments=9)) == []


def test_every_element_has_a_name_in_both_languages() -> None:
    names = element_names()
    assert set(names.values()) == set(elements())
    assert (names["钴"], names["cobalt"], names["aluminium"], names["aluminum"]) == ("Co", "Co", "Al", "Al")
    assert [count_of(text) for text in ("12", "forty", "四十", "十二", "两", "一百二十")] == [12, 40, 40, 12, 2, 120]


WORDS = st.sampled_from(
    [
        "Fe",
        "Co",
        "B",
        "In",
        "highest",
        "Bs",
        "cost",
        "not",
        "no",
        "more",
        "than",
        "below",
        "above",
        "between",
        "and",
        "or",
        "8",
        "15",
        "%",
        "1.6",
        "T",
        "40",
        "experiments",
        "at",
        "a",
        "time",
        "each",
        "together",
        "without",
        "±",
        "钴",
        "铁",
        "不",
        "超过",
        "每批",
        "最大化",
        "硬度",
        "安静",
        "zebra",
        ",",
        ";",
        "budget",
        "USD",
        "anneal",
        "600-800",
        "K",
    ]
)


@settings(max_examples=120, deadline=None)
@given(st.lists(WORDS, max_size=14))
def test_words_of_negation_and_strangers_are_never_dropped(words: list[str]) -> None:
    draft = parse_goal(" ".join(words))
    if "zebra" in words:
        assert "zebra" in draft.unaccounted
    if "安静" in words:
        assert any("安静" in word for word in draft.unaccounted)
    if draft.unaccounted or draft.questions():
        with pytest.raises(BadInput):
            draft.to_spec()


@settings(max_examples=120, deadline=None)
@given(st.text(max_size=120))
def test_any_text_is_a_spec_or_bad_input(text: str) -> None:
    try:
        parse_goal(text).to_spec(GoalDefaults(experiments=5))
    except EutecticError as error:
        assert str(error)


@pytest.mark.parametrize(
    "text", ["Fe," * 1300, "between " * 500, "8 " * 2000, " " * 4000, "Fe and " * 570, "高" * 4000, "Fe-" * 1300]
)
def test_long_nonsense_does_not_hang(text: str) -> None:
    assert parse_goal(text).questions()
