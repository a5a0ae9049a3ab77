"""A server as a process of its own, in its own process group: started, killed, stopped."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

BIN = Path(sys.executable).parent


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Server:
    """`perennial serve`, or another command that listens on PERENNIAL_PORT."""

    def __init__(
        self, settings: Mapping[str, object], command: list[str] | None = None, log: int = -1
    ) -> None:
        self.port = free_port()
        self.host = f"127.0.0.1:{self.port}"
        self.command = command or [str(BIN / "perennial"), "serve"]
        self.settings = {f"PERENNIAL_{name}": str(value) for name, value in settings.items()}
        self.log = log if log >= 0 else subprocess.DEVNULL
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, patience: float = 60) -> Server:
        """Start it and wait until it takes connections; RuntimeError when it does not."""
        own = self.settings | {"PERENNIAL_PORT": str(self.port)}
        self.process = subprocess.Popen(
            self.command, env=os.environ | own, stdout=self.log, stderr=self.log,
            start_new_session=True,
        )  # fmt: skip
        until = time.monotonic() + patience
        while time.monotonic() < until and self.process.poll() is None:
            if self._listens():
                return self
            time.sleep(0.02)
        self.kill()
        raise RuntimeError(f"{self.command} did not start")

    def kill(self) -> None:
        """kill -9 for the whole group, as a machine that dies would: nothing is tidied up."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to stop, as a service manager does; its exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        if self.process is None:
            return 0
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
        process, self.process = self.process, None
        return process.wait(60)

    def _listens(self) -> bool:
        with socket.socket() as attempt:
            return attempt.connect_ex(("127.0.0.1", self.port)) == 0
