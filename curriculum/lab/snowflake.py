"""Snowflake for lessons: Snowflake's own connector, and on this computer a stand-in that answers it.

The stand-in is not Snowflake. It is fakesnow, which speaks the connector's protocol, translates Snowflake's SQL into DuckDB's and
lets DuckDB do the work. What runs here runs through the real connector, in Snowflake's SQL, on a real column store. What cannot be
learnt from it: how long anything takes on Snowflake or costs there, how its micro-partitions are pruned, and what its
warehouses do; it has no time travel, streams or tasks. Say so wherever its answers are shown; :func:`stands_in` tells::

    with snowflake.connect(folder) as connection:
        connection.cursor().execute("SELECT count(*) FROM orders").fetchall()

A real account. Where the variable SNOWFLAKE_ACCOUNT is set, :func:`connect` goes there instead, over the internet and at the
account's cost, as SNOWFLAKE_USER with SNOWFLAKE_PASSWORD; SNOWFLAKE_WAREHOUSE, SNOWFLAKE_ROLE, SNOWFLAKE_DATABASE and
SNOWFLAKE_SCHEMA are used where they are set. Database and schema are made if they are not there, and the folder is ignored. Grading has no
network and always uses the stand-in.

What it starts. One thread of this process, on the first call: the stand-in's server.

Where it listens. On 127.0.0.1, on a port that the system chooses. It asks for no password: whoever may use this computer's
loopback can log in. So put nothing into it that others must not see.

What it leaves. The file `SHOP.db` in the folder that it was given (the name is that of the database); without a folder, nothing. The
file is free for others, another process too, once the connection is closed. One connection at a time to a folder.

How it ends. With the process.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import logging
import os
import socket
import threading
import time
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

# All of it here and not when it is first needed: it takes seconds, once for all processes that are forked after it.
import fakesnow  # noqa: F401
import snowflake.connector
import sqlglot
import starlette.applications
import starlette.routing  # noqa: F401
import uvicorn
from fakesnow.transforms.stage import LOCAL_BUCKET_PATH

with contextlib.suppress(OSError):  # made by the import, for files of stages, which no lesson has, and never removed
    os.rmdir(LOCAL_BUCKET_PATH)
sqlglot.transpile("SELECT 1", read="snowflake", write="duckdb")  # it loads a dialect when it first meets one

DATABASE, SCHEMA = "SHOP", "PUBLIC"
#: What the environment may say of a real account, by the connector's own names.
_ACCOUNT = ("account", "user", "password", "warehouse", "role", "database", "schema")
#: The stand-in needs neither reports about its use nor a look for the cloud that this computer might be in.
_QUIET: Mapping[str, Any] = {
    "session_parameters": {"CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": False, "CLIENT_TELEMETRY_ENABLED": False},
    "platform_detection_timeout_seconds": 0,
}
_SECONDS = 30  # for the server to start; it takes half of one


def stands_in() -> bool:
    """Whether the stand-in answers, and not an account of Snowflake."""
    return not os.environ.get("SNOWFLAKE_ACCOUNT")


@contextlib.contextmanager
def connect(folder: str | os.PathLike[str] | None = None) -> Iterator[Any]:
    """A connection of snowflake-connector-python, closed at the end; every statement commits by itself.

    The stand-in keeps its database in ``folder``, which must be there; in memory without one.
    """
    with contextlib.ExitStack() as end:
        if stands_in():
            port, sessions = _server(os.getpid())
            connection: Any = snowflake.connector.connect(**_stand_in(folder, port))
            token = connection.rest.token
            end.callback(
                lambda: sessions.pop(token).close()
            )  # the stand-in does not hear of the end, and would keep the file
            end.callback(connection.close)
        else:
            options = _account()
            connection = snowflake.connector.connect(**options)
            end.callback(connection.close)
            for kind in ("database", "schema"):
                connection.cursor().execute(f"CREATE {kind} IF NOT EXISTS {options[kind]}")
                connection.cursor().execute(f"USE {kind} {options[kind]}")
        yield connection


def _account() -> dict[str, Any]:
    given = {name: os.environ.get(f"SNOWFLAKE_{name.upper()}") for name in _ACCOUNT}
    return {"database": DATABASE, "schema": SCHEMA} | {name: value for name, value in given.items() if value}


def _stand_in(folder: str | os.PathLike[str] | None, port: int) -> dict[str, Any]:
    place = ":isolated:" if folder is None else os.fspath(folder)
    return {
        "account": "standin", "user": "learner", "password": "none", "database": DATABASE, "schema": SCHEMA,
        "host": "127.0.0.1", "port": port, "protocol": "http", "network_timeout": 10,
        **_QUIET, "session_parameters": {**_QUIET["session_parameters"], "FAKESNOW_DB_PATH": place},
    }  # fmt: skip


@functools.cache
def _server(pid: int) -> tuple[int, dict[str, Any]]:
    """The port of this process's server and the sessions it knows; started on the first call. A forked child has its own."""
    from fakesnow.server import app, logger, sessions  # opens a database, which starts threads

    # What the connector is told as an error need not stand in the notebook a second time.
    logger.handlers = [logging.NullHandler()]
    logger.propagate = False
    warnings.filterwarnings("ignore", "Arrow output", UserWarning, "fakesnow")  # its own business with DuckDB 2
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else each answer waits 40 ms for its second half
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, log_level="critical"))
    thread = threading.Thread(target=server.run, args=([listener],), name="stand-in for Snowflake", daemon=True)
    thread.start()

    @atexit.register
    def stop() -> None:
        server.should_exit = True
        thread.join(_SECONDS)

    until = time.monotonic() + _SECONDS
    while not server.started:
        if time.monotonic() > until:
            raise RuntimeError("the stand-in for Snowflake did not start")
        time.sleep(0.01)
    return int(listener.getsockname()[1]), sessions
