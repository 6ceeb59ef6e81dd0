"""The dialect of an endpoint: which optional fields of a request it takes, learned from its refusals."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Literal

Rung = Literal["json_schema", "json_object", "text"]
_NEXT: dict[Rung, Rung | None] = {"json_schema": "json_object", "json_object": "text", "text": None}
_SMALLEST_ANSWER = 1024
_ABOUT_LENGTH = re.compile(
    r"context.{0,10}(length|window|size)|too (long|large|many tokens)|max_(completion_)?tokens", re.I
)


@dataclass(frozen=True)
class Dialect:
    """What is sent; each refusal takes one thing away, so that it ends."""

    rung: Rung = "json_schema"
    tools: bool = True
    temperature: bool = True
    limit_name: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    renamed: bool = False
    most_out: int = 16_384

    def fields(
        self,
        *,
        schema: dict[str, Any],
        schema_name: str,
        temperature: float | None,
        tools: list[dict[str, Any]],
        may_call: bool,
        limit: int,
    ) -> dict[str, Any]:
        """The optional fields of a request in this dialect."""
        fields: dict[str, Any] = {self.limit_name: limit}
        if self.rung == "json_schema":
            inner = {"name": schema_name, "strict": True, "schema": schema}
            fields["response_format"] = {"type": "json_schema", "json_schema": inner}
        elif self.rung == "json_object":
            fields["response_format"] = {"type": "json_object"}
        if temperature is not None and self.temperature:
            fields["temperature"] = temperature
        if tools and self.tools:
            fields |= {"tools": tools, "tool_choice": "auto" if may_call else "none"}
        return fields

    def without(self, refusal: str, sent: dict[str, Any]) -> Dialect | None:
        """The dialect to try next after a 400 with this text; None where nothing is left to take away."""
        text = refusal.lower()
        if "max_completion_tokens" in text and "max_tokens" in sent and not self.renamed:
            return replace(self, limit_name="max_completion_tokens", renamed=True)
        if "temperature" in text and "temperature" in sent:
            return replace(self, temperature=False)
        if "tools" in sent and re.search(r"\btool", text):
            return replace(self, tools=False)
        if _ABOUT_LENGTH.search(text):
            smaller = self.most_out // 4
            return replace(self, most_out=smaller) if smaller >= _SMALLEST_ANSWER else None
        below = _NEXT[self.rung]
        return None if below is None else replace(self, rung=below)
