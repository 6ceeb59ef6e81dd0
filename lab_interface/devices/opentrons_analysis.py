"""Opentrons' own analyzer, in an environment of its own: its word on a protocol, and a check that it read it all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from eutectic.core.errors import LabFailed, MissingExtra
from eutectic.core.record import sha256
from eutectic.core.settings import home
from eutectic.lab_interface.devices.opentrons_protocol import Stroke

PYTHON = "EUTECTIC_OPENTRONS_PYTHON"
"""Environment variable with the Python that Opentrons is installed for."""
VERSION = "8.8.2"
"""The last release for an OT-2; it needs an older numpy than Eutectic does."""
_TIMEOUT_S = 300


def opentrons_python() -> Path | None:
    """The Python that Opentrons is installed for, or None."""
    given = os.environ.get(PYTHON)
    path = Path(given).expanduser() if given else home() / "opentrons" / "bin" / "python"
    return path if path.is_file() else None


def make_environment(python: str = sys.executable) -> Path:
    """Install Opentrons into an environment of its own under Eutectic's home; its Python.

    Raises:
        LabFailed: pip did not manage it.
    """
    place = home() / "opentrons"
    for command in (
        [python, "-m", "venv", str(place)],
        [str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", f"opentrons=={VERSION}"],
    ):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            last = (done.stderr.strip().splitlines() or ["no word"])[-1]
            raise LabFailed(f"Opentrons cannot be installed: {last}", where=str(place), mend="use Python 3.10 to 3.12")
    return place / "bin" / "python"


def analysed_protocol(text: str, strokes: Sequence[Stroke]) -> str:
    """What the analyzer complains of, or what it read differently; empty when it found nothing wrong.

    The same text gives the same answer, which is kept beside the environment.

    Raises:
        MissingExtra: Opentrons is not installed.
        LabFailed: the analyzer could not be run.
    """
    python = opentrons_python()
    if python is None:
        mend = f"eutectic doctor --make opentrons, or set {PYTHON}"
        raise MissingExtra("Opentrons' analyzer is not installed", mend=mend)
    kept = python.parent.parent / "eutectic-analyses" / f"{sha256(text.encode())}.json"
    if not kept.is_file():
        report = _analyse(python, text)
        kept.parent.mkdir(exist_ok=True)
        part = kept.with_suffix(f".{os.getpid()}.part")
        part.write_text(json.dumps(report), encoding="utf-8")
        part.replace(kept)
    return _problem(json.loads(kept.read_text(encoding="utf-8")), strokes)


def _analyse(python: Path, text: str) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as place:
        protocol, out = Path(place) / "protocol.py", Path(place) / "analysis.json"
        protocol.write_text(text, encoding="utf-8")
        environment = {**os.environ, "OT_API_CONFIG_DIR": place, "PYTHONPATH": ""}
        command = [str(python), "-m", "opentrons.cli", "analyze", "--json-output", str(out), str(protocol)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S, env=environment)
        except subprocess.TimeoutExpired:
            raise LabFailed(f"Opentrons' analyzer took longer than {_TIMEOUT_S} s") from None
        except OSError as error:
            raise LabFailed(f"Opentrons' analyzer cannot be started: {error}", where=str(python)) from error
        if not out.is_file():
            last = (done.stderr.strip().splitlines() or ["no word"])[-1]
            raise LabFailed(f"Opentrons' analyzer wrote no report: {last[:300]}", where=str(python))
        report = json.loads(out.read_text(encoding="utf-8"))
    return {
        "result": report["result"],
        "errors": [str(item.get("detail", item.get("errorType", "")))[:400] for item in report["errors"]],
        "dispensed": [
            [item["params"]["wellName"], item["params"]["volume"]]
            for item in report["commands"]
            if item["commandType"] == "dispense"
        ],
    }


def _problem(report: dict[str, object], strokes: Sequence[Stroke]) -> str:
    errors = report["errors"]
    if report["result"] != "ok" or errors:
        said = "; ".join(map(str, errors)) if isinstance(errors, list) and errors else str(report["result"])
        return f"Opentrons' analyzer: {said[:400]}"
    read = report["dispensed"]
    wanted = [[well, item.volume_ul] for item in strokes for well in (*[item.source_well] * item.mixings, item.well)]
    if read != wanted:
        count = len(read) if isinstance(read, list) else 0
        return f"Opentrons' analyzer read {count} strokes, other than the {len(wanted)} of the plan"
    return ""
