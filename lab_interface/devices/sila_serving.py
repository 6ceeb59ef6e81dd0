"""The Sample Maker feature over SiLA 2: the device's methods behind the standard's commands and properties."""

from __future__ import annotations

import logging
import socket
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sila2.framework import DefinedExecutionError, Feature
from sila2.server import FeatureImplementationBase, SilaServer

if TYPE_CHECKING:
    from eutectic.lab_interface.devices.sila_server import SampleMaker


class _Served(FeatureImplementationBase):  # type: ignore[misc]
    """What SiLA calls, by the names of the feature."""

    def __init__(self, server: Any, feature: Any, maker: SampleMaker) -> None:
        super().__init__(server)
        self._feature, self._maker = feature, maker

    def MakeSample(self, Key: str, PlanHash: str, Vessel: str, Doses: Any, *, metadata: Any, instance: Any) -> Any:
        """Make and measure one sample."""
        from eutectic.lab_interface.devices.sila_server import Refusal

        instance.begin_execution()
        try:
            made = self._maker.make(Key, PlanHash, Vessel, [(item.Stock, item.Volume) for item in Doses])
        except Refusal as error:
            raise DefinedExecutionError(self._feature.defined_execution_errors[error.error], str(error)) from None
        return _result(made)

    def RecallSample(self, Key: str, *, metadata: Any) -> Any:
        """Tell what became of a key."""
        state, made, error = self._maker.recall(Key)
        said = state if error is None else f"{error[0]}: {error[1]}"
        return said, _result(made or {"dispensed": [], "readings": []})

    def EmergencyStop(self, Reason: str, *, metadata: Any) -> None:
        """Stop at once."""
        self._maker.stop(Reason)

    def ClearStop(self, By: str, *, metadata: Any) -> None:
        """Allow samples again."""
        self._maker.clear()

    def get_IsSimulated(self, *, metadata: Any) -> bool:
        """It is."""
        return True

    def get_StopReason(self, *, metadata: Any) -> str:
        """Why it is stopped."""
        return self._maker.stop_reason()

    def get_Measures(self, *, metadata: Any) -> list[tuple[str, str]]:
        """What it measures."""
        return self._maker.measures


def _result(made: dict[str, Any]) -> tuple[Any, Any]:
    return [tuple(item) for item in made["dispensed"]], [tuple(item) for item in made["readings"]]


def serve(maker: SampleMaker, port: int, say: Callable[[int], object]) -> None:
    """Serve on loopback without encryption and without discovery, until the process is killed.

    SiLA servers announce themselves to the network by default; a simulated one must not.
    """
    from eutectic.lab_interface.devices.sila_server import FEATURE

    logging.disable(logging.CRITICAL)  # refused commands are answers here, not accidents
    feature = Feature(FEATURE.read_text(encoding="utf-8"))
    server = SilaServer(
        server_name="Eutectic sample maker (simulated)",
        server_type="SampleMaker",
        server_description="A simulated sample maker for trying Eutectic's SiLA lab.",
        server_version="1.0",
        server_vendor_url="https://sila-standard.com",
    )
    server.set_feature_implementation(feature, _Served(server, feature, maker))
    chosen = port or _free_port()
    server.start_insecure("127.0.0.1", chosen, enable_discovery=False)
    say(chosen)
    sys.stdout.flush()
    threading.Event().wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
