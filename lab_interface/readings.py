"""Raw files of an observation, named by their hash: readings as JSON, from which values can be computed anew."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from eutectic.core.errors import LabFailed, StorageFailed
from eutectic.core.record import canonical_json, sha256
from eutectic.core.trial import Observation

ARTIFACTS = "artifacts"


def readings(folder: Path, observation: Observation) -> dict[str, list[float]]:
    """Readings by property of an observation, from the artifacts in a campaign's folder; empty where it has none.

    Raises:
        LabFailed: a file is missing or its bytes do not have the hash the observation names.
    """
    found: dict[str, list[float]] = {}
    for digest in observation.artifacts:
        path = folder / ARTIFACTS / f"{digest}.json"
        if path.is_file():
            found.update(_read(path, digest, observation.trial))
        elif not any((folder / ARTIFACTS).glob(f"{digest}.*")):
            raise LabFailed(f"the raw readings of {observation.trial} are missing", where=str(path))
    return found


def keep_readings(
    folder: Path,
    trial: str,
    values: Mapping[str, Sequence[float]],
    units: Mapping[str, str],
    *,
    simulated: bool = True,
) -> str:
    """Write readings into the artifacts and return their hash; the same readings give the same file.

    Raises:
        StorageFailed: the folder cannot be written.
    """
    payload = {
        "schema": 1,
        "simulated": simulated,
        "trial": trial,
        "readings": {name: list(numbers) for name, numbers in values.items()},
        "units": dict(units),
    }
    return _keep(folder, canonical_json(payload).encode(), ".json")


def keep_raw(folder: Path, data: bytes, suffix: str) -> str:
    """Keep the bytes of a raw file among the artifacts and return their hash.

    Raises:
        StorageFailed: the folder cannot be written.
    """
    return _keep(folder, data, f".raw{suffix}")


def _keep(folder: Path, data: bytes, suffix: str) -> str:
    digest = sha256(data)
    path = folder / ARTIFACTS / f"{digest}{suffix}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_bytes() != data:
            _write(path, data)
    except OSError as error:
        raise StorageFailed(f"cannot keep a raw file: {error.strerror}", where=str(path)) from error
    return digest


def _write(path: Path, data: bytes) -> None:
    """Write beside and rename, so that a file of that name is always whole."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _read(path: Path, digest: str, trial: str) -> dict[str, list[float]]:
    data = path.read_bytes()
    if sha256(data) != digest:
        raise LabFailed(f"the raw readings of {trial} were changed", where=str(path), mend="restore the file")
    content = json.loads(data)
    if not isinstance(content, dict) or "readings" not in content:
        return {}
    return {str(name): [float(value) for value in values] for name, values in content["readings"].items()}
