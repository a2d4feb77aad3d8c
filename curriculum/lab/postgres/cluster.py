"""One PostgreSQL server with its data folder: made, configured, started, stopped, killed, removed."""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from curriculum.lab.postgres import keeper
from curriculum.lab.postgres.programs import PostgresError, command, environment, major, run

Setting = str | int | float | bool | None

_SOCKET = ".s.PGSQL.5432"
_LONGEST = 107 if sys.platform == "linux" else 103  # bytes of the path of a Unix socket
_STOPS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": getattr(signal, "SIGQUIT", signal.SIGTERM)}
#: What every cluster begins with, in a file of its own within the data folder, so that lessons read and change it.
_FILE = "lab.conf"
_SETTINGS: dict[str, Setting] = {
    "shared_buffers": "16MB",
    "max_connections": 30,
    "fsync": False,
    "huge_pages": False,
    "dynamic_shared_memory_type": "mmap",  # in the data folder: what a killed server leaves is removed with it
    "jit": False,
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_SINCE_18: dict[str, Setting] = {"io_method": "sync"}  # three processes fewer

_lock = threading.RLock()


class _Server:
    """A running server of this process. All of its processes hold one end of a pipe, so the last one's end is seen."""

    def __init__(self, line: list[str], log: Path) -> None:
        self._last, held = os.pipe()
        try:
            with log.open("ab") as file:
                self._process = subprocess.Popen(
                    line, stdin=subprocess.DEVNULL, stdout=file, stderr=file, env=environment(), pass_fds=(held,),
                    start_new_session=True,
                )  # fmt: skip
        except BaseException:
            os.close(self._last)
            raise
        finally:
            os.close(held)
        self.pid = self._process.pid
        self._helpers: list[int] = []
        keeper.hold("server", self.pid)

    def ended(self) -> bool:
        return self._process.poll() is not None

    def signal(self, number: int) -> None:
        self._helpers = self._children()
        self._process.send_signal(number)

    def wait(self, seconds: float) -> bool:
        """Until it and all its helpers have ended; whether they have in that time."""
        until = time.monotonic() + seconds
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        if not select.select([self._last], [], [], max(0.0, until - time.monotonic()))[0]:
            return False
        for pid in self._helpers:
            with contextlib.suppress(OSError):  # of a server that was killed, where this is process 1: it inherits them
                os.waitpid(pid, 0)
        return True

    def _children(self) -> list[int]:
        try:
            return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]
        except OSError:
            return []

    def forget(self) -> None:
        keeper.let_go("server", self.pid)
        os.close(self._last)


#: The servers that this process runs, by their data folder.
_servers: dict[Path, _Server] = {}


