"""The emergency stop of this machine: a latch in a file that survives a restart; only a named person clears it."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from eutectic.core.errors import BadInput, StorageFailed
from eutectic.core.settings import home

_NAME = "estop.jsonl"


class EmergencyStop:
    """A latch that every gate looks at before it sends anything; it never replaces the hardware button.

    The file holds one line for each stop and each clearing, and is only ever added to. A file that cannot be read, or
    whose last line is torn, counts as stopped.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """The latch in a folder; in `EUTECTIC_HOME` without one."""
        self._path = (home() if folder is None else folder) / _NAME

    def reason(self) -> str | None:
        """Why everything is stopped, or None."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            return f"the record of emergency stops cannot be read: {error.strerror}"
        *whole, torn = data.split(b"\n")
        lines = [line for line in whole if line.strip()]
        if torn.strip():
            return f"the last line of {self._path} is torn"
        if not lines:
            return None
        try:
            last = json.loads(lines[-1])
            if last["action"] == "clear" and str(last["by"]).strip():
                return None
            return str(last["reason"]) or "no reason given"
        except (ValueError, KeyError, TypeError, RecursionError):
            return f"the last line of {self._path} cannot be read"

    def stop(self, reason: str, by: str = "") -> None:
        """Latch; nothing is sent from here on.

        Raises:
            StorageFailed: the file cannot be written.
        """
        self._add("stop", by, reason)

    def clear(self, by: str, reason: str) -> None:
        """Lift the stop, in a person's name.

        Raises:
            BadInput: nobody is named, or no reason is given.
            StorageFailed: the file cannot be written.
        """
        if not by.strip() or not reason.strip():
            raise BadInput("only a named person clears an emergency stop, with a reason", mend="give --by and --reason")
        self._add("clear", by.strip(), reason.strip())

    def _add(self, action: str, by: str, reason: str) -> None:
        at = datetime.now(UTC).isoformat(timespec="seconds")
        line = json.dumps({"at": at, "action": action, "by": by, "reason": reason}, ensure_ascii=False)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            torn = self._path.is_file() and not self._path.read_bytes().endswith(b"\n") and self._path.stat().st_size
            with self._path.open("ab") as file:
                file.write((("\n" if torn else "") + line + "\n").encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            mend = "press the hardware button; free the disk"
            raise StorageFailed(f"the stop cannot be recorded: {error}", where=str(self._path), mend=mend) from error
