"""A simulated multimeter as an example of a VISA instrument; the tests of labs and the docs use it."""

from __future__ import annotations

from pathlib import Path

from pydantic import JsonValue

SIMULATED = Path(__file__).with_name("simulated_keithley2000.yaml")


def example_meter(library: Path = SIMULATED) -> dict[str, JsonValue]:
    """The `meter:` block of a four-wire resistance measurement with a Keithley 2000 that PyVISA-sim stands in for."""
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
            }
        ],
    }
