"""Answers: a reply's text read into the answer type and checked against what was asked."""

from __future__ import annotations

from typing import TypeVar

from pydantic import ValidationError

from eutectic.agents.decisions.checks import complaints
from eutectic.agents.minds.json_text import read_object
from eutectic.agents.minds.trail import one_line
from eutectic.agents.minds.wire import Reply
from eutectic.agents.prompts import message
from eutectic.core.decision import Decision
from eutectic.core.record import Record

T = TypeVar("T", bound=Record)
_MOST_LINES = 10


def read_answer(reply: Reply, question: Decision[T]) -> T | str:
    """The typed answer, or what is wrong with it, for the model to mend."""
    if reply.finish == "length":
        return message("problem_cut")
    if reply.calls:
        return message("problem_no_tools")
    if not reply.text.strip():
        return message("problem_empty")
    try:
        value = question.answer.model_validate(read_object(reply.text))
    except ValidationError as error:
        lines = [
            f"- {'.'.join(str(part) for part in item['loc']) or 'answer'}: {item['msg']} "
            f"(given: {one_line(repr(item['input']), 80)})"
            for item in error.errors(include_url=False)
        ]
        return _list(lines)
    except ValueError as error:
        return f"- {one_line(str(error))}"
    found = complaints(question, value)
    return _list([f"- {line}" for line in found]) if found else value


def _list(lines: list[str]) -> str:
    kept = lines[:_MOST_LINES]
    return "\n".join(kept + ([f"- and {len(lines) - len(kept)} more"] if len(lines) > len(kept) else []))
