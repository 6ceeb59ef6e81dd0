"""The optional software of device labs: what each needs, whether it is there, and in which version."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple


class Software(NamedTuple):
    """What one kind of device lab needs beside Eutectic."""

    lab: str
    found: str
    """Names and versions; empty where something is missing."""
    mend: str
    """How to install it."""


def installed(*packages: str) -> str:
    """Names and versions of packages, such as `pymeasure 0.16.0`; those that are missing are left out."""
    found = []
    for name in packages:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def device_software() -> tuple[Software, ...]:
    """What every kind of device lab needs, and what of it is there; imports none of it."""
    from eutectic.lab_interface.devices.opentrons_analysis import PYTHON, opentrons_python

    needs = {"pylabrobot": ("pylabrobot",), "sila": ("sila2",), "visa": ("pymeasure", "pyvisa", "pyvisa-sim")}
    found = []
    for lab, packages in needs.items():
        there = installed(*packages)
        whole = there if len(there.split(", ")) == len(packages) else ""
        found.append(Software(lab, whole, f"pip install 'eutectic[{lab}]'"))
    python = opentrons_python()
    there = "" if python is None else f"opentrons in {python.parent.parent}"
    found.append(Software("opentrons", there, f"eutectic doctor --make opentrons, or set {PYTHON}"))
    return tuple(found)
