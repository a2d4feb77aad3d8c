"""Spark as lessons get it: what it takes, what it says, and that nothing of it outlives who started it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.sandbox.surroundings import open_to_all
from curriculum.lab import spark
from curriculum.lab.spark import SparkError, java

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 180.0
#: On one worker: one session serves most of these.
pytestmark = [
    pytest.mark.xdist_group("spark"),
    pytest.mark.skipif(sys.platform == "win32", reason="not started there"),
]
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
AS_ROOT = hasattr(os, "getuid") and os.getuid() == 0
OPEN = sys.platform == "linux" and all(map(open_to_all, (sys.executable, str(ROOT))))


def until(true: Callable[[], object], what: str) -> None:
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def processes_with(folder: str | Path) -> list[str]:
    """The processes that speak of a folder: Java, its leash, what Java has started."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in line:
            found.append(line)
    return found


def gone(folder: str | Path) -> bool:
    return not Path(folder).exists() and not processes_with(folder)


@pytest.fixture(scope="module", autouse=True)
def _no_session_is_left() -> Iterator[None]:
    yield
    spark.stop()


# --- one session a process --------------------------------------------------------------------------------------------


def test_there_is_one_session_and_it_is_small_and_quiet(capfd: pytest.CaptureFixture[str]) -> None:
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(spark.session())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert len(found) == 3
    session = spark.session()
    assert all(each is session for each in found)
    shown = {name: session.conf.get(f"spark.{name}") for name in ("master", "sql.shuffle.partitions", "ui.enabled")}
    assert shown == {"master": "local[2]", "sql.shuffle.partitions": "4", "ui.enabled": "false"}
    rows = session.createDataFrame([("a", 1), ("b", 2), ("a", 3)], "name string, number int")
    assert sorted(map(tuple, rows.groupBy("name").sum("number").collect())) == [("a", 4), ("b", 2)]
    ours = session.sparkContext.parallelize(range(6), 3).map(lambda n: (sys.executable, n * n)).collect()
    assert ours == [(sys.executable, n * n) for n in range(6)]
    assert capfd.readouterr() == ("", "")


def test_events_are_complete_when_they_are_asked_for() -> None:
    session = spark.session()
    before = len(spark.events())
    session.range(1000, numPartitions=3).selectExpr("id % 5 AS key").groupBy("key").count().collect()
    new = Counter(event["Event"].rpartition(".")[2] for event in spark.events()[before:])
    assert new["SparkListenerJobStart"] == new["SparkListenerJobEnd"] >= 1
    assert new["SparkListenerStageCompleted"] >= 2
    assert new["SparkListenerTaskEnd"] >= 4
    assert spark.events(session.sparkContext.applicationId)[:before] == spark.events()[:before]
    for unknown in ("local-0", "*", "../secret"):
        with pytest.raises(ValueError, match="no event log"):
            spark.events(unknown)


def test_other_settings_are_another_session_of_the_same_java(capfd: pytest.CaptureFixture[str]) -> None:
    first = spark.session()
    pid = first.sparkContext._jvm.java.lang.ProcessHandle.current().pid()
    old = first.sparkContext.applicationId
    second = spark.session("local[1]", {"spark.sql.shuffle.partitions": 7})
    assert second is not first
    assert spark.session() is second
    assert spark.session("local[1]", {"spark.sql.shuffle.partitions": 7}) is second
    assert second.conf.get("spark.sql.shuffle.partitions") == "7"
    assert second.sparkContext._jvm.java.lang.ProcessHandle.current().pid() == pid
    assert spark.events(old)[-1]["Event"] == "SparkListenerApplicationEnd"
    second.stop()  # by a learner
    third = spark.session()
    assert third.range(3).count() == 3
    assert third.conf.get("spark.sql.shuffle.partitions") == "4"
    assert capfd.readouterr() == ("", "")


@linux
def test_after_java_has_died_there_is_a_new_session() -> None:
    pid = spark.session().sparkContext._jvm.java.lang.ProcessHandle.current().pid()
    folder = spark._jvm and spark._jvm.folder
    os.kill(pid, signal.SIGKILL)
    until(lambda: spark._jvm is not None and spark._jvm.leash.ended, "the leash stayed")
    assert folder
    assert gone(folder)
    assert spark.session().range(5).count() == 5


