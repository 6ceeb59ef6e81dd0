"""A VISA instrument through PyMeasure: put to settings strictly within their range, then read for each sample."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, model_validator

from eutectic.core.errors import BadInput, MissingExtra
from eutectic.core.plan import Plan
from eutectic.core.record import Record
from eutectic.core.stock import Device
from eutectic.lab_interface.devices.driver import DeviceFault, DeviceLost, Reply
from eutectic.lab_interface.devices.program import Command
from eutectic.lab_interface.devices.software import installed

if TYPE_CHECKING:
    from pymeasure.instruments import Instrument

_NOT_A_NUMBER = 9.91e37
_INFINITE = 9.9e37
"""What SCPI instruments send for 'not a number' and 'overload' (SCPI-99, volume 1, 7.2.1.4 and 7.2.1.5)."""


class Put(Record):
    """A setting the instrument is put to before it measures, as a PyMeasure property."""

    name: str
    value: float | str
    low: float | None = None
    high: float | None = None
    """Required for numbers: PyMeasure's own limits often cut a value off without a word."""

    @model_validator(mode="after")
    def _within(self) -> Put:
        if isinstance(self.value, str):
            return self
        if self.low is None or self.high is None:
            raise ValueError(f"{self.name}: give low and high, a number without limits is not sent")
        if not self.low <= self.value <= self.high:
            raise ValueError(f"{self.name}: {self.value:g} is outside {self.low:g} to {self.high:g}")
        return self


class Quantity(Record):
    """One property and how it is read: a PyMeasure property of the instrument, or a SCPI query."""

    property: str
    unit: str
    read: str = ""
    """Name of the instrument's PyMeasure property, such as `resistance`."""
    query: str = ""
    """A SCPI query such as `MEAS:FRES?`, for an instrument PyMeasure has no class for."""
    put: tuple[Put, ...] = ()
    low: float
    high: float
    """What can be true of the sample; a value outside is kept and marked."""
    readings: int = Field(default=3, ge=1, le=1000)

    @model_validator(mode="after")
    def _one_way(self) -> Quantity:
        if bool(self.read) == bool(self.query):
            raise ValueError(f"{self.property}: give either read or query")
        if not self.low < self.high:
            raise ValueError(f"{self.property}: low {self.low:g} is not below high {self.high:g}")
        return self


class VisaMeterSettings(Record):
    """An instrument on GPIB, USB, a serial line or the network."""

    by: Literal["visa"] = "visa"
    address: str = Field(min_length=1)
    """VISA resource name such as `GPIB0::16::INSTR`."""
    library: str = ""
    """VISA library: empty for the system's, `@py` for PyVISA-py, `FILE.yaml@sim` for a simulated one."""
    instrument: str = ""
    """PyMeasure class such as `keithley.Keithley2000`; empty for any SCPI instrument."""
    select: str = ""
    """SCPI command that brings a sample under the probe, such as `ROUT:CLOS (@{position})`, counted from 1."""
    quantities: tuple[Quantity, ...] = Field(min_length=1)
    timeout_s: float = Field(default=10.0, gt=0, le=3600)

    @property
    def simulated(self) -> bool:
        """Whether PyVISA-sim stands in for the instrument."""
        return self.library.endswith("@sim")


class VisaMeter:
    """Reads every quantity of each sample."""

    def __init__(self, settings: VisaMeterSettings) -> None:
        self._settings = settings
        self.units: Mapping[str, str] = {item.property: item.unit for item in settings.quantities}
        self.simulated = settings.simulated
        self.address = "" if settings.simulated else settings.address
        kind = settings.instrument or "scpi"
        self.device = Device(name=f"{kind} at {settings.address}"[:80], software=installed("pymeasure", "pyvisa"))
        self.instrument = f"visa:{kind}@{settings.address}" + (" (simulated)" if settings.simulated else "")
        if settings.simulated:
            path = Path(settings.library.removesuffix("@sim"))
            if path.name and not path.is_file():
                raise BadInput("the simulated instrument's file is not there", where=f"lab.settings: {path}")

    def open(self, plan: Plan) -> VisaSession:
        """Connect and put the instrument to nothing yet.

        Raises:
            DeviceLost: it does not answer.
            MissingExtra: PyMeasure is not installed.
        """
        return VisaSession(self._settings, _connect(self._settings))

    def check(self) -> str:
        """What stands against using it at all; empty when nothing does."""
        try:
            _class(self._settings.instrument)
        except (BadInput, MissingExtra) as error:
            return str(error)
        return ""


