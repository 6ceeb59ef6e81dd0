"""Replay, recordings, the fallback and the choice of a mind."""

import json
from pathlib import Path
from typing import Any

import pytest
from fake_endpoint import Clock, completion, error, serving
from questions import LEFT, example, spec

from eutectic.agents.decisions.catalogue import DECISIONS
from eutectic.agents.minds import FallbackMind, ModelMind, ReplayMind, RulesMind, open_mind
from eutectic.agents.recording import RecordedDecision, decision_payload, read_recording, write_recording
from eutectic.core.decision import Answer, Usage
from eutectic.core.errors import BadInput, BadSetting, EutecticError, ReplayDrift
from eutectic.core.notebook.view import Spent
from eutectic.core.settings import Settings


def recorded() -> list[RecordedDecision]:
    """Every decision, as if a model had answered it."""
    items = []
    for role, name in DECISIONS:
        question = example(role, name)
        value = RulesMind().decide(question).value
        answer = Answer(value, "model", "fake-1", Usage(calls=2, tokens_in=5, tokens_out=7, money=0.1), (), ("429",))
        items.append(RecordedDecision.model_validate(decision_payload(question, answer)))
    return items


def test_a_recording_survives_the_file(tmp_path: Path) -> None:
    write_recording(tmp_path / "recording.jsonl", recorded())
    assert read_recording(tmp_path / "recording.jsonl") == recorded()


def test_replayed_payloads_are_the_recorded_bytes(tmp_path: Path) -> None:
    path = tmp_path / "recording.jsonl"
    write_recording(path, recorded())
    mind = ReplayMind(path)
    for item in recorded():
        question = example(item.role, item.name)
        assert decision_payload(question, mind.decide(question)) == item.model_dump(mode="json")


def test_another_question_is_a_drift_with_a_diff() -> None:
    with pytest.raises(ReplayDrift) as caught:
        ReplayMind(recorded()).decide(example("pi", "review", round=4))
    lines = str(caught.value).splitlines()
    assert any(line.startswith("-") and '"round": 3' in line for line in lines)
    assert any(line.startswith("+") and '"round": 4' in line for line in lines)
    assert "r01/pi/review" in lines[0]


def test_a_long_diff_is_cut() -> None:
    changes = {"findings": [str(number) for number in range(500)]}
    with pytest.raises(ReplayDrift) as caught:
        ReplayMind(recorded()).decide(example("pi", "review", **changes))
    assert len(str(caught.value).splitlines()) <= 42


def test_what_is_not_recorded_drifts_or_goes_to_the_other_mind() -> None:
    with pytest.raises(ReplayDrift, match="no such decision"):
        ReplayMind([]).decide(example("pi", "frame"))
    assert ReplayMind([], otherwise=RulesMind()).decide(example("pi", "frame")).mind == "rules"


def test_an_answer_that_no_longer_fits_is_a_drift() -> None:
    item = recorded()[0]
    with pytest.raises(ReplayDrift, match="no longer fits"):
        ReplayMind([item.model_copy(update={"answer": {"summary": 3}})]).decide(example(item.role, item.name))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2: not a line of JSON"),
        ('{"role": "pi"}', "line 2: not a recorded decision"),
        ("[1]", "line 2: not a recorded decision"),
        ("[" * 10**5, "line 2"),
    ],
    ids=["torn", "missing", "array", "deep"],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "recording.jsonl"
    write_recording(path, recorded()[:1])
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(BadInput, match=said):
        read_recording(path)


def test_a_slot_twice_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "recording.jsonl"
    write_recording(path, recorded()[:1] * 2)
    with pytest.raises(BadInput, match="line 2: slot 'r01/pi/frame' stands twice"):
        read_recording(path)
    with pytest.raises(BadInput, match="cannot read"):
        read_recording(tmp_path / "none.jsonl")


def model(url: str, **changes: Any) -> ModelMind:
    return ModelMind(Settings(model="m", base_url=url), spec(**changes), Spent, sleep=Clock())


def test_a_failed_model_is_replaced_by_the_rules_and_says_so() -> None:
    with serving(completion("no")) as endpoint:
        inner = model(endpoint.url)
        answer = FallbackMind(inner, RulesMind()).decide(example("pi", "review"))
        inner.close()
    assert answer.value == RulesMind().decide(example("pi", "review")).value
    assert (answer.mind, answer.usage.calls, len(answer.attempts)) == ("rules", 3, 3)
    assert "no valid answer after 2 repairs" in answer.fallback


def test_exhausted_caps_fall_back_to_the_rules() -> None:
    with serving(completion("no")) as endpoint:
        inner = model(endpoint.url, budget={"experiments": 5, "model_calls": 0})
        answer = FallbackMind(inner, RulesMind()).decide(example("pi", "review"))
        inner.close()
    assert answer.mind == "rules"
    assert "all 0 model calls" in answer.fallback
    assert endpoint.requests == []


def test_a_dead_endpoint_is_asked_three_times_and_then_no_more() -> None:
    with serving(error(401)) as endpoint:
        inner = model(endpoint.url)
        mind = FallbackMind(inner, RulesMind())
        answers = [mind.decide(example("pi", "review", round=number)) for number in range(1, 6)]
        inner.close()
    assert len(endpoint.requests) == 3
    assert [answer.usage.calls for answer in answers] == [1, 1, 1, 0, 0]
    assert "not asked again after 3 failures" in answers[4].fallback
    assert "EUTECTIC_API_KEY" in answers[4].fallback


def test_a_good_answer_forgives_earlier_failures() -> None:
    review = RulesMind().decide(example("pi", "review")).value.model_dump(mode="json")
    steps = [error(401), error(401), completion(review)]
    with serving(*steps, *steps) as endpoint:
        inner = model(endpoint.url)
        mind = FallbackMind(inner, RulesMind())
        minds = [mind.decide(example("pi", "review", round=number)).mind for number in range(1, 7)]
        inner.close()
    assert minds == ["rules", "rules", "model"] * 2


ROLES = ("pi", "designer", "coder", "experimenter", "analyst")
OWN = {role: {"model": "m", "base_url": "http://127.0.0.1:1/v1"} for role in ROLES}


@pytest.mark.parametrize(
    ("mind", "settings", "name"),
    [
        ({"kind": "auto"}, {}, "rules"),
        ({"kind": "auto"}, {"model": "m"}, "rules"),
        ({"kind": "auto"}, {"model": "m", "base_url": "http://127.0.0.1:1/v1"}, "model"),
        ({"kind": "auto"}, {"model": "m", "api_key": "k"}, "model"),
        ({"kind": "rules"}, {"model": "m", "api_key": "k"}, "rules"),
        ({"kind": "model", "roles": OWN}, {}, "model"),
    ],
)
def test_the_mind_follows_spec_and_settings(mind: dict[str, Any], settings: dict[str, Any], name: str) -> None:
    assert open_mind(spec(mind=mind), Settings.model_validate(settings), Spent).name == name


def test_a_model_without_settings_names_the_variables() -> None:
    with pytest.raises(BadSetting, match="EUTECTIC_MODEL and EUTECTIC_BASE_URL or EUTECTIC_API_KEY"):
        open_mind(spec(mind={"kind": "model"}), Settings(), Spent)


def test_payloads_are_json() -> None:
    question = example("experimenter", "watch", left={**LEFT, "money": None})
    payload = decision_payload(question, RulesMind().decide(question))
    assert json.loads(json.dumps(payload)) == payload
    assert payload["digest"] == question.digest
    assert issubclass(ReplayDrift, EutecticError)
