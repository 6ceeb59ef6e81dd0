"""Labs that run anywhere: example settings of every kind, with a fault injected where one is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Literal, get_args

from pydantic import JsonValue

from eutectic.core.errors import NotSupported

Injected = Literal["none", "nan", "twice", "slow", "lost", "dry"]
"""`nan`: the instrument gives no number. `twice`: it gives each result twice. `slow`: a sample takes a while.
`lost`: contact breaks in the middle of a run. `dry`: the first stock holds less than was said and runs out in the
middle of a run."""
EXAMPLE_STOCKS: JsonValue = [
    {"id": name, "strength": {name: 1}, "on_hand": "15 mL", "dead": "500 uL", "expires": "2099-12-31"}
    for name in ("Fe", "Co", "B")
]
INJECTED: tuple[Injected, ...] = get_args(Injected)


@contextmanager
def example_lab(name: str, folder: Path, fault: Injected = "none") -> Iterator[dict[str, JsonValue]]:
    """Settings under which a kind of lab opens with a space of Fe, Co and B, and whatever they need meanwhile.

    A lab's file gives them as `example(folder, fault)`, a context manager, or as `example_settings()` where it needs
    nothing and no fault can be injected.

    Raises:
        NotSupported: no spec opens this lab, or this fault cannot be injected into it.
        MissingExtra: an optional package is not installed.
    """
    contents = vars(import_module(f"eutectic.lab_interface.labs.{name}"))
    if "example" in contents:
        with contents["example"](folder, fault) as settings:
            yield settings
    elif fault != "none":
        raise NotSupported(f"{fault!r} cannot be injected into {name}")
    elif "example_settings" in contents:
        yield contents["example_settings"]()
    else:
        yield {}
