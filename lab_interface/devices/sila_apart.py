"""Short questions to a SiLA server from a process of their own: the client's protocol files and Chroma's do not mix.

Both load protocol buffers at import, and whichever comes second in one process fails; a campaign may need both.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from eutectic.core.errors import LabFailed
from eutectic.core.record import canonical_json
from eutectic.lab_interface.devices.driver import DeviceLost

_TIMEOUT_S = 60


def asked_apart(server: dict[str, Any], question: str, *given: str) -> Any:
    """The answer of a server to `facts`, `recall`, `stop` or `clear`.

    Raises:
        DeviceLost: the server did not answer, or not as it should.
        LabFailed: the process could not be run.
    """
    task = canonical_json({"server": server, "question": question, "given": list(given)})
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__], input=task, capture_output=True, text=True, timeout=_TIMEOUT_S
        )
    except subprocess.TimeoutExpired:
        raise DeviceLost(f"the server did not answer within {_TIMEOUT_S} s") from None
    except OSError as error:
        raise LabFailed(f"the SiLA client cannot be started: {error}") from error
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        raise DeviceLost(f"the SiLA client failed: {last[:300]}")
    said = json.loads(done.stdout)
    if "lost" in said:
        raise DeviceLost(said["lost"])
    return said["answer"]


def main() -> None:
    """Read the task, ask the server, print the answer."""
    from eutectic.core.errors import EutecticError
    from eutectic.lab_interface.devices.driver import DeviceFault
    from eutectic.lab_interface.devices.sila_client import ServerSettings, answer

    task = json.loads(sys.stdin.read())
    try:
        found = answer(ServerSettings.model_validate(task["server"]), task["question"], *task["given"])
        said = {"answer": found}
    except (EutecticError, DeviceFault) as error:
        said = {"lost": str(error)}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
