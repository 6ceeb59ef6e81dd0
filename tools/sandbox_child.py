"""The child process of the sandbox: fences itself in, runs analysis code on readings, answers in JSON."""

from __future__ import annotations

import builtins
import importlib
import json
import math
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from eutectic.tools.sandbox_fence import fence, limit_resources

_BUILTIN_TEXT = """
abs all any bool dict divmod enumerate filter float frozenset int isinstance iter len list map max min next pow range
reversed round set slice sorted str sum tuple zip ArithmeticError AssertionError Exception IndexError KeyError
LookupError OverflowError RuntimeError StopIteration TypeError ValueError ZeroDivisionError
"""
_MESSAGE_LENGTH = 300


def main() -> None:
    """Read a request from standard input and write the answer to standard output."""
    request = json.loads(sys.stdin.buffer.read())
    modules = {name: importlib.import_module(name) for name in request["modules"]}
    limit_resources(request["memory_bytes"], request["cpu_seconds"])
    if request["fenced"]:
        fence(request["readable"])
    answer: dict[str, Any]
    try:
        answer = {"probe": _probe(request["secret"])} if request["secret"] else {"results": _run(request, modules)}
    except MemoryError:
        answer = {"error": "it ran out of memory"}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"[:_MESSAGE_LENGTH]}
    sys.stdout.write(json.dumps(answer, allow_nan=False))
    sys.stdout.flush()


def _run(request: dict[str, Any], modules: dict[str, ModuleType]) -> list[dict[str, dict[str, float]]]:
    def load(name: str, *_: Any) -> ModuleType:
        if name not in modules:
            raise ImportError(f"no module {name!r} here")
        return modules[name]

    allowed = {name: vars(builtins)[name] for name in _BUILTIN_TEXT.split()}
    space: dict[str, Any] = {"__builtins__": {**allowed, "__import__": load}, "__name__": "analysis"}
    exec(compile(request["source"], "analysis", "exec"), space)
    return [_plain(space["analyse"](readings)) for readings in request["batch"]]


def _plain(given: Any) -> dict[str, dict[str, float]]:
    """The result with plain floats; whatever cannot be one is an error."""
    if not isinstance(given, dict):
        raise TypeError(f"analyse() gave {type(given).__name__}, not a dict by property")
    found = {
        str(name): {str(key): float(value) for key, value in dict(entry).items() if value is not None}
        for name, entry in given.items()
    }
    for name, entry in found.items():
        if not all(math.isfinite(value) for value in entry.values()):
            raise ValueError(f"{name!r} holds a number that is not finite")
    return found


def _probe(secret: str) -> list[str]:
    """What the fence lets through, of what it must not."""
    import socket

    leaks = []
    for name, attempt in (
        ("read", lambda: Path(secret).open("rb").close()),
        ("write", lambda: Path("probe").open("wb").close()),
        ("list", lambda: list(Path("/").iterdir())),
        ("socket", lambda: socket.socket().close()),
        ("fork", _fork),
    ):
        try:
            attempt()
        except OSError:
            continue
        leaks.append(name)
    return leaks


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


if __name__ == "__main__":
    main()
