"""The sandbox: runs the coder's analysis code in a child process that can reach nothing but its readings."""

from __future__ import annotations

import contextlib
import json
import math
import os
import selectors
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Literal

from eutectic.core.errors import BadInput, NotSupported
from eutectic.tools.sandbox_fence import can_fence
from eutectic.tools.sandbox_rules import check_source, modules_of

Readings = Mapping[str, Sequence[float]]
Values = dict[str, dict[str, float]]
Level = Literal["landlock", "process"]

_MEMORY_BYTES = 1 << 30
_MAX_ANSWER_BYTES = 1 << 20
_KEYS = {"value", "sd"}
_MEND = "use the rules' analysis, or a Linux kernel with Landlock (5.13 or later, ABI 4)"


def run_analysis(source: str, readings: Readings, timeout_s: float = 20, *, trusted: bool) -> Values:
    """What `analyse(readings)` of the source gives: a value, and perhaps an sd, by property.

    Args:
        source: Python that defines `analyse`; only `math`, `statistics` and `numpy` may be imported.
        readings: Repeated readings by property.
        timeout_s: Wall seconds until it is killed.
        trusted: False for code that a model wrote; it runs only where `sandbox_level` is `landlock`.

    Raises:
        BadInput: the code breaks a rule, fails, takes too long, or gives something else than finite numbers.
        NotSupported: untrusted code on a machine that cannot hold it.
    """
    return run_analysis_many(source, [readings], timeout_s, trusted=trusted)[0]


def run_analysis_many(source: str, batch: Sequence[Readings], timeout_s: float = 20, *, trusted: bool) -> list[Values]:
    """The same for several samples in one child process, in their order; one failure fails them all."""
    tree = check_source(source)
    level = sandbox_level()
    if not trusted and level != "landlock":
        raise NotSupported("code written by a model does not run here: no Landlock", mend=_MEND)
    request = _request(
        source=source,
        modules=sorted(modules_of(tree)),
        batch=[{name: [float(value) for value in values] for name, values in item.items()} for item in batch],
        cpu_seconds=math.ceil(timeout_s) + 1,
        fenced=level == "landlock",
    )
    answer = _ask(request, timeout_s)
    if "error" in answer:
        raise BadInput(f"analyse() failed: {answer['error']}", where="analysis code")
    results = answer.get("results")
    if not isinstance(results, list) or len(results) != len(batch):
        raise BadInput("the analysis gave no results", where="analysis code")
    return [_checked(result) for result in results]


@cache
def sandbox_level() -> Level:
    """What holds the child: `landlock` (no files, network or processes; tried out, not assumed) or only `process`."""
    if not can_fence():
        return "process"
    with tempfile.NamedTemporaryFile() as secret:
        try:
            answer = _ask(_request(secret=secret.name, fenced=True), timeout_s=60)
        except BadInput:
            return "process"
    return "landlock" if answer.get("probe") == [] else "process"


def _request(**given: Any) -> dict[str, Any]:
    usual = {"source": "", "modules": [], "batch": [], "secret": "", "cpu_seconds": 30, "memory_bytes": _MEMORY_BYTES}
    return {**usual, "readable": _readable(), **given}


def _readable() -> list[str]:
    """Folders the child may read: the Python installation and the system's libraries."""
    places = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    return sorted({*places, "/lib", "/lib64", "/usr/lib", "/usr/lib64"})


def _ask(request: dict[str, Any], timeout_s: float) -> dict[str, Any]:
    if os.name != "posix" or not sys.executable:
        raise NotSupported("analysis code runs only on Linux and macOS")
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as given:
        given.write(json.dumps(request, allow_nan=False).encode())
        given.seek(0)
        process = subprocess.Popen(
            [sys.executable, "-I", "-m", "eutectic.tools.sandbox_child"],
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": "/usr/bin:/bin", **threads},
            cwd=folder,
            start_new_session=True,
        )
        try:
            data = _read(process, time.monotonic() + timeout_s)
        finally:
            _end(process)
    try:
        answer = json.loads(data)
    except ValueError:
        raise BadInput("the analysis ended without an answer: out of memory or time", where="analysis code") from None
    return answer if isinstance(answer, dict) else {}


def _read(process: subprocess.Popen[bytes], deadline: float) -> bytes:
    """Standard output up to its end.

    Raises:
        BadInput: too much of it, or not done by the deadline.
    """
    assert process.stdout is not None
    data = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise BadInput("the analysis took too long and was stopped", where="analysis code")
            piece = os.read(process.stdout.fileno(), 65536)
            if not piece:
                return bytes(data)
            data += piece
            if len(data) > _MAX_ANSWER_BYTES:
                raise BadInput("the analysis gave too much", where="analysis code")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the child with all of its group, and wait for it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    if process.stdout is not None:
        process.stdout.close()
    process.wait()


def _checked(result: Any) -> Values:
    """A result of exactly the promised shape, with finite numbers.

    Raises:
        BadInput: anything else.
    """
    if not isinstance(result, dict):
        raise BadInput("the analysis must give a dict by property", where="analysis code")
    for name, entry in result.items():
        if not isinstance(entry, dict) or "value" not in entry or not set(entry) <= _KEYS:
            raise BadInput(f"{name!r} must be {{'value': .., 'sd': ..}}", where="analysis code")
        if not all(isinstance(number, float) and math.isfinite(number) for number in entry.values()):
            raise BadInput(f"{name!r} holds a number that is not finite", where="analysis code")
        if entry.get("sd", 0.0) < 0:
            raise BadInput(f"{name!r} has a negative sd", where="analysis code")
    return result
