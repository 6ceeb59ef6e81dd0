"""Spec files: YAML checked against the campaign spec, with every complaint naming its line, its field and the mend."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from eutectic.agents.spec_complaints import complain, suggest_element
from eutectic.agents.yaml_tree import Tree, read_tree, write_tree
from eutectic.core.elements import is_element
from eutectic.core.errors import BadInput, InfeasibleSpace
from eutectic.core.spec import CampaignSpec, KnowledgeSpec, MindKind

_MAX_BYTES = 1_000_000
_FILE_SETTINGS = ("table", "card")
"""Lab settings that name a file beside the spec."""


def load_spec(path: Path) -> CampaignSpec:
    """The campaign spec of a YAML file, with its relative paths resolved against the file's folder.

    Raises:
        BadInput: the file cannot be read or used; the message holds file, line, field and mend.
        InfeasibleSpace: no composition satisfies the space; the message names the constraints that clash.
    """
    name = path.name
    tree = read_tree(_read(path), name)
    if not isinstance(tree.value, dict):
        what = "the file is empty" if tree.value is None else "a spec is a list of fields such as `name: my-campaign`"
        raise BadInput(what, where=f"{name}:1", mend="start from one of the files in examples/")
    _check_components(tree, name)
    try:
        spec = CampaignSpec.model_validate(tree.value)
    except ValidationError as error:
        raise complain(error, tree, name) from None
    _refuse_switches(tree, spec.model_dump(), name)
    spec = _resolve_paths(spec, tree, path)
    _check_feasible(spec, tree, name)
    return spec


def override(spec: CampaignSpec, *, mind: MindKind | None = None, seed: int | None = None) -> CampaignSpec:
    """The spec with what the command line gives in place of the file.

    Raises:
        BadInput: the seed is out of range.
    """
    if seed is not None and not 0 <= seed < 2**31:
        raise BadInput(f"seed {seed} is out of range", where="--seed", mend="from 0 to 2147483647")
    changes: dict[str, Any] = {} if seed is None else {"seed": seed}
    if mind is not None:
        changes["mind"] = spec.mind.model_copy(update={"kind": mind})
    return spec.model_copy(update=changes)


def placed(error: BadInput, path: Path) -> BadInput:
    """A complaint about a field, such as `lab.settings.law`, with the file and the line where the field stands."""
    field = tuple(int(step) if step.isdigit() else step for step in error.where.split("."))
    tree = read_tree(_read(path), path.name)
    if field[:1] not in tree.lines:
        return error
    return type(error)(error.what, where=f"{path.name}:{tree.line(field)}: {error.where}", mend=error.mend)


def dump_spec(spec: CampaignSpec) -> str:
    """The spec as YAML; reading it back gives an equal spec."""
    return write_tree(spec.model_dump(mode="json"))


def _read(path: Path) -> str:
    name = path.name or str(path)
    if path.is_dir():
        raise BadInput("this is a folder, not a spec file", where=str(path), mend="name a .yaml file in it")
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        raise BadInput("there is no such file", where=str(path), mend="check the path; see examples/") from None
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", where=str(path), mend="check its permissions") from error
    if len(data) > _MAX_BYTES:
        raise BadInput(f"more than {_MAX_BYTES} bytes", where=name, mend="is this a spec file? tables go to prior_data")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadInput("not UTF-8 text", where=f"{name}:{line}", mend="save the file as UTF-8") from None
    if not text.strip():
        raise BadInput("the file is empty", where=f"{name}:1", mend="start from one of the files in examples/")
    return text


def _check_components(tree: Tree, name: str) -> None:
    """What only the file shows: misspelt elements, and a step without the percent sign its neighbours have."""
    space = tree.value.get("space")
    if not isinstance(space, dict) or not isinstance(components := space.get("components"), list):
        return
    for index, item in enumerate(components):
        if not isinstance(item, dict):
            continue
        where = f"{name}:{tree.line(('space', 'components', index, 'name'))}: space.components.{index}.name"
        symbol = item.get("name")
        if isinstance(symbol, str) and space.get("basis", "at%") == "at%" and not is_element(symbol):
            raise BadInput(f"{symbol!r} is not a chemical element", where=where, mend=suggest_element(symbol))
        for key in ("step", "min_dose"):
            value = item.get(key)
            percent = [k for k in ("min", "max") if isinstance(item.get(k), str) and "%" in item[k]]
            if percent and isinstance(value, int | float) and not isinstance(value, bool) and 0.05 < value <= 1:
                line = tree.line(("space", "components", index, key))
                raise BadInput(
                    f"{key} {value:g} has no percent sign, but {percent[0]} has one",
                    where=f"{name}:{line}: space.components.{index}.{key}",
                    mend=f"write {value:g}% or {value * 100:g}%",
                )


def _refuse_switches(tree: Tree, dumped: Any, name: str) -> None:
    """`true` where a number belongs would be read as 1."""
    for path, line in tree.lines.items():
        given, made = tree.value, dumped
        try:
            for key in path:
                given, made = given[key], made[key]
        except (KeyError, IndexError, TypeError):
            continue
        if isinstance(given, bool) and not isinstance(made, bool):
            field = ".".join(map(str, path))
            raise BadInput(
                f"{str(given).lower()} is not a number", where=f"{name}:{line}: {field}", mend="write a number"
            )


def _resolve_paths(spec: CampaignSpec, tree: Tree, path: Path) -> CampaignSpec:
    folder = path.resolve().parent

    def resolved(given: str, field: tuple[str, ...], is_folder: bool) -> str:
        target = (folder / Path(given).expanduser()).resolve()
        if not (target.is_dir() if is_folder else target.is_file()):
            where = f"{path.name}:{tree.line(field)}: {'.'.join(field)}"
            kind = "folder" if is_folder else "file"
            raise BadInput(f"there is no {kind} {str(target)!r}", where=where, mend="paths start at the spec's folder")
        return str(target)

    changes: dict[str, Any] = {}
    if spec.prior_data is not None:
        changes["prior_data"] = resolved(spec.prior_data, ("prior_data",), False)
    if spec.library is not None:
        changes["library"] = resolved(spec.library, ("library",), True)
    changes["knowledge"] = _knowledge_paths(spec.knowledge, resolved)
    settings = dict(spec.lab.settings)
    for key in _FILE_SETTINGS:
        if isinstance(given := settings.get(key), str):
            settings[key] = resolved(given, ("lab", "settings", key), False)
    changes["lab"] = spec.lab.model_copy(update={"settings": settings})
    return spec.model_copy(update=changes)


def _knowledge_paths(given: KnowledgeSpec, resolved: Callable[[str, tuple[str, ...], bool], str]) -> KnowledgeSpec:
    changes: dict[str, Any] = {}
    if given.claims is not None:
        changes["claims"] = resolved(given.claims, ("knowledge", "claims"), False)
    tables = tuple(resolved(table, ("knowledge", "sources", "campaigns"), False) for table in given.sources.campaigns)
    return given.model_copy(update={**changes, "sources": given.sources.model_copy(update={"campaigns": tables})})


def _check_feasible(spec: CampaignSpec, tree: Tree, name: str) -> None:
    from eutectic.tools.feasibility import check_space

    try:
        check_space(spec.space)
    except InfeasibleSpace as error:
        place = f"{name}:{tree.line(('space',))}: space"
        raise InfeasibleSpace(error.what, where=place, mend=error.mend) from None