class VisaSession:
    """An open instrument."""

    def __init__(self, settings: VisaMeterSettings, device: Instrument) -> None:
        self._settings, self._device = settings, device

    def measure(self, command: Command) -> Reply:
        """Readings by property of the sample in the command's place.

        Raises:
            DeviceFault: the instrument refused a setting or gave no number, but still answers.
            DeviceLost: it does not answer any more.
        """
        import pyvisa

        try:
            if self._settings.select:
                self._device.write(self._settings.select.format(position=command.place))
            return {"readings": {item.property: self._read(item) for item in self._settings.quantities}}
        except (pyvisa.errors.Error, OSError) as error:
            raise self._judged(error) from error

    def _read(self, item: Quantity) -> list[float]:
        for put in item.put:
            self._put(put)
        found = []
        for _ in range(item.readings):
            try:
                raw = self._device.ask(item.query) if item.query else getattr(self._device, item.read)
                value = float(raw[0] if isinstance(raw, list) and len(raw) == 1 else raw)
            except (ValueError, TypeError) as error:
                raise DeviceFault("instrument_fault", f"{item.property}: not a number: {error}") from error
            if abs(value) >= _INFINITE:
                value = math.nan if abs(value) >= _NOT_A_NUMBER else math.copysign(math.inf, value)
            if math.isfinite(value) and not item.low <= value <= item.high:
                raise DeviceFault(
                    "out_of_range",
                    f"{item.property} read {value:g} {item.unit}, it lies between {item.low:g} and {item.high:g}",
                )
            found.append(value)
        return found

    def _put(self, put: Put) -> None:
        try:
            setattr(self._device, put.name, put.value)
            back = getattr(self._device, put.name)
        except (ValueError, AttributeError) as error:
            raise DeviceFault("test_error", f"{put.name} = {put.value!r} was refused: {error}") from error
        if isinstance(put.value, float | int) and not math.isclose(float(back), put.value, rel_tol=1e-3, abs_tol=1e-12):
            raise DeviceFault("test_error", f"{put.name} was put to {put.value:g}, the instrument says {back}")

    def _judged(self, error: Exception) -> Exception:
        """A fault of this sample where the instrument still says its name, a loss of contact where it does not."""
        name = self._name()
        if name is None:
            return DeviceLost(f"{self._settings.address} does not answer: {error}")
        if not name or name == "ERROR":
            return DeviceLost(f"{self._settings.address} does not say its name: {error}")
        return DeviceFault("instrument_fault", f"no reading: {error}")

    def _name(self) -> str | None:
        """What the instrument says it is; None where it does not answer, also where its driver waits for ever.

        PyVISA-py empties the buffer of a socket that the other end closed in an endless loop: asked in a thread, which
        ends with this process, the run learns of the loss all the same.
        """
        found: list[str] = []

        def ask() -> None:
            import pyvisa

            with suppress(pyvisa.errors.Error, OSError, AttributeError, ValueError):
                self._device.adapter.flush_read_buffer()
                found.append(str(self._device.ask("*IDN?")).strip())

        asking = Thread(target=ask, daemon=True)
        asking.start()
        asking.join(timeout=2 * self._settings.timeout_s + 1)
        return found[0] if found else None

    def stop(self) -> None:
        """Abort what is triggered and let go of the sample; an instrument's `shutdown` switches its output off."""
        self._device.write("ABOR")
        self._device.shutdown()

    def close(self) -> None:
        """Give the instrument back."""
        self._device.adapter.close()


def _connect(settings: VisaMeterSettings) -> Instrument:
    kind = _class(settings.instrument)
    import pyvisa

    try:
        given: dict[str, Any] = {"visa_library": settings.library, "timeout": int(settings.timeout_s * 1000)}
        if settings.simulated or settings.address.upper().endswith("::SOCKET"):
            given |= {"read_termination": "\n", "write_termination": "\n"}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PyMeasure asks its users whether an instrument speaks SCPI
            name = () if settings.instrument else ("SCPI instrument",)
            device: Instrument = kind(settings.address, *name, **given)
        said = str(device.ask("*IDN?")).strip()
    except (pyvisa.errors.Error, OSError, ValueError) as error:
        raise DeviceLost(f"{settings.address} cannot be reached: {error}") from error
    if not said:
        raise DeviceLost(f"{settings.address} does not say its name")
    return device


def _class(name: str) -> Any:
    """The PyMeasure class of that name, or a plain SCPI instrument.

    Raises:
        MissingExtra: PyMeasure is not installed.
        BadInput: it has no such class.
    """
    try:
        from pymeasure.instruments import Instrument, SCPIMixin
    except ImportError as error:
        raise MissingExtra("a VISA instrument needs an extra", mend="pip install 'eutectic[visa]'") from error
    if not name:
        return type("ScpiInstrument", (SCPIMixin, Instrument), {})
    module, _, kind = name.rpartition(".")
    try:
        found = getattr(import_module(f"pymeasure.instruments.{module}"), kind)
    except (ImportError, AttributeError) as error:
        where, mend = "lab.settings", "write it as maker.Class, such as keithley.Keithley2000"
        raise BadInput(f"PyMeasure has no instrument {name!r}", where=where, mend=mend) from error
    return found
