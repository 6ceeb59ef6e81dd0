"""A simulated SiLA server on this machine, for as long as a test or an evaluation needs it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eutectic.core.errors import LabFailed, MissingExtra
from eutectic.lab_interface.devices.software import installed
from eutectic.lab_interface.examples import Injected

_OPTIONS: dict[Injected, tuple[str, ...]] = {
    "none": (),
    "nan": ("--reading", "nan"),
    "twice": ("--twice",),
    "slow": ("--seconds", "0.25"),
    "lost": ("--die-at", "3"),
    "dry": (),
}


@contextmanager
def simulated_server(folder: Path, fault: Injected = "none", port: int = 0) -> Iterator[int]:
    """The port of a server whose record is `sila-server.db` in the folder; it ends with the block.

    Raises:
        MissingExtra: the package is not installed.
        LabFailed: the server did not come up.
    """
    if not installed("sila2"):
        raise MissingExtra("a SiLA lab needs an extra", mend="pip install 'eutectic[sila]'")
    folder.mkdir(parents=True, exist_ok=True)
    held = {"Fe": 500 if fault == "dry" else 14_500, "Co": 14_500, "B": 14_500}
    stocks = [part for name, amount in held.items() for part in ("--stock", f"{name}={amount}")]
    command = [sys.executable, "-m", "eutectic.lab_interface.devices.sila_server", "--record", str(folder), *stocks]
    with subprocess.Popen(
        [*command, "--port", str(port), *_OPTIONS[fault]], stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            said = server.stdout.readline().strip()
            if not said.isdigit():
                raise LabFailed("the simulated SiLA server did not come up", where=str(folder))
            yield int(said)
        finally:
            server.kill()
