"""The rules of every role: complete, valid for any question, deterministic, and sensible on plain examples."""

import statistics
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from questions import LEFT, asked, candidate, example, generated, result

from eutectic.agents.decisions.catalogue import DECISIONS
from eutectic.agents.decisions.checks import complaints
from eutectic.agents.minds import RulesMind
from eutectic.agents.roles import designer, pi
from eutectic.agents.roles.robust_mean import analyse
from eutectic.core.decision import Decision
from eutectic.core.errors import NotSupported

ALL = [pytest.param(role, name, id=f"{role}-{name}") for role, name in DECISIONS]


def answer(role: Any, name: str, **changes: Any) -> Any:
    return RulesMind().decide(example(role, name, **changes)).value


CLAIM = {
    "passage": "p1", "quote": "The addition of Co increases Bs.", "property": "saturation_induction", "kind": "effect",
    "components": ["Co"], "sign": 1, "low": 0.0, "high": 0.0, "formula": "",
}  # fmt: skip


@pytest.mark.parametrize(("role", "name"), ALL)
@given(data=st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_question_gets_a_valid_answer_and_always_the_same(role: Any, name: str, data: st.DataObject) -> None:
    question = data.draw(generated(role, name))
    first = RulesMind().decide(question)
    assert first.mind == "rules"
    assert question.answer.model_validate(first.value.model_dump(mode="json")) == first.value
    assert RulesMind().decide(question) == first


@pytest.mark.parametrize(("role", "name"), ALL)
def test_the_answer_to_the_plain_example_passes_the_checks(role: Any, name: str) -> None:
    question = example(role, name)
    assert complaints(question, RulesMind().decide(question).value) == []


def test_a_decision_without_a_rule_stops_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(designer, "choose")
    with pytest.raises(NotSupported, match="no rule for the decision 'choose'"):
        RulesMind()


def test_a_rule_of_another_signature_stops_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pi, "frame", pi.review)
    with pytest.raises(NotSupported, match=r"\(FrameContext\) -> Brief"):
        RulesMind()


def test_an_unknown_decision_is_refused() -> None:
    question = example("pi", "frame")
    with pytest.raises(NotSupported, match="no rule"):
        RulesMind().decide(Decision("pi", "dream", "r01/pi/dream", question.context, question.answer))


def test_the_brief_holds_the_numbers_of_the_spec() -> None:
    brief = answer("pi", "frame", prior_observations=7)
    for number in ("20 experiments", "900", "batches of 4", "5 rounds", "Fe 60-85 %", "observations: 7"):
        assert number in brief.summary
    assert "at least 1.6 T" in brief.success
    assert any("simulated" in line for line in brief.risks)
    assert brief.search_terms[0] == "saturation induction Fe Co B"


@pytest.mark.parametrize(
    ("changes", "action", "explore", "quoted"),
    [
        pytest.param({}, "continue", "same", "5 % of the range", id="gain-expected"),
        pytest.param({"stop_reasons": ["trial r03-s01 meets every goal"]}, "stop", "same", "r03-s01", id="stop-rule"),
        pytest.param({"left": {**LEFT, "experiments": 0}}, "stop", "same", "0 experiments", id="no-experiments"),
        pytest.param({"left": {**LEFT, "money": 100.0}}, "stop", "same", "120", id="no-money"),
        pytest.param({"failed_in_a_row": 6}, "ask", "same", "6 trials", id="lab-fails"),
        pytest.param({"rounds_without_gain": 2}, "re_aim", "more", "2 rounds", id="stagnation"),
        pytest.param({"goal_met": True}, "re_aim", "less", "goal is met", id="refine"),
        pytest.param({"rounds_without_gain": 5, "expected_gain": 0.001}, "stop", "same", "0.1 %", id="not-worth-it"),
        pytest.param({"expected_gain": None}, "continue", "same", "not known", id="no-surrogate"),
    ],
)
def test_the_review_acts_on_the_numbers_and_quotes_them(changes: Any, action: str, explore: str, quoted: str) -> None:
    review = answer("pi", "review", **changes)
    assert (review.action, review.explore) == (action, explore)
    assert quoted in review.reason


