"""The toolbox of a decision: the tools a role may call, how often, and what each call gave."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from eutectic.agents.minds.json_text import strict_loads
from eutectic.agents.minds.trail import Trail, one_line
from eutectic.agents.minds.wire import WireCall
from eutectic.agents.prompts import message
from eutectic.core.decision import ToolCall
from eutectic.core.errors import EutecticError, NotSupported
from eutectic.core.record import canonical_json
from eutectic.core.tool import TOOLS, Tool

_MAX_CALLS = 6
_MAX_RESULT = 20_000
_DECLARES = re.compile(r"^@tool$", re.MULTILINE)
_HOMES = ("eutectic.tools", "eutectic.knowledge")


@cache
def all_tools() -> Mapping[str, Tool]:
    """Every tool of the tools and knowledge folders, by name; only modules that declare one are imported."""
    for home in _HOMES:
        for file in sorted(files(home).iterdir(), key=lambda item: item.name):
            if file.name.endswith(".py") and _DECLARES.search(file.read_text(encoding="utf-8")):
                import_module(f"{home}.{file.name.removesuffix('.py')}")
    return MappingProxyType(dict(TOOLS))


def tools_named(names: Sequence[str]) -> dict[str, Tool]:
    """The tools of these names.

    Raises:
        NotSupported: a name is not that of a tool.
    """
    if not names:
        return {}
    known = {**all_tools(), **TOOLS}
    missing = [name for name in names if name not in known]
    if missing:
        raise NotSupported(f"no tools {missing}", mend=f"list only {sorted(known)} in the role's front matter")
    return {name: known[name] for name in names}


class Toolbox:
    """Runs the calls of one decision; closed after six calls or a repeated one."""

    def __init__(self, tools: Mapping[str, Tool], trail: Trail) -> None:
        self._tools, self._trail = tools, trail
        self._seen: set[str] = set()
        self.is_open = bool(tools)

    def schemas(self) -> list[dict[str, Any]]:
        """The tools as the endpoint takes them."""
        return [item.schema() for item in self._tools.values()]

    def run(self, calls: Sequence[WireCall]) -> list[dict[str, Any]]:
        """A tool message for each call, in order."""
        return [{"role": "tool", "tool_call_id": call.id, "content": self._run(call)} for call in calls]

    def _run(self, call: WireCall) -> str:
        if not self.is_open or len(self._trail.tools) >= _MAX_CALLS:
            self.is_open = False
            self._trail.note(f"tool {call.name} not called: the limit of {_MAX_CALLS} calls or a repeat closed them")
            return message("tools_closed", limit=str(_MAX_CALLS))
        arguments, result, is_error = self._outcome(call)
        name = one_line(call.name, 64)
        self._trail.tools.append(ToolCall(tool=name, arguments=arguments, result=result, is_error=is_error))
        if len(self._trail.tools) >= _MAX_CALLS:
            self.is_open = False
        return result

    def _outcome(self, call: WireCall) -> tuple[dict[str, Any], str, bool]:
        """Arguments, result and whether it is an error; a tool's own fault is told to the model and recorded."""
        try:
            arguments = strict_loads(call.arguments or "{}")
        except ValueError as error:
            return {}, message("tool_bad_json", tool=one_line(call.name, 64), reason=str(error)), True
        if not isinstance(arguments, dict):
            return {}, message("tool_bad_json", tool=one_line(call.name, 64), reason="not an object"), True
        found = self._tools.get(call.name)
        if found is None:
            names = ", ".join(self._tools)
            return arguments, message("tool_unknown", tool=one_line(call.name, 64), tools=names), True
        key = canonical_json([call.name, arguments])
        if key in self._seen:
            self.is_open = False
            return arguments, message("tool_repeated", tool=call.name), True
        self._seen.add(key)
        try:
            return arguments, _shortened(found.call(arguments)), False
        except EutecticError as error:
            return arguments, message("tool_failed", tool=call.name, reason=str(error)), True
        except Exception as error:  # a tool's own fault must not end the campaign; it is recorded
            reason = f"{type(error).__name__}: {one_line(str(error))}"
            return arguments, message("tool_failed", tool=call.name, reason=reason), True


def _shortened(result: str) -> str:
    if len(result) <= _MAX_RESULT:
        return result
    return result[:_MAX_RESULT] + f" … [{len(result) - _MAX_RESULT} characters left out]"
