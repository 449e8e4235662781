"""Feeds are read here, or, where there are many, by a process beside this one.

Reading is the largest part of a poll that finds something new, and threads do not share it: a
second core is only of use to a second process.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING

from service.deliver.reading import Reading, read, receive, send
from service.errors import UnreadableInput

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from service.model import Imprints

#: this many feeds are read here before another process is worth its start
_FEW = 30
_COMMAND = (sys.executable, "-P", "-m", "service.deliver.reading_process")


class Readers:
    """Reads feeds for several threads. A context manager."""

    def __init__(self, few: int = _FEW, cores: int | None = None) -> None:
        self._few = few
        self._alone = (cores or len(os.sched_getaffinity(0))) < 2
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._pending: deque[Future[bytes | None]] = deque()
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._alone = True
        process = self._process
        if process is not None:
            process.kill()
            process.wait()
            assert process.stdin is not None
            with suppress(OSError):  # half a question may be left in it
                process.stdin.close()

    def read(
        self,
        body: bytes,
        url: str,
        content_type: str | None,
        language: str | None,
        known: Imprints | None = None,
    ) -> Reading:
        """The feed, as `reading.read` gives it. Raises UnreadableInput."""
        frame = self._elsewhere((body, url, content_type, language, known))
        if frame is None:
            return read(body, url, content_type, language, known)
        answer = pickle.loads(frame)
        if isinstance(answer, Reading):
            return answer
        if isinstance(answer, Exception):
            raise answer
        what, mend = answer
        raise UnreadableInput(what, mend=mend)

    def _elsewhere(self, question: tuple[object, ...]) -> bytes | None:
        """The other process's answer; None where there is none, or it has ended."""
        with self._lock:
            self._count += 1
            if self._alone or self._count <= self._few:
                return None
            process = self._process or self._start()
            if process is None or process.stdin is None:
                return None
            answer: Future[bytes | None] = Future()
            self._pending.append(answer)
            with suppress(OSError):  # it has ended: the receiver says so
                send(process.stdin, question)  # type: ignore[arg-type]
        return answer.result()

    def _start(self) -> subprocess.Popen[bytes] | None:
        try:
            process = subprocess.Popen(
                _COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError:
            self._alone = True
            return None
        self._process = process
        thread = threading.Thread(target=self._hear, args=(process,), name="reading", daemon=True)
        thread.start()
        return process

    def _hear(self, process: subprocess.Popen[bytes]) -> None:
        """Hand on the answers; when they end, everybody who waits reads for himself."""
        assert process.stdout is not None
        while (frame := receive(process.stdout)) is not None:  # type: ignore[arg-type]
            self._pending.popleft().set_result(frame)
        with self._lock:
            self._alone = True
            process.stdout.close()
            while self._pending:
                self._pending.popleft().set_result(None)
