"""The emergency stop of a device lab: latched first, then passed on to everything at work, each asked to confirm."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from eutectic.core.estop import EmergencyStop
from eutectic.core.record import sha256
from eutectic.core.settings import home
from eutectic.lab_interface.run_store import find_run, latch, require, unlatch, update_run

if TYPE_CHECKING:
    from eutectic.lab_interface.devices.device_lab import DeviceLab

_POLL_S = 0.05
_OPEN = "SELECT key FROM runs WHERE state IN ('accepted', 'cancelled') AND batch NOT IN (SELECT batch FROM ends)"


def device_latch(lab: DeviceLab) -> EmergencyStop | None:
    """The stop of the device itself, which every campaign of this machine that uses it sees; none if simulated."""
    address = lab.rig.address
    return EmergencyStop(home() / "devices" / sha256(address)[:16]) if address else None


def why_stopped(lab: DeviceLab) -> str | None:
    """Why the lab, or the device it shares with others, is stopped, or None."""
    reason = lab.store.stop_reason()
    return device_reason(lab) if reason is None else reason


def device_reason(lab: DeviceLab) -> str | None:
    """Why the device is stopped, whoever stopped it, or None."""
    shared = device_latch(lab)
    reason = None if shared is None else shared.reason()
    return None if reason is None else f"emergency stop of {lab.rig.address}: {reason}"


def clear_everything(lab: DeviceLab, by: str) -> None:
    """Lift the stop of the device, of the lab and of the people who work with it, in a person's name."""
    lab.rig.clear_stop(by)
    shared = device_latch(lab)
    if shared is not None and shared.reason() is not None:
        shared.clear(by, "cleared in the lab")
    with lab.store.writing() as connection:
        unlatch(connection)
    for person in lab.people:
        person.clear_estop(by)


def stop_everything(lab: DeviceLab, reason: str) -> None:
    """Latch the stop, give every open run up, tell the devices, and wait for the processes at work to confirm.

    The device's own latch comes first: the run of another campaign on it stops before its next command, too.
    """
    shared = device_latch(lab)
    if shared is not None:
        shared.stop(reason)
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


def mark_stopped(lab: DeviceLab, key: str, reason: str) -> None:
    """Say with a run why it was stopped, where it was from outside its own lab."""
    with lab.store.writing() as connection:
        run = require(find_run(connection, key), key)
        if run.state in ("accepted", "cancelled"):
            update_run(connection, run._replace(state="aborted", reason=reason))


def _note(lab: DeviceLab, key: str, text: str) -> None:
    with lab.store.writing() as connection:
        run = require(find_run(connection, key), key)
        update_run(connection, run._replace(reason=f"{run.reason}; {text}"[:1000]))
