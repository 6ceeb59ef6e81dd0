"""Locks of runs and devices: held by the process at work, freed by the kernel when it dies, however it dies."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from eutectic.core.errors import NotSupported, StorageFailed
from eutectic.core.record import sha256
from eutectic.core.settings import home

_POLL_S = 0.2


def try_lock(path: Path) -> int | None:
    """An open file that holds the lock, or None where another process holds it.

    The lock belongs to the open file: a process that is started with it keeps the lock when this one ends.

    Raises:
        NotSupported: this system has no such locks.
        StorageFailed: the folder cannot be written.
    """
    try:
        import fcntl
    except ImportError as error:
        raise NotSupported("device labs need Linux or macOS", mend="run Eutectic there, or in WSL") from error
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StorageFailed(f"cannot lock: {error.strerror}", where=str(path)) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


@contextmanager
def device_lock(address: str, is_wanted: Callable[[], bool]) -> Iterator[bool]:
    """One run at a time on a device, whichever campaign it is of; waits its turn while the run is wanted."""
    if not address:
        yield True
        return
    path = home() / "devices" / f"{sha256(address)[:16]}.lock"
    held = try_lock(path)
    while held is None and is_wanted():
        time.sleep(_POLL_S)
        held = try_lock(path)
    try:
        yield held is not None
    finally:
        if held is not None:
            os.close(held)
