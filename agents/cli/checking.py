"""The command that checks the installation: doctor."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import typer

from eutectic.agents.cli.options import RUNS, Json, Out, print_json
from eutectic.core.errors import EutecticError
from eutectic.lab_interface.devices.software import Software, device_software

_PACKAGES = ("torch", "botorch", "scikit-learn", "langgraph", "openai", "chromadb", "pymupdf", "matplotlib")
_LEAST_FREE_GB = 1.0


class Finding(NamedTuple):
    """One check of the installation."""

    name: str
    ok: bool
    detail: str


def add(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("doctor", short_help="Check the installation, the settings and the disk.")(doctor)


def doctor(
    out: Out = RUNS,
    online: bool = typer.Option(False, "--online", help="Also send one short question to the model endpoint."),
    make: Annotated[
        Literal["opentrons"] | None,
        typer.Option("--make", help="First install Opentrons' analyzer, in an environment of its own."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Check the installation, the settings, the disk and, with --online, the model endpoint."""
    if make is not None:
        from eutectic.lab_interface.devices.opentrons_analysis import make_environment

        make_environment()
    checks: list[Callable[[], Finding]] = [
        _python,
        *map(_package, _PACKAGES),
        _settings,
        lambda: _disk(out),
        _sandbox,
        _search,
        *map(_device_software, device_software()),
    ]
    if online:
        checks.append(_endpoint)
    found = [_guarded(check) for check in checks]
    if as_json:
        print_json([item._asdict() for item in found])
    else:
        for item in found:
            typer.echo(f"{'ok  ' if item.ok else 'FAIL'} {item.name}: {item.detail}")
    return 0 if all(item.ok for item in found) else 1


def _guarded(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except EutecticError as error:
        return Finding("check", False, str(error))


def _python() -> Finding:
    return Finding("python", sys.version_info >= (3, 11), sys.version.split()[0])


def _package(name: str) -> Callable[[], Finding]:
    def check() -> Finding:
        try:
            return Finding(name, True, version(name))
        except PackageNotFoundError:
            return Finding(name, False, "not installed: pip install eutectic")

    return check


def _device_software(item: Software) -> Callable[[], Finding]:
    """An extra that is not there is no failure: it is said, with the way to it."""
    return lambda: Finding(f"lab {item.lab}", True, item.found or f"not installed: {item.mend}")


def _settings() -> Finding:
    from eutectic.core.settings import home, load_settings

    settings = load_settings()
    mind = (
        f"model {settings.model} at {settings.base_url or 'the default endpoint'}"
        if settings.model
        else "rules (no model set)"
    )
    return Finding("settings", True, f"mind: {mind}; home: {home()}")


def _disk(out: Path) -> Finding:
    place = out if out.exists() else Path.cwd()
    free = shutil.disk_usage(place).free / 1e9
    writable = os.access(place, os.W_OK)
    detail = f"{free:.1f} GB free in {place}" + ("" if writable else ", not writable")
    return Finding("disk", writable and free > _LEAST_FREE_GB, detail)


def _sandbox() -> Finding:
    from eutectic.tools.sandbox import sandbox_level

    level = sandbox_level()
    words = {"landlock": "code written by a model can run, fenced in", "process": "code written by a model is refused"}
    return Finding("sandbox", True, f"{level}: {words[level]}")


def _search() -> Finding:
    from eutectic.core.objective import Objective
    from eutectic.core.space import ComponentRange, SearchSpace
    from eutectic.core.spec import Budget, CampaignSpec
    from eutectic.tools.optimizer import open_optimizer

    space = SearchSpace(components=tuple(ComponentRange(name=name) for name in ("Fe", "Co", "B")))
    wish = Objective(property="p", unit="1", direction="maximize")
    spec = CampaignSpec(name="doctor", goal="check", space=space, objectives=(wish,), budget=Budget(experiments=4))
    advice = open_optimizer(spec).ask(4, round=1)
    bad = [text for item in advice.batch for text in space.violations(item.composition, item.process)]
    return Finding("optimiser", len(advice.batch) == 4 and not bad, f"{len(advice.batch)} feasible proposals")


def _endpoint() -> Finding:
    from eutectic.agents.minds.endpoint import Endpoint, Trouble, endpoint_settings
    from eutectic.core.settings import load_settings

    settings = load_settings()
    if settings.model is None:
        return Finding("endpoint", False, "no model is set: export EUTECTIC_MODEL and EUTECTIC_BASE_URL")
    where = endpoint_settings("pi", settings, None, None)
    endpoint = Endpoint(where)
    try:
        reply = endpoint.send(
            {"messages": [{"role": "user", "content": "Answer with the word ready."}], "max_tokens": 20}
        )
    finally:
        endpoint.close()
    if isinstance(reply, Trouble):
        return Finding("endpoint", False, f"{where.shown_url}: {reply.text} ({reply.mend})")
    return Finding("endpoint", True, f"{where.model} at {where.shown_url} answers")