def test_a_stop_rule_met_by_a_failing_lab_asks_a_person() -> None:
    review = answer("pi", "review", stop_reasons=["3 trials failed in a row"], failed_in_a_row=3)
    assert review.action == "ask"


def test_the_closing_gives_composition_values_units_and_caveats() -> None:
    closing = answer("pi", "close")
    assert "Fe75Co10B15" in closing.headline
    assert "1.58 T" in closing.headline
    assert "goal not met" in closing.headline
    assert any("simulated" in line for line in closing.caveats)
    nothing = answer("pi", "close", best=[], failed=24)
    assert "No usable value in 24 experiments" in nothing.headline


def test_evidence_copies_the_sentence_with_the_number() -> None:
    pick = answer("designer", "evidence")
    assert [item.quote for item in pick.quotes] == ["The saturation\ninduction of Fe80B20 is 1.61 T."]
    assert pick.quotes[0].passage == "p1"


@given(text=st.text(st.characters(exclude_categories=("Cs",)), max_size=300))
@settings(max_examples=50, deadline=None)
def test_quotes_are_always_substrings(text: str) -> None:
    passage = {"id": "p", "document": "d", "page": 1, "text": f"{text}. Coercivity 5 A/m! {text} Fe80B20"}
    question = example("designer", "evidence", passages=[passage])
    for item in RulesMind().decide(question).value.quotes:
        assert item.quote in passage["text"]


def test_the_batch_is_the_optimisers_and_filled_by_merit() -> None:
    choice = answer("designer", "choose")
    assert [trial.candidate for trial in choice.trials] == ["c01", "c02", "c04"]
    assert "reason of c01" in choice.trials[0].why


def test_exploring_more_takes_in_the_most_uncertain_candidate() -> None:
    choice = answer("designer", "choose", explore="more", batch=2)
    assert [trial.candidate for trial in choice.trials] == ["c01", "c03"]
    same = [candidate(n, 0.1, in_batch=n < 3) for n in range(1, 5)]
    choice = answer("designer", "choose", explore="more", batch=2, candidates=same)
    assert [trial.candidate for trial in choice.trials] == ["c01", "c02"]


def test_the_protocol_follows_basis_and_process() -> None:
    solid = answer("coder", "protocol")
    actions = [step.action for step in solid.steps]
    assert actions[0] == "weigh"
    assert actions[-1] == "measure"
    anneal = next(step for step in solid.steps if step.action == "anneal")
    assert [item.name for item in anneal.parameters] == ["anneal_temperature"]
    liquid = answer("coder", "protocol", sample_size="200 ticks of 1 uL")
    assert liquid.steps[0].action == "dispense"


def test_the_analysis_code_runs_as_text_and_resists_an_outlier() -> None:
    scope: dict[str, Any] = {}
    exec(compile(answer("coder", "protocol").analysis_code, "analysis", "exec"), scope)
    found = scope["analyse"]({"Bs": [1.5, 1.51, 1.49, 1.5, 9.0], "Hc": [4.0], "x": [float("nan")]})
    assert found["Bs"]["value"] == pytest.approx(1.5)
    assert found["Bs"]["sd"] == pytest.approx(statistics.stdev([1.5, 1.51, 1.49, 1.5]) / 2)
    assert found["Hc"] == {"value": 4.0}
    assert "x" not in found


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=12))
def test_the_robust_mean_lies_within_the_readings(values: list[float]) -> None:
    found = analyse({"p": values})["p"]
    assert min(values) - 1e-6 <= found["value"] <= max(values) + 1e-6
    assert found.get("sd", 0.0) >= 0


def test_release_holds_on_warnings_blocks_and_short_budget() -> None:
    assert answer("experimenter", "release").action == "release"
    for verdict in ("warn", "block"):
        held = answer("experimenter", "release", checks=[{"name": "stock", "verdict": verdict, "detail": "low"}])
        assert held.action == "hold"
        assert "stock: low" in held.note
    assert answer("experimenter", "release", cost=1000.0).action == "hold"
    assert "0.1 % of the whole (r02-s01)" in answer("experimenter", "release").note


