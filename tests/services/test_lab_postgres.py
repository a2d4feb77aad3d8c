"""PostgreSQL as lessons get it: what it takes, what it says, and that nothing of it outlives who started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from autograder.sandbox.surroundings import open_to_all
from curriculum.lab import postgres
from curriculum.lab.postgres import Cluster, PostgresError, keeper, programs

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 60.0
#: On one worker: each server takes a second to make.
pytestmark = [
    pytest.mark.xdist_group("postgres"),
    pytest.mark.skipif(sys.platform == "win32", reason="needs Unix sockets"),
]
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
AS_ROOT = hasattr(os, "getuid") and os.getuid() == 0
#: Another user can run this Python: it may lie in root's home, which is closed.
OPEN = sys.platform == "linux" and all(map(open_to_all, (sys.executable, str(ROOT))))


def until(true: Callable[[], object], what: str) -> None:
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def one(dsn: str, query: str) -> object:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(query).fetchone()
    return row and row[0]


def refused(line: psycopg.Connection) -> None:
    with pytest.raises(psycopg.Error):
        line.execute("SELECT pg_sleep(60)")


def servers_in(folder: str | Path) -> list[str]:
    """The processes of servers, and the keepers, that speak of a folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in line:
            found.append(line)
    return found


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder with a short path: pytest's own are too long for a socket."""
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        yield Path(folder).resolve()


@pytest.fixture(scope="module")
def leader() -> Iterator[Cluster]:
    with Cluster("leader") as cluster:
        yield cluster


# --- one server a process ---------------------------------------------------------------------------------------------


