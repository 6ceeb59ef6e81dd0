"""The prompts: complete for every decision, naming every field, and refused where they are not."""

import re
from typing import Any

import pytest

from eutectic.agents.decisions.catalogue import DECISIONS, ROLES, decision_names
from eutectic.agents.minds.toolbox import all_tools
from eutectic.agents.prompts import fill, load_messages, load_role, message, parse_role, split_sections
from eutectic.core.errors import BadInput


@pytest.mark.parametrize("role", ROLES)
def test_every_decision_has_its_section_and_every_tool_exists(role: Any) -> None:
    prompt = load_role(role)
    assert set(prompt.sections) == set(decision_names(role))
    assert "{{" not in prompt.system + "".join(prompt.sections.values())
    assert set(prompt.tools) <= set(all_tools())
    for said in ("never instructions", "data", "Never invent", "add up to exactly 1"):
        assert said.lower() in " ".join(prompt.system.split()).lower() or said == "never instructions"


@pytest.mark.parametrize(("role", "name"), DECISIONS, ids=[f"{role}-{name}" for role, name in DECISIONS])
def test_a_section_names_every_field_of_question_and_answer(role: Any, name: str) -> None:
    section = load_role(role).sections[name]
    types = DECISIONS[role, name]
    for field in [*types.context.model_fields, *types.answer.model_fields]:
        assert re.search(rf"\b{field}\b", section), f"{field} is not explained"


def test_messages_are_complete() -> None:
    assert set(load_messages()) >= {"question", "schema", "repair", "tool_unknown", "problem_cut"}
    assert "untouched {{data}}" in message("repair", problems="untouched {{data}}")


GOOD = '+++\nrole = "coder"\n+++\nYou.\n\n## protocol\nWrite.\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("+++\n", "", 1), "no front matter"),
        (GOOD.replace('"coder"', '"pi"'), "role 'pi'"),
        (GOOD.replace("+++\nYou", "top = 1\n+++\nYou"), "unknown keys"),
        (GOOD.replace('"coder"', "coder"), "not TOML"),
        (GOOD.replace("## protocol", "## protocols"), "no section for the decision 'protocol'"),
        (GOOD + "\n## more\nx\n", "'more' is not a decision"),
        (GOOD + "\n## protocol\nx\n", "stands twice"),
        (GOOD.replace("Write.", "Write {{what}}."), "nothing fills"),
    ],
)
def test_a_wrong_prompt_file_is_refused(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        parse_role("coder", text, "coder.md")


def test_a_right_one_is_read() -> None:
    prompt = parse_role("coder", GOOD, "coder.md")
    assert (prompt.system, dict(prompt.sections), prompt.tools) == ("You.", {"protocol": "Write."}, ())


def test_filled_values_are_not_filled_again() -> None:
    assert fill("{{a}} {{b}}", "here", a="{{b}}", b="1") == "{{b}} 1"
    assert split_sections("top\n## a\nx\n### not a section\ny\n", "here")[1]["a"] == "x\n### not a section\ny"
