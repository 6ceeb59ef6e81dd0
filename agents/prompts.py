"""Prompts: one Markdown file a role, read with its front matter and checked when it is loaded."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from eutectic.agents.decisions.catalogue import decision_names
from eutectic.core.errors import BadInput
from eutectic.core.spec import Role

_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_HEADING = re.compile(r"^## +(\S.*?) *$", re.MULTILINE)
_FRONT = re.compile(r"\A\+\+\+\n(.*?)\n\+\+\+\n(.*)\Z", re.DOTALL)
_KEYS = {"role", "tools", "temperature"}


@dataclass(frozen=True)
class RolePrompt:
    """What a language model is told that plays a role."""

    role: Role
    tools: tuple[str, ...]
    """Names of the tools it may call."""
    temperature: float | None
    """Where neither the spec nor the settings say one; the endpoint's own where it is None."""
    system: str
    sections: Mapping[str, str]
    """Instructions by the name of the decision."""


@cache
def load_role(role: Role) -> RolePrompt:
    """The prompt of a role.

    Raises:
        BadInput: the file lacks its front matter or a decision's section, has one too many, or holds a template
            variable that nothing fills.
    """
    where = f"agents/roles/{role}.md"
    return parse_role(role, _read(f"{role}.md"), where)


def parse_role(role: Role, text: str, where: str) -> RolePrompt:
    """A role's prompt from the text of its file; see `load_role`."""
    match = _FRONT.match(text.replace("\r\n", "\n"))
    if match is None:
        raise BadInput("no front matter", where=where, mend="begin the file with TOML between two lines of +++")
    front = _front_matter(match[1], role, where)
    body = fill(match[2], where, conventions=_read("_conventions.md").strip())
    system, sections = split_sections(body, where)
    wanted = set(decision_names(role))
    for name in sorted(wanted - set(sections)):
        raise BadInput(f"no section for the decision {name!r}", where=where, mend=f"add a heading '## {name}'")
    for name in sorted(set(sections) - wanted):
        raise BadInput(f"{name!r} is not a decision of {role}", where=where, mend=f"use one of {sorted(wanted)}")
    return RolePrompt(role, tuple(front.get("tools", ())), front.get("temperature"), system, sections)


@cache
def load_messages() -> Mapping[str, str]:
    """Templates of the messages that frame a question, by name."""
    return split_sections(_read("_messages.md"), "agents/roles/_messages.md")[1]


def message(name: str, **values: str) -> str:
    """A message of `_messages.md` with its variables filled.

    Raises:
        BadInput: a variable has no value, or a value no variable.
    """
    return fill(load_messages()[name], f"agents/roles/_messages.md, {name}", **values)


def fill(template: str, where: str, **values: str) -> str:
    """The template with every `{{name}}` replaced; what a value holds is never looked at again.

    Raises:
        BadInput: a variable has no value.
    """
    unknown = sorted(set(_VARIABLE.findall(template)) - set(values))
    if unknown:
        raise BadInput(f"nothing fills the template variables {unknown}", where=where, mend="delete or rename them")
    return _VARIABLE.sub(lambda found: values[found[1]], template)


def split_sections(text: str, where: str) -> tuple[str, Mapping[str, str]]:
    """The text before the first `## name`, and the text of each section by name.

    Raises:
        BadInput: a name stands twice, or a section is empty.
    """
    parts = _HEADING.split(text)
    sections: dict[str, str] = {}
    for name, body in zip(parts[1::2], parts[2::2], strict=True):
        if name in sections or not body.strip():
            raise BadInput(f"section {name!r} is empty or stands twice", where=where, mend="write it once")
        sections[name] = body.strip()
    return parts[0].strip(), MappingProxyType(sections)


def _front_matter(text: str, role: Role, where: str) -> dict[str, Any]:
    try:
        front = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"the front matter is not TOML: {error}", where=where) from error
    unknown = sorted(set(front) - _KEYS)
    if unknown or front.get("role") != role:
        raise BadInput(
            f"the front matter says role {front.get('role')!r} and has unknown keys {unknown}",
            where=where,
            mend=f'write role = "{role}" and only {sorted(_KEYS)}',
        )
    return front


def _read(name: str) -> str:
    return files("eutectic.agents.roles").joinpath(name).read_text(encoding="utf-8")