def test_there_is_one_server_and_it_is_started_again_when_it_was_stopped() -> None:
    found: list[Cluster] = []
    threads = [threading.Thread(target=lambda: found.append(postgres.server())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert len(found) == 4
    assert len({id(each) for each in found}) == 1
    server = postgres.server()
    server.stop()
    assert not server.running
    assert postgres.server() is server
    assert one(server.dsn(), "SELECT 1") == 1


def test_databases_are_fresh_and_the_server_is_small_and_sure() -> None:
    server = postgres.server()
    first, second = server.database(), server.database()
    assert one(first, "SELECT current_database()") != one(second, "SELECT current_database()")
    assert one(first, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
    shown = {
        name: one(first, f"SHOW {name}") for name in ("data_checksums", "server_encoding", "shared_buffers", "fsync")
    }
    assert shown == {"data_checksums": "on", "server_encoding": "UTF8", "shared_buffers": "16MB", "fsync": "off"}
    assert one(first, "SHOW listen_addresses") == ""
    assert one(first, "SHOW wal_segment_size") == "1MB"
    assert one(first, "SELECT 'a' < 'B'") is False  # by code points


# --- a cluster's life -------------------------------------------------------------------------------------------------


def test_what_was_committed_is_there_after_every_way_of_stopping(leader: Cluster) -> None:
    dsn = leader.database()
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE kept (way text)")
    for way in ("smart", "fast", "immediate", "kill"):
        with psycopg.connect(dsn) as connection:
            connection.execute("INSERT INTO kept VALUES (%s)", (way,))
        leader.kill() if way == "kill" else leader.stop(way)
        assert not leader.running
        leader.stop()  # of one that does not run: nothing
        leader.start()
        leader.start()  # of one that runs: nothing
    assert one(dsn, "SELECT string_agg(way, ' ') FROM kept") == "smart fast immediate kill"
    assert "database system was not properly shut down" in leader.log()


def test_a_server_is_killed_in_the_middle_of_work_and_starts_again(leader: Cluster) -> None:
    dsn = leader.database()
    for _ in range(3):
        busy = psycopg.connect(dsn, autocommit=True)
        work = threading.Thread(target=refused, args=(busy,))
        work.start()
        until(lambda: one(dsn, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'"), "not busy")
        leader.kill()
        work.join(SECONDS)
        assert not work.is_alive()
        leader.start()
        assert one(dsn, "SELECT 1") == 1


def test_settings_are_taken_over_and_taken_back(leader: Cluster) -> None:
    leader.configure({"work_mem": "7MB", "log_min_messages": "error", "max_connections": 31, "jit": True})
    assert (one(leader.dsn(), "SHOW work_mem"), one(leader.dsn(), "SHOW jit")) == ("7MB", "on")
    assert one(leader.dsn(), "SHOW max_connections") == "30"
    leader.restart()
    assert one(leader.dsn(), "SHOW max_connections") == "31"
    leader.configure({"work_mem": None, "log_min_messages": None, "search_path": "it's, public"})
    assert one(leader.dsn(), "SHOW work_mem") == "4MB"
    assert one(leader.dsn(), "SHOW search_path") == "it's, public"
    with pytest.raises(PostgresError, match=r"did not take over(?s:.*)unrecognized configuration parameter"):
        leader.configure({"no_such_setting": 1})
    leader.configure({"no_such_setting": None, "search_path": None})


def test_a_follower_is_a_data_folder_with_a_server_of_its_own(leader: Cluster, short: Path) -> None:
    data = short / "follower data"
    postgres.run("pg_basebackup", "-D", data, "-R", "-X", "stream", "-c", "fast", "-d", leader.dsn())
    with Cluster.at(data) as follower:
        assert one(follower.dsn(), "SELECT pg_is_in_recovery()") is True
        same = "SELECT system_identifier FROM pg_control_system()"
        assert one(follower.dsn(), same) == one(leader.dsn(), same)
        assert follower.dsn() != leader.dsn()
        assert Cluster.at(data).running  # another object, the same server
        assert Cluster.at(data).dsn() == follower.dsn()
        Cluster.at(data).stop()
        assert not follower.running
    assert (data / "PG_VERSION").exists()  # it was there before: it stays


def test_a_cluster_is_removed_after_its_block_also_by_an_exception() -> None:
    cluster = Cluster("short-lived")
    with pytest.raises(ZeroDivisionError), cluster:
        one(cluster.dsn(), f"SELECT {1 / 0}")
    assert not cluster.running
    assert not cluster.data.parent.exists()


# --- nothing stays ----------------------------------------------------------------------------------------------------

OWNER = """\
import os, signal, sys, time
sys.path.insert(0, {root!r})
from curriculum.lab import postgres
server = postgres.server()
print(server.data.parent, server.dsn(), sep="\\n", flush=True)
{end}
"""


def owner(end: str, **more: object) -> tuple[subprocess.Popen[str], Path, str]:
    """A process that has started a server: it, the server's folder, and where to connect."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER.format(root=str(ROOT), end=end)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True, **more,  # type: ignore[call-overload]
    )  # fmt: skip
    assert process.stdout is not None
    told = [process.stdout.readline().strip() for _ in range(2)]
    assert told[1], process.communicate(timeout=SECONDS)[1]
    return process, Path(told[0]), told[1]


def gone(folder: str | Path) -> bool:
    return not Path(folder).exists() and not servers_in(folder)


@linux
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_who_is_killed_leaves_no_process_and_no_folder(number: signal.Signals) -> None:
    end = """
lost = postgres.Cluster("lost")
lost.start()
lost.kill()
print(lost.data.parent, flush=True)
time.sleep(600)
"""
    process, folder, dsn = owner(end)
    assert process.stdout is not None
    lost = process.stdout.readline().strip()
    assert one(dsn, "SELECT 1") == 1
    os.killpg(process.pid, number)  # as Jupyter ends a kernel
    process.communicate(timeout=SECONDS)
    until(lambda: gone(folder) and gone(lost), "it stayed")


@linux
@pytest.mark.parametrize("end", ["", "1 / 0"])
def test_when_a_process_has_ended_in_order_all_of_it_has(end: str) -> None:
    process, folder, _ = owner(end)
    process.communicate(timeout=SECONDS)
    assert gone(folder)


@linux
@pytest.mark.skipif(not AS_ROOT, reason="only root becomes another user")
@pytest.mark.skipif(not OPEN, reason="others cannot reach this Python")
def test_an_ordinary_user_needs_no_more(short: Path) -> None:
    short.chmod(0o777)
    environment = {"PATH": os.environ["PATH"], "TMPDIR": str(short)}  # no HOME, no name
    process, folder, dsn = owner("", user=65534, group=65534, extra_groups=[], env=environment, cwd="/")
    process.communicate(timeout=SECONDS)
    assert str(short) in dsn
    assert gone(folder)
    assert list(short.iterdir()) == []


def test_ctrl_c_reaches_the_cell_and_not_the_server() -> None:
    end = """
try:
    print("in the cell", flush=True)
    time.sleep(600)
except KeyboardInterrupt:
    print(server.running, flush=True)
    server.restart()
    print(server.running, flush=True)
"""
    process, folder, _ = owner(end)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "in the cell"
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate(timeout=SECONDS)
    assert said.split() == ["True", "True"]
    assert not folder.exists()


def test_a_forked_child_starts_its_own_and_leaves_its_parents_alone() -> None:
    end = """
pid = os.fork()
if pid == 0:
    try:
        mine = postgres.server()
        assert mine.dsn() != server.dsn() and mine.running and server.running
        try:
            server.stop()
        except postgres.PostgresError as error:
            print(error, flush=True)
        print(mine.data.parent, flush=True)
    finally:
        os._exit(0)
os.waitpid(pid, 0)
print(server.running, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    process, folder, _ = owner(end)
    said, wrong = process.communicate(timeout=SECONDS)
    refused, childs, running = said.splitlines()
    assert "started by another process" in refused, wrong
    assert running == "True"
    until(lambda: gone(folder) and gone(childs), "it stayed")


@linux
def test_a_keeper_that_was_killed_is_replaced() -> None:
    end = """
from curriculum.lab.postgres import keeper
os.kill(keeper._keeper.pid, signal.SIGKILL)
keeper._keeper.wait()
postgres.Cluster("one more")
os.kill(os.getpid(), signal.SIGKILL)
"""
    process, folder, _ = owner(end)
    process.communicate(timeout=SECONDS)
    until(lambda: gone(folder), "it stayed")


# --- where work is graded ---------------------------------------------------------------------------------------------

CONFINED = """\
import os, sys, tempfile
sys.path.insert(0, {root!r})
from autograder import sandbox
from autograder.sandbox import Limits, View
{user}
folder = tempfile.mkdtemp(prefix="pgtest-")
sandbox.prepare()
sandbox.scratch(folder, Limits())
pid = sandbox.fork()
if pid == 0:
    try:
        sandbox.enter(View(({lab!r},), folder), Limits(), learner={learner})
        import psycopg
        from curriculum.lab import postgres
        server = postgres.server()
        with psycopg.connect(server.database()) as connection:
            print(connection.execute("SELECT current_setting('data_checksums')").fetchone()[0])
        for _ in range(25):  # helpers of a killed server become this process's: they must not fill up its space
            server.kill()
            server.start()
        postgres.run("pg_basebackup", "-D", "copy", "-R", "-d", server.dsn())
        with postgres.Cluster.at("copy") as follower, psycopg.connect(follower.dsn()) as connection:
            print(connection.execute("SELECT pg_is_in_recovery()").fetchone()[0])
        print(str(server.data).startswith(folder))
    except BaseException as error:
        print(error)
    finally:
        sys.stdout.flush()
        os._exit(0)
os.waitpid(pid, 0)
sandbox.unscratch(folder)
print(os.path.exists(folder))
"""


@linux
@pytest.mark.parametrize("learner", [True, False], ids=["learner", "tester"])
@pytest.mark.parametrize("user", ["root"] * AS_ROOT + ["ordinary"] * (OPEN or not AS_ROOT))
def test_it_works_where_work_is_graded(learner: bool, user: str) -> None:
    other = "os.setgroups([]); os.setgid(65534); os.setuid(65534)" if AS_ROOT and user == "ordinary" else ""
    script = CONFINED.format(root=str(ROOT), lab=str(ROOT / "curriculum" / "lab"), learner=learner, user=other)
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=2 * SECONDS, cwd="/", check=False,
        env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert ran.stdout.split("\n") == ["on", "True", "True", "False", ""], ran.stdout + ran.stderr


# --- what it says -----------------------------------------------------------------------------------------------------


def test_a_socket_with_too_long_a_path_is_refused_before_anything_is_made(short: Path) -> None:
    deep = short / ("d" * 90)
    deep.mkdir()
    with pytest.raises(PostgresError, match=r"would have 1\d\d bytes, and the system allows 10[37].*TMPDIR"):
        Cluster(parent=deep)
    assert list(deep.iterdir()) == []


def test_a_missing_package_names_the_command_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(programs.VARIABLE, raising=False)
    monkeypatch.setattr(programs, "_PACKAGE", "no_such_package")
    with pytest.raises(PostgresError, match="`make section-1-1`"):
        postgres.run("psql", "--version")


def test_the_variable_names_another_folder_of_programs(monkeypatch: pytest.MonkeyPatch, short: Path) -> None:
    usual = programs._folder()
    monkeypatch.setenv(programs.VARIABLE, str(short))
    with pytest.raises(PostgresError, match=f"MIND_POSTGRES is {short}, and there is no initdb"):
        postgres.command("psql")
    for tool in ("initdb", "postgres", "psql"):
        (short / tool).symlink_to(usual / tool)
    assert postgres.command("psql", "--version")[-2:] == [str(short / "psql"), "--version"]


def test_errors_carry_the_tools_own_words(leader: Cluster, short: Path) -> None:
    with pytest.raises(PostgresError, match=r"there is no program pg_nothing.*There are: .*pg_basebackup"):
        postgres.run("pg_nothing")
    with pytest.raises(PostgresError, match=r"psql ended with status 1(?s:.*)relation \"nothing\" does not exist"):
        postgres.run("psql", "-d", leader.dsn(), "-c", "SELECT * FROM nothing")
    with pytest.raises(PostgresError, match="is no data folder of PostgreSQL"):
        Cluster.at(short)


def test_a_server_that_cannot_start_says_why() -> None:
    cluster = Cluster("wrong", {"max_wal_senders": 10, "wal_level": "minimal"})
    with pytest.raises(PostgresError, match=r"'wrong' did not start(?s:.*)WAL streaming.*requires"):
        cluster.start()
    cluster.configure({"max_wal_senders": 0})
    cluster.start()
    assert cluster.running
    cluster.remove()


def test_what_a_killed_server_leaves_in_the_kernel_is_removed_with_its_folder() -> None:
    with Cluster("killed") as cluster:
        cluster.kill()
        segment = (cluster.data / "postmaster.pid").read_text().splitlines()[6].split()[1]
        assert segment in _segments()
        keeper.remove(str(cluster.data.parent))
        assert segment not in _segments()


def _segments() -> set[str]:
    table = Path("/proc/sysvipc/shm")
    if not table.exists():
        pytest.skip("the kernel does not list them")
    return {line.split()[1] for line in table.read_text().splitlines()[1:]}
