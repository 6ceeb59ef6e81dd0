"""A strict YAML reader that keeps the line of every field: plain values only, no surprising types, no double keys."""

from __future__ import annotations

import re
from typing import Any, NamedTuple, TypeAlias

import yaml

from eutectic.core.errors import BadInput

Path: TypeAlias = tuple[str | int, ...]
_MAX_NODES = 200_000
_MAX_DEPTH = 40


class Tree(NamedTuple):
    """Plain values with the line (from 1) on which each stands."""

    value: Any
    lines: dict[Path, int]

    def line(self, path: Path) -> int:
        """The line of a field, or of the nearest one around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class _Loader(yaml.SafeLoader):
    """Reads scalars as YAML 1.2 does: `No`, `on` and `Y` are texts, dates are texts, 010 is ten."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


_BOOL = ("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
_NULL = ("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
_INT = ("tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789"))
_FLOAT = (
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]+)?$"),
    list("-+.0123456789"),
)
for _tag, _pattern, _first in (_BOOL, _NULL, _INT, _FLOAT):
    _Loader.add_implicit_resolver(_tag, _pattern, _first)


class _Dumper(yaml.SafeDumper):
    """Writes with quotes whatever this reader or a YAML 1.1 reader would take for something else than a text."""

    def ignore_aliases(self, data: Any) -> bool:
        """Never write anchors: the reader refuses them."""
        return True


for _tag, _pattern, _first in (_INT, _FLOAT):
    _Dumper.add_implicit_resolver(_tag, _pattern, _first)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    """Rare line breaks are written as escapes, or reading would fold them into spaces."""
    style = '"' if re.search("[\x85\u2028\u2029\r]", value) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def read_tree(text: str, name: str) -> Tree:
    """The values of a YAML text with their lines; `name` is what messages call the file.

    Raises:
        BadInput: wrong syntax, a double key, an anchor, a tag, several documents, or a nesting without end.
    """
    try:
        node = _Loader(text).get_single_node()
    except yaml.YAMLError as error:
        raise _syntax(error, name, text) from None
    except RecursionError:
        raise BadInput("the YAML is nested too deeply", where=name, mend=f"at most {_MAX_DEPTH} levels") from None
    if node is None:
        return Tree(None, {(): 1})
    lines: dict[Path, int] = {}
    return Tree(_value(node, (), lines, name), lines)


def write_tree(value: Any) -> str:
    """Plain values as YAML that `read_tree` reads back unchanged."""
    return str(yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110))


def _syntax(error: yaml.YAMLError, name: str, text: str) -> BadInput:
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    if isinstance(error, yaml.reader.ReaderError):
        return BadInput(
            f"holds a character that YAML forbids (code {error.character!s})",
            where=f"{name}:{text.count(chr(10), 0, error.position) + 1}",
            mend="delete it",
        )
    problem = (error.problem if isinstance(error, yaml.MarkedYAMLError) else None) or "cannot be read"
    where = f"{name}:{mark.line + 1}" if mark else name
    if "\\t" in problem:
        return BadInput("a tab stands where YAML wants spaces", where=where, mend="indent with spaces")
    if "undefined alias" in problem or "expected alphabetic or numeric character" in problem:
        return BadInput(f"wrong YAML: {problem}", where=where, mend="put texts with * or & in quotes")
    if "expected a single document" in str(error):
        return BadInput("several documents in one file", where=where, mend="remove the line ---")
    mend = "check indentation, colons and quotes here and on the line above"
    return BadInput(f"wrong YAML: {' '.join(problem.split())}", where=where, mend=mend)


def _value(node: yaml.Node, path: Path, lines: dict[Path, int], name: str) -> Any:
    line = node.start_mark.line + 1
    lines.setdefault(path, line)
    where = f"{name}:{line}"
    if len(path) > _MAX_DEPTH:
        raise BadInput("the YAML is nested too deeply", where=where, mend=f"at most {_MAX_DEPTH} levels")
    if len(lines) > _MAX_NODES:
        raise BadInput(f"more than {_MAX_NODES} values", where=where, mend="do not use anchors to repeat values")
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines, name)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, index), lines, name) for index, item in enumerate(node.value)]
    return _scalar(node, where)


def _mapping(node: yaml.MappingNode, path: Path, lines: dict[Path, int], name: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise BadInput("a key must be a plain text", where=f"{name}:{line}", mend="write `key: value`")
        key = str(key_node.value)
        if key == "<<":
            raise BadInput("merge keys (<<) are not read", where=f"{name}:{line}", mend="write the fields out")
        if key in values:
            first = lines[(*path, key)]
            raise BadInput(f"key {key!r} stands twice, first on line {first}", where=f"{name}:{line}", mend="keep one")
        lines[(*path, key)] = line
        values[key] = _value(value_node, (*path, key), lines, name)
    return values


def _scalar(node: yaml.Node, where: str) -> Any:
    kind, text = node.tag.rpartition(":")[2], str(node.value)
    if kind == "str":
        return text
    if kind == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if kind == "null":
        return None
    try:
        if kind == "int" and len(text) <= 400:
            return int(text)
        if kind == "float":
            return float(text)
    except ValueError:
        pass
    raise BadInput(f"cannot read {text[:40]!r} with tag {node.tag!r}", where=where, mend="write plain values without !")
