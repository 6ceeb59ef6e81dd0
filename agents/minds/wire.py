"""The wire format: a chat completion's body read into a reply, or refused with the reason."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class WireCall:
    """A tool call as the model asked for it."""

    id: str
    name: str
    arguments: str
    """JSON text, not checked yet."""


@dataclass(frozen=True)
class Reply:
    """What a model answered once."""

    text: str
    refusal: str
    finish: str
    calls: tuple[WireCall, ...]
    tokens_in: int | None
    """None where the endpoint does not say."""
    tokens_out: int | None


def read_reply(body: bytes) -> Reply:
    """The first choice of a chat completion.

    Raises:
        ValueError: the body is not a chat completion; the message says why.
    """
    try:
        whole = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise ValueError("the body is not JSON") from None
    if not isinstance(whole, dict):
        raise ValueError("the body is not a JSON object")
    if whole.get("error"):
        error = whole["error"]
        raise ValueError(f"it says: {error.get('message') if isinstance(error, dict) else error}")
    choices = whole.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise ValueError("the body has no choices")
    message = choices[0].get("message")
    if not isinstance(message, dict):
        raise ValueError("the choice has no message")
    usage = whole.get("usage") if isinstance(whole.get("usage"), dict) else {}
    return Reply(
        text=_text(message.get("content")),
        refusal=_text(message.get("refusal")),
        finish=str(choices[0].get("finish_reason") or ""),
        calls=tuple(_calls(message.get("tool_calls"))),
        tokens_in=_tokens(usage, "prompt_tokens"),
        tokens_out=_tokens(usage, "completion_tokens"),
    )


def _text(content: Any) -> str:
    """Content as text; servers send a text, nothing, or a list of parts."""
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _calls(given: Any) -> list[WireCall]:
    calls = []
    for number, item in enumerate(given if isinstance(given, list) else []):
        function = item.get("function") if isinstance(item, dict) else None
        if isinstance(function, dict):
            arguments = function.get("arguments")
            text = arguments if isinstance(arguments, str) else json.dumps(arguments or {})
            calls.append(WireCall(str(item.get("id") or f"call_{number}"), str(function.get("name")), text))
    return calls


def _tokens(usage: Any, name: str) -> int | None:
    value = usage.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**9 else None
