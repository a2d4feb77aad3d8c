"""A cable between a program and its PostgreSQL servers that hears the steps of two-phase commit and can be cut at any of them.

What a server notices of a client that was killed is that its connections end; what the client never sees any more are
the answers. So a cable that is cut does to a program what SIGKILL would, at a chosen step, whatever style the program is
written in, and nothing that its ``finally`` blocks try afterwards reaches a server::

    cable = Cable({"east": dsn, "west": dsn}, cut=("before", 3))
    cable.dsns      # the same databases, through the cable
    cable.steps     # what has passed: ("east", "PREPARE TRANSACTION", "t1/east"), …
"""

from __future__ import annotations

import contextlib
import re
import select
import shutil
import socket
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

_STEP = re.compile(rb"\b(PREPARE\s+TRANSACTION|COMMIT\s+PREPARED|ROLLBACK\s+PREPARED)\s+'([^']*)'", re.IGNORECASE)
_MOST = 1 << 16  # bytes of one read: a statement comes in one
_SECONDS = 10  # for a server to notice that its client is gone; it takes milliseconds


class Cable:
    """Unix sockets in front of the databases ``dsns``. ``cut`` is ("before", n) or ("after", n): the n-th step, from 1.

    Cut before a step, the server never hears of it; cut after it, the server has done it and its answer is lost. With ``only``
    just the line of that one database is cut.
    """

    def __init__(self, dsns: Mapping[str, str], cut: tuple[str, int] | None = None, only: str | None = None) -> None:
        self.steps: list[tuple[str, str, str]] = []
        self._cut, self._only = cut, only
        self._dead: set[str | None] = set()
        self._turn = threading.RLock()
        self._sockets: list[tuple[str, socket.socket]] = []
        self._threads: list[threading.Thread] = []
        self._folder = Path(tempfile.mkdtemp(prefix="cable-"))
        self.dsns = {name: self._lay(name, dsn) for name, dsn in dsns.items()}

    def step(self, who: str, what: str, gid: str, action: Callable[[], object]) -> None:
        """Do ``action`` as the next step: counted, and cut as the others are. ConnectionError where the cable is cut."""
        with self._turn:
            number = len(self.steps) + 1
            self._end_if(("before", number), who)
            self.steps.append((who, what, gid))
            action()
            self._end_if(("after", number), who)

    def close(self) -> None:
        """Cut what is not cut yet, and wait until the servers have noticed."""
        self._end(None)
        for thread in self._threads:
            thread.join(_SECONDS)
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Cable:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _end_if(self, moment: tuple[str, int], who: str) -> None:
        if moment == self._cut:
            self._end(self._only)
        if who in self._dead or None in self._dead:
            raise ConnectionError("the cable is cut")

    def _end(self, only: str | None) -> None:
        """Shut down the lines of one database, or of all. Their threads see the end, and close them."""
        with self._turn:
            self._dead.add(only)
            for name, line in self._sockets:
                if only in (None, name):
                    _shut(line)

    def _lay(self, name: str, dsn: str) -> str:
        known = conninfo_to_dict(dsn)
        file = f".s.PGSQL.{known.get('port', 5432)}"
        folder = self._folder / str(len(self._threads))
        folder.mkdir()
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(folder / file))
        listener.listen()
        self._sockets.append((name, listener))
        self._start(self._listen, name, listener, str(Path(str(known["host"])) / file))
        return make_conninfo(dsn, host=str(folder))

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _listen(self, name: str, listener: socket.socket, path: str) -> None:
        with listener:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                with self._turn:
                    server = socket.socket(socket.AF_UNIX)
                    try:
                        server.connect(path)
                    except OSError:  # no server there: the client hears of it by the end of its line
                        client.close()
                        server.close()
                        continue
                    self._sockets += [(name, client), (name, server)]
                    self._start(self._carry, name, client, server)
                    if name in self._dead or None in self._dead:
                        self._end(name)

    def _carry(self, name: str, client: socket.socket, server: socket.socket) -> None:
        with client, server:
            try:
                while True:
                    ready, _, _ = select.select([client, server], [], [])
                    if server in ready:
                        client.sendall(_some(server))
                    if client in ready:
                        client.sendall(self._pass(name, _some(client), server))
            except OSError:
                pass
            # A server's process that ends has undone what was not prepared; only then has it noticed.
            _shut(client)
            _shut(server, socket.SHUT_WR)
            server.settimeout(_SECONDS)
            with contextlib.suppress(OSError):
                while server.recv(_MOST):
                    pass

    def _pass(self, name: str, message: bytes, server: socket.socket) -> bytes:
        """Hand a message on. Of a step the answer is waited for: it comes when the step is done."""
        found = _STEP.search(message)
        if not found:
            server.sendall(message)
            return b""
        answers: list[bytes] = []

        def exchange() -> None:
            server.sendall(message)
            answers.append(_some(server))

        what = b" ".join(found[1].upper().split()).decode()
        self.step(name, what, found[2].decode(), exchange)
        return answers[0]


def _some(line: socket.socket) -> bytes:
    data = line.recv(_MOST)
    if not data:
        raise ConnectionError("the other side has closed the line")
    return data


def _shut(line: socket.socket, how: int = socket.SHUT_RDWR) -> None:
    with contextlib.suppress(OSError):  # it is closed already
        line.shutdown(how)
