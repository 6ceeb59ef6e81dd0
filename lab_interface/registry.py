"""The labs and laws there are: every file of `labs/` and `laws/`, found by its name."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, cast

import eutectic.lab_interface.labs as labs_package
import eutectic.lab_interface.laws as laws_package
from eutectic.core.errors import BadInput
from eutectic.core.lab import Lab
from eutectic.core.spec import CampaignSpec
from eutectic.lab_interface.law import Law


def lab_names() -> tuple[str, ...]:
    """Kinds of labs a spec may name under `lab.kind`."""
    return _names(labs_package)


def law_names() -> tuple[str, ...]:
    """Laws a simulated lab may measure."""
    return _names(laws_package)


def open_lab(spec: CampaignSpec, folder: Path) -> Lab:
    """The lab a spec asks for, with its records in a folder.

    Raises:
        BadInput: no lab of that kind (the message lists those there are), or settings it cannot use.
    """
    opener = _function(labs_package, spec.lab.kind, "open", where="lab.kind")
    return cast("Callable[[CampaignSpec, Path], Lab]", opener)(spec, folder)


def open_law(name: str) -> Law:
    """The law of that name.

    Raises:
        BadInput: there is none; the message lists those there are.
    """
    maker = _function(laws_package, name, "law", where="lab.settings.law")
    return cast("Callable[[], Law]", maker)()


def _names(package: ModuleType) -> tuple[str, ...]:
    """Names of the modules of a package; those that begin with `_` are helpers."""
    return tuple(sorted(info.name for info in iter_modules(package.__path__) if not info.name.startswith("_")))


def _function(package: ModuleType, name: str, function: str, where: str) -> Callable[..., Any]:
    """A function of the module of that name, which must say the same name in `NAME`.

    Only this one module is imported, so that a lab with heavy needs costs nothing until it is asked for.
    """
    names = _names(package)
    if name not in names:
        near = get_close_matches(name, names, n=1)
        mend = f"did you mean {near[0]!r}? " if near else ""
        what = f"there is no {where.rpartition('.')[2].replace('kind', 'lab')} {name!r}"
        raise BadInput(what, where=where, mend=f"{mend}there are {', '.join(names)}")
    contents = vars(import_module(f"{package.__name__}.{name}"))
    if contents.get("NAME") != name or not callable(contents.get(function)):
        raise BadInput(f"the file {name}.py must hold NAME = {name!r} and a function {function!r}", where=where)
    return cast("Callable[..., Any]", contents[function])
