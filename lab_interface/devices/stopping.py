"""The emergency stop of a device lab: latched first, then passed on to everything at work, each asked to confirm."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from eutectic.lab_interface.run_store import find_run, latch, require, update_run

if TYPE_CHECKING:
    from eutectic.lab_interface.devices.device_lab import DeviceLab

_POLL_S = 0.05
_OPEN = "SELECT key FROM runs WHERE state IN ('accepted', 'cancelled') AND batch NOT IN (SELECT batch FROM ends)"


def stop_everything(lab: DeviceLab, reason: str) -> None:
    """Latch the stop, give every open run up, tell the devices, and wait for the processes at work to confirm."""
    with lab.store.writing() as connection:
        latch(connection, reason)
        keys = [str(row[0]) for row in connection.execute(_OPEN)]
        for key in keys:
            run = require(find_run(connection, key), key)
            update_run(connection, run._replace(state="aborted", reason=f"emergency stop: {reason}"))
    doubt = lab.rig.stop_now(reason)
    for person in lab.people:
        person.estop(reason)
    until = time.monotonic() + lab.settings.stop_wait_s
    for key in keys:
        while not lab.is_over(key) and time.monotonic() < until:
            time.sleep(_POLL_S)
        if doubt or not lab.is_over(key):
            _note(lab, key, f"not confirmed by the device: {doubt or 'its process still works'}")


def _note(lab: DeviceLab, key: str, text: str) -> None:
    with lab.store.writing() as connection:
        run = require(find_run(connection, key), key)
        update_run(connection, run._replace(reason=f"{run.reason}; {text}"[:1000]))
