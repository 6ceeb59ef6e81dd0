"""A SCPI instrument on a loopback socket: answers as the simulated multimeter does, until it goes away for good."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_ANSWERS = {
    "*IDN?": "KEITHLEY INSTRUMENTS INC.,MODEL 2000,SIMULATED,A20",
    ":CONF?": '"FRES"',
    ":READ?": "+1.234500E+02",
    "SYST:ERR?": '0,"No error"',
}


class _Instrument(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, lost_at: int) -> None:
        super().__init__(("127.0.0.1", 0), _Line)
        self.left = lost_at
        """Readings before the line goes dead."""
        self.lock = threading.Lock()


class _Line(socketserver.StreamRequestHandler):
    server: _Instrument

    def handle(self) -> None:
        """Answer line by line; once the last reading was given the line is closed, on this and every later call."""
        while line := self.rfile.readline():
            command = line.decode("ascii", "replace").strip()
            with self.server.lock:
                if self.server.left <= 0:
                    return
                self.server.left -= command == ":READ?"
            if command.endswith("?"):
                self.wfile.write(f"{_ANSWERS.get(command, 'ERROR')}\n".encode())


@contextmanager
def instrument_on_socket(lost_at: int) -> Iterator[str]:
    """The VISA address of an instrument that gives so many readings and is then gone."""
    with _Instrument(lost_at) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"TCPIP0::127.0.0.1::{server.server_address[1]}::SOCKET"
        finally:
            server.shutdown()
            thread.join(timeout=10)