def test_watch_repeats_technical_failures_once() -> None:
    assert answer("experimenter", "watch").repeat == ("r02-s01",)
    assert answer("experimenter", "watch", left={**LEFT, "experiments": 0}).repeat == ()


def test_quality_excludes_what_cannot_be_and_repeats_what_is_far() -> None:
    verdicts = {item.trial: item.verdict for item in answer("analyst", "quality").judgements}
    assert verdicts == {"r02-s02": "repeat", "r02-s03": "exclude", "r02-s04": "keep"}


def test_findings_carry_numbers_and_trust_follows_fit_and_coverage() -> None:
    found = answer("analyst", "findings")
    texts = " ".join(item.text for item in found.findings)
    assert "1.58 T" in texts
    assert "Co raises saturation_induction: 41 %" in texts
    assert "B lowers" not in texts
    assert "67 %" in texts
    assert found.trust == "medium"
    assert answer("analyst", "findings", models=[]).trust == "low"


@pytest.mark.parametrize(
    ("role", "name", "wrong", "expected"),
    [
        ("designer", "choose", {"trials": [{"candidate": "c09", "why": ""}]}, "no candidate 'c09'"),
        ("designer", "choose", {"trials": [{"candidate": "c01", "why": ""}] * 2}, "stands twice"),
        ("designer", "choose", {"trials": []}, "0 given"),
        (
            "designer",
            "choose",
            {"trials": [{"candidate": "", "parts": [{"component": "Xx", "fraction": 0.5}], "why": ""}]},
            "add up to 0.5",
        ),
        ("designer", "evidence", {"quotes": [{"passage": "p1", "quote": "Bs is 9.99 T at best", "why": ""}]}, "copy"),
        ("designer", "claims", {"claims": [CLAIM | {"quote": "Co raises it by much"}]}, "copy"),
        ("designer", "claims", {"claims": [CLAIM | {"passage": "p9"}]}, "no passage 'p9'"),
        ("coder", "protocol", {"analysis_code": "import os\ndef analyse(r): return {}"}, "imports \\['os'\\]"),
        ("coder", "protocol", {"analysis_code": "def analyse(:"}, "not Python"),
        ("coder", "protocol", {"analysis_code": "\0"}, "not Python"),
        ("experimenter", "watch", {"repeat": ["r09-s09"]}, "not a trial you were shown"),
        ("analyst", "quality", {"judgements": [{"trial": "r02-s01", "verdict": "exclude", "reason": ""}]}, "no flag"),
        ("analyst", "findings", {"findings": [{"text": "x", "trials": ["r08-s01"]}]}, "r08-s01"),
        ("pi", "review", {"action": "re_aim", "explore": "same"}, "less or more"),
    ],
)
def test_checks_name_what_an_answer_gets_wrong(role: Any, name: str, wrong: dict[str, Any], expected: str) -> None:
    question = example(role, name)
    plain = RulesMind().decide(question).value.model_dump(mode="json")
    if name == "choose":
        wrong = {"trials": [{"parts": [], "process": [], **item} for item in wrong["trials"]]}
    with pytest.raises(AssertionError, match=expected):
        assert not (found := complaints(question, question.answer.model_validate(plain | wrong))), "; ".join(found)


def test_a_blocked_plan_cannot_be_released() -> None:
    question = example("experimenter", "release", checks=[{"name": "hazard", "verdict": "block", "detail": "As"}])
    released = question.answer.model_validate({"action": "release", "note": ""})
    assert "hazard" in complaints(question, released)[0]


def test_best_of_several_objectives_counts_the_front() -> None:
    question = example("analyst", "findings", best=[result(f"r01-s0{n}", 0.7, 0.1, 1.5) for n in range(1, 4)])
    text = RulesMind().decide(asked("analyst", "findings", question.context)).value.findings[0].text
    assert "2 other trials on the Pareto front" in text