class Cluster:
    """A PostgreSQL cluster: a data folder and the server on it, which listens on a Unix socket in a folder of its own.

    Making one runs `initdb` (about a second) and starts nothing. As a context manager it is started, and at the end
    stopped and removed. Whatever is still there when this process ends is stopped and removed then.
    """

    def __init__(
        self,
        name: str = "cluster",
        settings: Mapping[str, Setting] | None = None,
        parent: str | os.PathLike[str] | None = None,
    ) -> None:
        self._begin(name, parent)
        self.data = self._home / "data"
        provider = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if major() >= 17 else []
        try:
            run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", *provider, "-k", "-N",
                "--no-instructions", "--wal-segsize=1")  # fmt: skip
            self.configure({**_SETTINGS, **(_SINCE_18 if major() >= 18 else {}), **(settings or {})})
        except BaseException:
            self.remove()
            raise

    @classmethod
    def at(cls, data: str | os.PathLike[str]) -> Cluster:
        """The cluster of a data folder that exists already: what `pg_basebackup` made, say. Removing it leaves that folder."""
        folder = Path(data).resolve()
        if not (folder / "PG_VERSION").is_file():
            raise PostgresError(f"{folder} is no data folder of PostgreSQL: it holds no file PG_VERSION")
        cluster = cls.__new__(cls)
        cluster._begin(folder.name, None)
        cluster.data = folder
        return cluster

    def _begin(self, name: str, parent: str | os.PathLike[str] | None) -> None:
        self.name = name
        self._home = Path(tempfile.mkdtemp(prefix="pg-", dir=parent)).resolve()
        length = len(os.fsencode(self._home / _SOCKET))
        if length > _LONGEST:
            self._home.rmdir()
            raise PostgresError(
                f"the path of the server's socket would have {length} bytes, and the system allows {_LONGEST}: "
                f"{self._home / _SOCKET}. Let the variable TMPDIR name a folder with a shorter path, as in TMPDIR=/tmp"
            )
        keeper.hold("folder", self._home)

    def __repr__(self) -> str:
        return f"<PostgreSQL cluster {self.name!r}, {'running' if self.running else 'not running'}>"

    # --- reaching it --------------------------------------------------------------------------------------------------

    def dsn(self, database: str = "postgres", user: str = "postgres") -> str:
        """Where to connect, as libpq and psycopg take it: `psycopg.connect(cluster.dsn())`."""
        parts = {"host": str(self._listens()), "port": "5432", "user": user, "dbname": database}
        return " ".join(f"{key}={_quoted(value)}" for key, value in parts.items())

    def database(self) -> str:
        """Where to connect to a fresh, empty database with a name of its own; the server has to run."""
        name = f"db_{os.urandom(6).hex()}"
        run("psql", "-X", "-q", "-d", self.dsn(), "-c", f"CREATE DATABASE {name}")
        return self.dsn(name)

    @property
    def running(self) -> bool:
        """Whether a server answers on the socket, whoever started it."""
        with socket.socket(socket.AF_UNIX) as line:
            try:
                line.connect(str(self._listens() / _SOCKET))
            except OSError:
                return False
        return True

    def log(self) -> str:
        """What the server has written so far: its messages, from all its starts."""
        path = self._home / "log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def _listens(self) -> Path:
        """The folder of its socket. A server that another object has started says in its lock file where that is."""
        lines = self._lock_file()
        ours = len(lines) > 4 and lines[4] and Path(lines[1]).resolve() == self.data
        return Path(lines[4]) if ours else self._home

    def _lock_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    # --- settings -----------------------------------------------------------------------------------------------------

    def configure(self, settings: Mapping[str, Setting]) -> None:
        """Change settings (None takes one back). A running server takes them over at once, but for those that need a restart."""
        path, main = self.data / _FILE, self.data / "postgresql.conf"
        include = f"include_if_exists = '{_FILE}'\n"
        if include not in main.read_text(encoding="utf-8"):
            with main.open("a", encoding="utf-8") as file:
                file.write(f"\n{include}")
        there = path.read_text(encoding="utf-8") if path.exists() else ""
        lines = dict(re.findall(r"^(\S+) = (.*)$", there, re.MULTILINE))
        lines |= {name: _value(value) for name, value in settings.items() if value is not None}
        kept = [f"{name} = {value}\n" for name, value in lines.items() if settings.get(name, "") is not None]
        path.write_text("".join(kept), encoding="utf-8")
        if self.running:
            self._reload()

    def _reload(self, seconds: float = 10) -> None:
        until, said = time.monotonic() + seconds, len(self.log())
        asked = self._ask("SELECT pg_conf_load_time() FROM pg_reload_conf()")
        while self._ask("SELECT pg_conf_load_time()") == asked:
            if time.monotonic() > until or "contains errors" in self.log()[said:]:
                raise PostgresError(f"cluster {self.name!r} did not take over its new settings. {self._said()}")
            time.sleep(0.02)

    def _ask(self, query: str) -> str:
        return run("psql", "-X", "-q", "-A", "-t", "-d", self.dsn(), "-c", query).stdout.strip()

    # --- its life -----------------------------------------------------------------------------------------------------

    def start(self, seconds: float = 60) -> None:
        """Start it and wait until it takes connections. Does nothing where it runs already."""
        with _lock:
            if self.running:
                return
            self._ended()
            where = f'unix_socket_directories="{self._home}"'  # quoted: the setting is a list
            fixed = ["-c", "listen_addresses=", "-c", where, "-c", "port=5432"]
            until = time.monotonic() + seconds
            while True:
                said = len(self.log())
                _servers[self.data] = server = _Server(command("postgres", "-D", self.data, *fixed), self._home / "log")
                if self._ready(server, until):
                    return
                if server.ended():
                    self._ended()
                    if "still in use" in self.log()[said:] and time.monotonic() < until:
                        time.sleep(0.05)  # helpers of a server that was killed are about to notice
                        continue
                    raise PostgresError(f"cluster {self.name!r} did not start. {self._said()}")
                self.stop("immediate")
                raise PostgresError(f"cluster {self.name!r} took no connections within {seconds:g} s. {self._said()}")

    def _ready(self, server: _Server, until: float) -> bool:
        """Waits for what pg_ctl waits for: the state that the server writes into its lock file."""
        while not server.ended() and time.monotonic() < until:
            lines = self._lock_file()
            if len(lines) > 7 and lines[0] == str(server.pid) and lines[7].strip() in ("ready", "standby"):
                return True
            time.sleep(0.005)
        return False

    def stop(self, mode: str = "fast", seconds: float = 60) -> None:
        """Stop it: "fast" writes a checkpoint, "immediate" does not, and the next start recovers. Nothing if it does not run."""
        self._signal(_STOPS[mode], seconds)

    def kill(self) -> None:
        """End the server by SIGKILL, which it cannot see coming, and wait until its helpers have noticed."""
        self._signal(signal.SIGKILL, 60)

    def restart(self) -> None:
        self.stop()
        self.start()

    def remove(self) -> None:
        """Stop it and remove what was made here: data, log and socket. A data folder that was there before (`at`) stays."""
        self.stop("immediate")
        keeper.remove(str(self._home))
        keeper.let_go("folder", self._home)

    def __enter__(self) -> Cluster:
        try:
            self.start()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.remove()

    def _signal(self, number: int, seconds: float) -> None:
        with _lock:
            server = _servers.get(self.data)
            if server is None or server.ended():
                self._ended()
                if self.running:
                    raise PostgresError(
                        f"cluster {self.name!r} was started by another process, or by pg_ctl: it has to be stopped from there"
                    )
                return
            server.signal(number)
            if not server.wait(seconds):
                raise PostgresError(f"cluster {self.name!r} had not ended after {seconds:g} s. {self._said()}")
            self._ended()

    def _ended(self) -> None:
        """Forget a server that has ended."""
        if (server := _servers.pop(self.data, None)) is not None:
            server.forget()

    def _said(self) -> str:
        lines = self.log().splitlines()[-12:]
        return "The last lines of its log:\n" + "\n".join(lines) if lines else "Its log is empty."


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", r"\\").replace("'", r"\'") + "'"


def _value(value: Setting) -> str:
    text = ("on" if value else "off") if isinstance(value, bool) else str(value)
    return "'" + text.replace("'", "''") + "'"


@atexit.register
def _stop_all() -> None:
    """At an orderly end this process, whose children they are, stops its servers itself; the keeper removes the folders."""
    for server in _servers.values():
        with contextlib.suppress(OSError):
            server.signal(_STOPS["immediate"])
    for server in _servers.values():
        server.wait(10)


def _forget() -> None:
    """In a forked child: the servers are its parent's."""
    global _lock
    _lock = threading.RLock()
    for server in _servers.values():
        server._process.returncode = 0
    _servers.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
