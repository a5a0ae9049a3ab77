"""A server as a process of its own, in its own process group: started, killed, stopped."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

# Importing takes a second and starting a tenth: processes are forked from one that has imported.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tracker.cli"])


def perennial() -> None:
    """`perennial serve`."""
    from tracker.cli import main

    main(["serve"])


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Server:
    """Perennial, or what another `target` serves on PERENNIAL_PORT; its words go to `log`.

    `settings` are those of tracker/config.py, DATA among them.
    """

    def __init__(
        self,
        settings: Mapping[str, object],
        target: Callable[..., None] = perennial,
        *arguments: str,
    ) -> None:
        self.host = f"127.0.0.1:{free_port()}"
        own = settings | {"PORT": self.host.split(":")[1]}  # type: ignore[operator]
        self.settings = {f"PERENNIAL_{name}": str(value) for name, value in own.items()}
        self.target, self.arguments = target, arguments
        self.log = Path(str(settings["DATA"])) / "server.log"

    def start(self, patience: float = 60) -> Server:
        """Start it and wait until it takes connections; RuntimeError when it does not."""
        task = (self.settings, str(self.log), self.target, self.arguments)
        self.process = PROCESSES.Process(target=_alone, args=task)
        self.process.start()
        until = time.monotonic() + patience
        while time.monotonic() < until and self.process.is_alive():
            if self._listens():
                return self
            time.sleep(0.01)
        self.kill()
        raise RuntimeError(f"the server did not start: {self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """kill -9 for the whole group, as a machine that dies would: nothing is tidied up."""
        self._end(signal.SIGKILL)

    def stop(self) -> int | None:
        """Ask it to stop, as a service manager does; its exit code."""
        return self._end(signal.SIGTERM, self.process.pid)

    def _end(self, number: signal.Signals, only: int | None = None) -> int | None:
        with suppress(ProcessLookupError):
            if only is None:
                os.killpg(self.process.pid or 0, number)
            else:
                os.kill(only, number)
        self.process.join(60)
        return self.process.exitcode

    def _listens(self) -> bool:
        with socket.socket() as attempt:
            host, port = self.host.split(":")
            return attempt.connect_ex((host, int(port))) == 0


def _alone(
    settings: dict[str, str], log: str, target: Callable[..., None], arguments: tuple[str, ...]
) -> None:
    os.setsid()
    with open(log, "ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.environ.update(settings)
    target(*arguments)
