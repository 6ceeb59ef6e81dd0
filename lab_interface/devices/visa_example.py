"""A simulated multimeter as an example of a VISA instrument; the tests of labs and the docs use it."""

from __future__ import annotations

from pathlib import Path

from pydantic import JsonValue

from eutectic.core.errors import MissingExtra, NotSupported
from eutectic.lab_interface.devices.software import installed
from eutectic.lab_interface.examples import Injected

SIMULATED = Path(__file__).with_name("simulated_keithley2000.yaml")
_READING = "+1.234500E+02"


def example_meter(folder: Path | None = None, fault: Injected = "none") -> dict[str, JsonValue]:
    """The `meter:` block of a four-wire resistance measurement with a Keithley 2000 that PyVISA-sim stands in for.

    Raises:
        MissingExtra: a package is not installed.
        NotSupported: this fault cannot be injected.
    """
    if len(installed("pymeasure", "pyvisa-sim").split(", ")) < 2:
        raise MissingExtra("a simulated VISA instrument needs an extra", mend="pip install 'eutectic[visa]'")
    library = SIMULATED
    if fault in ("twice", "lost"):
        raise NotSupported("PyVISA-sim answers every query, and once")
    if fault == "dry":
        raise NotSupported("an instrument that measures takes nothing from a stock")
    if fault == "nan" and folder is not None:
        library = folder / "broken.yaml"
        library.parent.mkdir(parents=True, exist_ok=True)
        text = SIMULATED.read_text(encoding="utf-8")
        library.write_text(text.replace(_READING, "+9.910000E+37"), encoding="utf-8")  # SCPI for 'not a number'
    return {
        "by": "visa",
        "address": "GPIB0::16::INSTR",
        "library": f"{library}@sim",
        "instrument": "keithley.Keithley2000",
        "timeout_s": 2,
        "quantities": [
            {
                "property": "resistance",
                "unit": "ohm",
                "read": "resistance",
                "put": [{"name": "mode", "value": "resistance 4W"}],
                "low": 0,
                "high": 1e8,
                "readings": 1000 if fault == "slow" else 3,
            }
        ],
    }