# --- a cluster --------------------------------------------------------------------------------------------------------


@linux
def test_a_cluster_has_its_workers_and_is_gone_after_its_block() -> None:
    with spark.cluster(workers=2, cores=1, memory="512m") as cluster:
        assert cluster.url.startswith("spark://127.0.0.1:")
        assert [(w["state"], w["cores"], w["memory"]) for w in cluster.state()["workers"]] == [("ALIVE", 1, 512)] * 2
        session = spark.session(cluster)
        until(lambda: sum(w["coresused"] for w in cluster.state()["workers"]) == 2, "no executors")
        counts = session.range(1000, numPartitions=4).selectExpr("id % 3 AS key").groupBy("key").count().collect()
        assert sorted(row["count"] for row in counts) == [333, 333, 334]
        tasks = [e for e in spark.events() if e["Event"] == "SparkListenerTaskEnd"]
        assert {task["Task Info"]["Executor ID"] for task in tasks} <= {"0", "1"}
        folder = Path(str(cluster._folder))
        assert len(processes_with(folder)) >= 5
        assert not any(cluster._secret in line for line in processes_with(folder))
    assert gone(folder)
    assert spark.session("local[2]").range(2).count() == 2


# --- nothing stays ----------------------------------------------------------------------------------------------------

OWNER = """\
import os, signal, sys, time
sys.path.insert(0, {root!r})
from curriculum.lab import spark
session = spark.session()
print(spark._jvm.folder, session.range(7).count(), sep="\\n", flush=True)
{end}
"""


def owner(end: str, **more: object) -> tuple[subprocess.Popen[str], Path]:
    """A process that has started a session: it, and Spark's folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER.format(root=str(ROOT), end=end)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True, **more,  # type: ignore[call-overload]
    )  # fmt: skip
    assert process.stdout is not None
    told = [process.stdout.readline().strip() for _ in range(2)]
    assert told[1] == "7", process.communicate(timeout=SECONDS)[1]
    return process, Path(told[0])


@linux
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_who_is_killed_leaves_no_process_and_no_folder(number: signal.Signals) -> None:
    end = """
with spark.cluster(1) as cluster:
    print(cluster._folder, flush=True)
    time.sleep(600)
"""
    process, folder = owner(end)
    assert process.stdout is not None
    cluster = process.stdout.readline().strip()
    assert len(processes_with(cluster)) >= 3
    os.killpg(process.pid, number)  # as Jupyter ends a kernel
    process.communicate(timeout=SECONDS)
    until(lambda: gone(folder) and gone(cluster), "it stayed")


@linux
def test_when_a_process_has_ended_in_order_all_of_it_has() -> None:
    process, folder = owner("1 / 0")
    _, said = process.communicate(timeout=SECONDS)
    assert "ZeroDivisionError" in said
    assert "WARN" not in said
    assert gone(folder)


@linux
def test_a_leash_that_is_killed_takes_java_along() -> None:
    process, folder = owner("os.kill(spark._jvm.leash._process.pid, signal.SIGKILL); time.sleep(600)")
    until(lambda: not processes_with(folder), "Java stayed")
    process.kill()
    process.communicate(timeout=SECONDS)
    shutil.rmtree(folder, ignore_errors=True)


@linux
@pytest.mark.skipif(shutil.which("java") is None, reason="there is no other Java")
def test_a_forked_child_has_no_session_and_leaves_its_parents_alone_also_on_another_java() -> None:
    end = """
pid = os.fork()
if pid == 0:
    try:
        spark.events()
    except ValueError as error:
        print(error, flush=True)
    finally:
        os._exit(0)
