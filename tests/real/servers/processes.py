"""Starting a server as its own process group, waiting for it, and surely ending it."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

REPO_ROOT = Path(__file__).resolve().parents[3]
LOOPBACK = "127.0.0.1"
POLL_SECONDS = 0.02
LOG_TAIL_LINES = 40

_PR_SET_PDEATHSIG = 1
# Loaded before any fork: importing inside preexec_fn could deadlock.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class ServerError(RuntimeError):
    """A test server did not start, did not answer, or died; carries its log's tail."""


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def accepts_connections(port: int) -> bool:
    """Whether something listens on the loopback port."""
    try:
        with closing(socket.create_connection((LOOPBACK, port), timeout=1)):
            return True
    except OSError:
        return False


def wait_until(condition: Callable[[], bool], timeout: float, what: str) -> None:
    """Poll until the condition holds; raise ServerError when the time is up."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise ServerError(f"{what}: not so after {timeout:g} s")
        time.sleep(POLL_SECONDS)


def python_module(module: str, *arguments: str) -> list[str]:
    """The command that runs a module of this repository or of the environment."""
    return [sys.executable, "-m", module, *arguments]


def python_environment(**extra: str) -> dict[str, str]:
    """An environment in which `python -m tests.…` finds this repository from any folder."""
    paths = [str(REPO_ROOT), os.environ.get("PYTHONPATH", "")]
    path = os.pathsep.join(entry for entry in paths if entry)
    return {**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1", **extra}


@dataclass
class ServerProcess:
    """One server process that can be stopped, killed and started again.

    `stop_signal` asks it to end and is also what the kernel sends it when the test run itself
    dies (Linux), so that not even a killed test run leaves a server behind. The kernel minds the
    starting thread, so servers must be started from a thread that lives as long as they should.
    """

    name: str
    command: Sequence[str]
    log_file: Path
    cwd: Path
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    start_timeout: float = 60.0
    stop_timeout: float = 10.0
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ServerError(f"{self.name} is not running")
        return self._process.pid

    def start(self, ready: Callable[[], bool]) -> None:
        """Start the process and return once it is ready; on any failure nothing is left."""
        if self.running:
            raise ServerError(f"{self.name} is running already")
        self._spawn()
        try:
            self._await_ready(ready)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """End the process politely, and by force when it does not obey in time."""
        if self._process is not None and self.running:
            with suppress(ProcessLookupError):
                self._process.send_signal(self.stop_signal)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(self.stop_timeout)
        self.kill()

    def kill(self) -> None:
        """End the whole process group at once, as a crash would."""
        process, self._process = self._process, None
        if process is None:
            return
        # The group outlives its leader when a child is left, so this comes even after an exit.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(self.stop_timeout)

    def log_tail(self, lines: int = LOG_TAIL_LINES) -> str:
        """The last lines that the server wrote."""
        if not self.log_file.exists():
            return "(no log)"
        text = self.log_file.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:]) or "(empty log)"

    def _spawn(self) -> None:
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                list(self.command),
                cwd=self.cwd,
                env=dict(self.env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=self._die_with_parent if _LIBC is not None else None,
                user=self.user,
                group=self.user,
                extra_groups=None if self.user is None else [],
            )

    def _die_with_parent(self) -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(self.stop_signal), 0, 0, 0)

    def _await_ready(self, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + self.start_timeout
        while True:
            if not self.running:
                self._fail(f"ended with code {self._exit_code()} before it was ready")
            if ready():
                return
            if time.monotonic() > deadline:
                self._fail(f"was not ready after {self.start_timeout:g} s")
            time.sleep(POLL_SECONDS)

    def _exit_code(self) -> int | None:
        return None if self._process is None else self._process.returncode

    def _fail(self, what: str) -> None:
        raise ServerError(f"{self.name} {what}; the end of its log:\n{self.log_tail()}")
