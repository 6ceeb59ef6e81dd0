"""The writer's lock of a library: one process at a time takes documents in, mends indexes or opens Chroma."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eutectic.core.errors import CampaignBusy, LibraryBusy
from eutectic.core.lock import DriverLock

_POLL_S = 0.05


class WriterLock:
    """An operating-system lock on a library's folder, freed by the kernel when its holder dies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def held(self, wait_s: float = 0.0) -> Iterator[None]:
        """Hold the lock, waiting for it for a while: a search may have it for a moment.

        Raises:
            LibraryBusy: another process holds it all the time.
        """
        until = time.monotonic() + wait_s
        while True:
            try:
                lock = DriverLock(self._folder).__enter__()
                break
            except CampaignBusy as error:
                if time.monotonic() >= until:
                    raise LibraryBusy(
                        "another process works on this library",
                        where=str(self._folder),
                        mend="wait for it, or stop it",
                    ) from error
                time.sleep(_POLL_S)
        try:
            yield
        finally:
            lock.__exit__(None, None, None)

    @contextmanager
    def if_free(self) -> Iterator[bool]:
        """Hold the lock where nobody else does; whether it is held."""
        try:
            lock = DriverLock(self._folder).__enter__()
        except CampaignBusy:
            yield False
            return
        try:
            yield True
        finally:
            lock.__exit__(None, None, None)