os.waitpid(pid, 0)
print(spark.session() is session, session.range(9).count(), flush=True)
"""
    system = Path(shutil.which("java") or "").resolve().parent.parent
    process, folder = owner(end, env={**os.environ, "JAVA_HOME": str(system)})
    assert any(line.startswith(str(system)) for line in processes_with(folder))
    said, wrong = process.communicate(timeout=SECONDS)
    assert said.splitlines()[0].startswith("no session runs in this process"), wrong
    assert said.splitlines()[1] == "True 9"
    assert gone(folder)


# --- where work is graded ---------------------------------------------------------------------------------------------

CONFINED = """\
import os, sys, tempfile
sys.path.insert(0, {root!r})
from autograder import sandbox
from autograder.sandbox import Limits, View
{user}
folder = tempfile.mkdtemp(prefix="sparktest-")
sandbox.prepare()
sandbox.scratch(folder, Limits())
pid = sandbox.fork()
if pid == 0:
    try:
        sandbox.enter(View(({lab!r},), folder), Limits(), learner={learner})
        from curriculum.lab import spark
        session = spark.session()
        frame = session.range(1000).selectExpr("id", "id % 7 AS key")
        frame.write.partitionBy("key").parquet("out")
        print(session.read.parquet("out").groupBy("key").count().count())
        print(session.sparkContext.parallelize(range(8), 4).map(lambda n: n * n).sum())
        print(len(spark.events()) > 20, str(spark._jvm.folder).startswith(folder))
    except BaseException as error:
        print(error, spark.log())
    finally:
        sys.stdout.flush()
        os._exit(0)
os.waitpid(pid, 0)
sandbox.unscratch(folder)
print(os.path.exists(folder))
"""


@linux
@pytest.mark.parametrize(
    ("learner", "user"), [(True, "root")] * AS_ROOT + [(False, "ordinary")] * (OPEN or not AS_ROOT)
)
def test_it_works_where_work_is_graded(learner: bool, user: str) -> None:
    other = "os.setgroups([]); os.setgid(65534); os.setuid(65534)" if AS_ROOT and user == "ordinary" else ""
    script = CONFINED.format(root=str(ROOT), lab=str(ROOT / "curriculum" / "lab"), learner=learner, user=other)
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=2 * SECONDS, cwd="/", check=False,
        env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert ran.stdout.split("\n") == ["7", "140", "True True", "False", ""], ran.stdout + ran.stderr


def test_a_log_of_another_process_is_read_by_its_id() -> None:
    process, folder = owner("print(session.sparkContext.applicationId, flush=True); input()", stdin=subprocess.PIPE)
    assert process.stdout is not None
    application = process.stdout.readline().strip()
    read = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from curriculum.lab import spark; print(spark.events(sys.argv[1])[-1]['Event'])"
    ran = subprocess.run(
        [sys.executable, "-c", read, application], capture_output=True, text=True, timeout=SECONDS, check=False
    )
    process.communicate("\n", timeout=SECONDS)
    assert ran.stdout.strip().endswith("SparkListenerSQLExecutionEnd"), ran.stderr
    assert not folder.exists()


# --- what it says -----------------------------------------------------------------------------------------------------


@pytest.fixture
def asked_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    for answer in (java.java, java.home):
        answer.cache_clear()
    yield monkeypatch
    for answer in (java.java, java.home):
        answer.cache_clear()


def test_without_java_or_spark_it_names_the_command_that_brings_them(asked_anew: pytest.MonkeyPatch) -> None:
    asked_anew.delenv("JAVA_HOME", raising=False)
    asked_anew.setenv("PATH", "/nowhere")
    asked_anew.setattr(java.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SparkError, match=r"runs on Java, and there is none here. `make section-1-1`.*JAVA_HOME"):
        java.java()
    with pytest.raises(SparkError, match=r"pyspark is not there. `make section-1-1`"):
        java.home()


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ("echo 'openjdk version \"11.0.2\"' >&2", "Java 17 or newer, and .* is Java 11"),
        ("echo java version '\"1.8.0_391\"'", "is Java 8"),
        ("exit 3", "does not say which Java it is"),
    ],
)
def test_an_old_java_is_refused(asked_anew: pytest.MonkeyPatch, tmp_path: Path, says: str, why: str) -> None:
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "java"
    program.write_text(f"#!/bin/sh\n{says}\n")
    program.chmod(0o755)
    asked_anew.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(SparkError, match=why):
        java.java()


def test_java_that_does_not_start_is_quoted(asked_anew: pytest.MonkeyPatch) -> None:
    asked_anew.setattr(java, "_SMALL", ("-XX:+UseSerialGC", "-XX:+UseParallelGC"))
    before = set(Path(tempfile.gettempdir()).glob("spark-*"))
    with pytest.raises(SparkError, match=r"Spark did not start(?s:.*)garbage collectors"):
        spark._Jvm(SECONDS)
    assert set(Path(tempfile.gettempdir()).glob("spark-*")) <= before
