"""One driver per campaign: an operating-system lock on a file, freed by the kernel when its holder dies."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

from eutectic.core.errors import CampaignBusy, StorageFailed


class DriverLock:
    """Held while a process drives a campaign; a second process is refused at once.

    Raises:
        CampaignBusy: on entering, where another process holds it.
        StorageFailed: the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "driver.lock"
        self._descriptor: int | None = None

    def __enter__(self) -> DriverLock:
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StorageFailed(f"cannot lock the campaign: {error.strerror}", where=str(self.path)) from error
        try:
            _lock(descriptor)
        except OSError:
            os.close(descriptor)
            raise CampaignBusy(
                "another process drives this campaign",
                where=str(self.path.parent),
                mend="wait for it, or stop it",
            ) from None
        self._descriptor = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _lock(descriptor: int) -> None:
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
