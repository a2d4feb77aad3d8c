"""What a confined process can still do is tried by doing it: in children of an interpreter that is started for it.

Each way of confining is tried as root (where the tests run as root) and as an ordinary user.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import json
import mmap
import multiprocessing
import os
import select
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from autograder import sandbox
from autograder.sandbox import Limits, Means, View, descendants, landlock, namespaces, roots, surroundings

ROOT = Path(__file__).resolve().parent.parent.parent
USERS = ["root", "ordinary"] if hasattr(os, "getuid") and os.getuid() == 0 else ["ordinary"]
ORDINARY = 65534
MIB = 1 << 20
NORESERVE = 0x4000  # Python's mmap has no name for it

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux confines by more than limits")


# --- what a confined process tries: each gets the facts and returns plain data, or fails ------------------------------


def reads(path: str) -> Callable[[dict[str, Any]], Any]:
    return lambda facts: Path(path.format(**facts)).read_bytes().decode()


def writes(path: str) -> Callable[[dict[str, Any]], Any]:
    return lambda facts: Path(path.format(**facts)).write_text("mine")


def calls(name: str, *args: Any) -> Callable[[dict[str, Any]], Any]:
    """A function of the C library; arguments that name a fact are replaced by it."""
    return lambda facts: namespaces.call(name, *(facts.get(arg, arg) for arg in args))


def connects(family: str, address: str) -> Callable[[dict[str, Any]], Any]:
    def connect(facts: dict[str, Any]) -> str:
        with socket.socket(getattr(socket, family), socket.SOCK_STREAM) as line:
            where = facts[address]
            line.connect("\0" + where if family == "AF_UNIX" else ("127.0.0.1", where))
        return "connected"

    return connect


def talks_to_itself(facts: dict[str, Any]) -> str:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as line:
        line.sendall(b"hello")
        return server.accept()[0].recv(5).decode()


def uses_threads_and_processes(facts: dict[str, Any]) -> list[Any]:
    heard: list[Any] = []
    thread = threading.Thread(target=lambda: heard.append("thread"))
    thread.start()
    thread.join()
    with multiprocessing.get_context("fork").Pool(2) as workers:
        heard += workers.map(abs, [-1, -2])
    return [*heard, subprocess.run(["/bin/echo", "program"], capture_output=True, check=True).stdout.decode().strip()]


def sees_itself(facts: dict[str, Any]) -> dict[str, Any]:
    status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line)
    return {
        "processes": sorted(int(name) for name in os.listdir("/proc") if name.isdecimal()),
        "capabilities": {status[name].strip() for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")}.pop(),
        "uid": os.getuid(),
        "cwd": os.getcwd(),
        "environment": dict(os.environ),
        "first environment": Path("/proc/self/environ").read_text().strip("\0"),
    }


def reserves_more_than_it_uses(facts: dict[str, Any]) -> list[Any]:
    """As a program built with ASan does, with the limit lifted for it; then it holds again."""
    import resource  # not on Windows

    lowered, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    with mmap.mmap(-1, 1 << 40, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | NORESERVE) as reserved:
        size = len(reserved)
    resource.setrlimit(resource.RLIMIT_DATA, (lowered, most))
    return [size, attempt(["takes memory"], facts)["takes memory"]]


def leaves_a_daemon_and(report: int) -> None:
    """Twice forked, with a session of its own, waits forever; holds the pipe open as long as it lives."""
    between = os.fork()
    if between == 0:
        os.setsid()
        if os.fork() == 0:
            os.write(report, b"d")
            signal.pause()
        os._exit(0)
    os.waitpid(between, 0)


TRIES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "reads a secret": reads("{secret}"),
    "reads the course": lambda facts: (ROOT / "nbgrader_config.py").read_text(),
    "reads the sources": lambda facts: os.listdir(ROOT / "source"),
    "reads its home": lambda facts: os.listdir(facts["home"]),
    "reads shadow": reads("/etc/shadow"),
    "reads what it is given": reads("{given}/data.txt"),
    "changes what it is given": writes("{given}/data.txt"),
    "adds to what it is given": writes("{given}/more.txt"),
    "adds to the system": writes("/usr/mine"),
    "adds to the root": writes("/mine"),
    "adds to etc": writes("/etc/mine"),
    "turns a switch": writes("/proc/sys/kernel/core_pattern"),
    "writes to its folder": writes("{shared}/own.txt"),
    "writes to tmp": writes("/tmp/{name}.txt"),
    "leaves a link": lambda facts: os.symlink(facts["secret"], facts["shared"] + "/link"),
    "kills the parent": lambda facts: os.kill(facts["parent"], signal.SIGKILL),
    "connects by TCP": connects("AF_INET", "port"),
    "connects by name": connects("AF_UNIX", "socket"),
    "talks to itself": talks_to_itself,
    "mounts": lambda facts: namespaces.mount("tmpfs", "/tmp", "tmpfs", 0),
    "unmounts": lambda facts: namespaces.detach("/usr"),
    "makes writable": lambda facts: namespaces.mount("none", facts["given"], "", namespaces.REMOUNT | namespaces.BIND),
    "changes its root": calls("chroot", b"/tmp"),
    "becomes another user": lambda facts: namespaces.unshare(namespaces.NEWUSER),
    "makes namespaces": lambda facts: namespaces.unshare(namespaces.NEWNS),
    "traces": calls("ptrace", 16, "parent", None, None),
    "becomes root": lambda facts: os.setresuid(0, 0, 0),
    "reads a descriptor": lambda facts: os.read(facts["open"], 10).decode(),
    "uses threads and processes": uses_threads_and_processes,
    "sees itself": sees_itself,
    "makes a device": lambda facts: os.mknod(facts["shared"] + "/disk", stat.S_IFBLK, os.makedev(254, 0)),
    "takes memory": lambda facts: len(bytearray(1 << 30)),
    "reserves more than it uses": reserves_more_than_it_uses,
    "fills its folder": lambda facts: [Path(facts["shared"], str(n)).write_bytes(bytes(2 * MIB)) for n in range(9)],
    "fills a file": lambda facts: Path("/tmp/big").write_bytes(bytes(4 * MIB)),
    "opens files": lambda facts: len([open(os.devnull) for _ in range(100)]),  # noqa: SIM115
    "reads fonts": lambda facts: Path(os.environ["MPLCONFIGDIR"], "fontlist-test.json").read_text(),
    "follows a link": reads("{shared}/link"),
    "reads the learner's": reads("{shared}/own.txt"),
}
LIMITS = Limits(memory=512 * MIB, file_size=3 * MIB, scratch=5 * MIB, open_files=64, processes=64)


def attempt(names: list[str], facts: dict[str, Any]) -> dict[str, Any]:
    """What came of each: what it returned, or the name of the error."""
    heard: dict[str, Any] = {}
    for name in names:
        try:
            heard[name] = TRIES[name](facts)
        except OSError as error:
            heard[name] = errno.errorcode[error.errno or 0]
        except Exception as error:  # noqa: BLE001 - whatever it is, is the answer
            heard[name] = type(error).__name__
    return heard


# --- the interpreter that forks: it is started with an order on its standard input, and answers in JSON ---------------


def child(act: Callable[[int], Any], own: bool = True) -> tuple[int, int]:
    """A forked process that does something and ends; its number, and the pipe on which it answers."""
    answer, told = os.pipe()
    pid = sandbox.fork() if own else os.fork()
    if pid == 0:
        os.close(answer)
        try:
            if (said := act(told)) is not None:
                os.write(told, json.dumps(said).encode())
        except BaseException:  # noqa: BLE001 - nothing may go on as a second interpreter
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(told)
    return pid, answer


def all_of(answer: int) -> bytes:
    heard = b""
    while part := os.read(answer, 1 << 16):
        heard += part
    os.close(answer)
    return heard


def mount_but_proc(
    mount: Callable[..., None], no: Callable[[], None], source: str, target: str, kind: str, *rest: Any
) -> None:
    no() if kind == "proc" else mount(source, target, kind, *rest)


def refuse(names: list[str]) -> None:
    """The kernel as it is where these are not to be had."""

    def no(*_: object, **__: object) -> Any:
        raise OSError(errno.EPERM, "refused")

    for name in names:
        if name == "proc":
            namespaces.mount = functools.partial(mount_but_proc, namespaces.mount, no)
        elif name == "mount_setattr":
            namespaces._MOUNT_SETATTR = 9999
        elif name == "Linux":
            namespaces._libc = namespaces._held = None
        else:
            room, _, function = name.partition(".")
            setattr({"namespaces": namespaces, "landlock": landlock, "roots": roots}[room], function, no)


def interpreter() -> None:
    order = json.load(sys.stdin)
    for warm_up in (
        talks_to_itself,
        uses_threads_and_processes,
    ):  # what they import may be out of an ordinary user's reach
        warm_up({})
    if order["user"] == "ordinary" and os.getuid() == 0:
        os.setgroups([])
        os.setgid(ORDINARY)
        os.setuid(ORDINARY)
    refuse(order["refuse"])
    print(json.dumps(globals()[order["what"]](order)), flush=True)


def enter(order: dict[str, Any], told: int, learner: bool = True, **limits: int) -> Means:
    facts = order["facts"]
    view = View((facts["given"], facts["given"] + "/nothing"), facts["shared"])
    return sandbox.enter(view, Limits(**{**asdict(LIMITS), **limits}), learner, keep=(told,))


def ready(order: dict[str, Any]) -> None:
    sandbox.prepare()
    sandbox.scratch(order["facts"]["shared"], LIMITS)


def confined(order: dict[str, Any]) -> dict[str, Any]:
    """Means and attempts of a learner's process, then those of a tester in the same folder."""
    facts = order["facts"] | {"parent": os.getpid(), "home": os.path.expanduser("~")}
    facts["open"] = os.open(facts["secret"], os.O_RDONLY)
    ready(order)

    def run(told: int, learner: bool) -> dict[str, Any]:
        means = enter(order, told, learner)
        return {"means": asdict(means), **attempt(order["tries"]["learner" if learner else "tester"], facts)}

    heard = {}
    for name in order["tries"]:
        pid, answer = child(lambda told, name=name: run(told, name == "learner"))  # type: ignore[misc]
        heard[name] = json.loads(all_of(answer))
        os.waitpid(pid, 0)
    sandbox.unscratch(facts["shared"])
    return {**heard, "left": os.path.exists(facts["shared"])}


def bombed(order: dict[str, Any]) -> int:
    """How many processes could be forked; ends when none of them is left."""

    def fork_on(told: int) -> None:
        enter(order, told, processes=20)
        made = 0
        with contextlib.suppress(BlockingIOError):
            while os.fork():
                made += 1
            signal.pause()
        os.write(told, b"%d" % made)
        signal.pause()

    ready(order)
    return int(killed_after_first_word(fork_on))


def haunted(order: dict[str, Any]) -> str:
    """Ends when a daemon that the learner's process has left is gone."""

    def haunt(told: int) -> None:
        enter(order, told)
        leaves_a_daemon_and(told)
        signal.pause()

    ready(order)
    return killed_after_first_word(haunt)


def killed_after_first_word(act: Callable[[int], Any]) -> str:
    pid, answer = child(act)
    word = os.read(answer, 100).decode()
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert all_of(answer) == b"", "something went on writing"
    return word


def orphaned(order: dict[str, Any]) -> None:
    """Dies of a sudden while a child waits; the child holds the descriptor ``held``."""

    def wait(told: int) -> None:
        facts = order["facts"]
        sandbox.enter(View((), facts["shared"]), LIMITS, keep=(told, order["held"]))
        os.write(told, b"in")
        signal.pause()

    ready(order)
    _, answer = child(wait)
    assert os.read(answer, 10) == b"in"
    os.kill(os.getpid(), signal.SIGKILL)


def measured(order: dict[str, Any]) -> int:
    """Bytes that a child and a child of its own hold, of which the latter fills 64 MiB."""

    def fill(told: int) -> None:
        if os.fork() == 0:
            held = b"x" * (64 * MIB)
            os.write(told, b"%d" % len(held))
        signal.pause()

    sandbox.prepare()
    pid, answer = child(fill)
    os.read(answer, 20)
    before = sandbox.memory_of(os.getpid()) - sandbox.memory_of(pid)
    held = sandbox.memory_of(pid)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    all_of(answer)
    return held - 2 * before


def left(order: dict[str, Any]) -> dict[str, Any]:
    """What ``strays`` finds when a plain child has left a daemon, before and after that is killed."""
    sandbox.prepare()
    known, line = child(lambda told: signal.pause(), own=False)
    pid, answer = child(leaves_a_daemon_and, own=False)
    assert os.read(answer, 1) == b"d"
    os.waitpid(pid, 0)
    found = sandbox.strays({known})
    for stray in found:
        os.kill(stray, signal.SIGKILL)
        os.waitpid(stray, 0)
    rest = all_of(answer).decode()
    after = sandbox.strays({known})
    os.kill(known, signal.SIGKILL)
    os.waitpid(known, 0)
    os.close(line)
    return {"found": len(found), "after": after, "said": rest}


# --- the tests --------------------------------------------------------------------------------------------------------


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that an ordinary user reaches, with a secret, a folder to give and one to share."""
    top = Path(tempfile.mkdtemp(prefix="sandbox-", dir="/tmp"))
    top.chmod(0o755)
    (top / "secret.txt").write_text("the secret")
    (top / "shared").mkdir()
    (top / "given").mkdir()
    (top / "given" / "data.txt").write_text("given")
    for folder in (top, top / "shared", top / "given"):
        if os.getuid() == 0:
            os.chown(folder, ORDINARY, ORDINARY)
    yield top
    shutil.rmtree(top, ignore_errors=True)


Ask = Callable[..., Any]


@pytest.fixture
def ask(place: Path) -> Ask:
    """Starts an interpreter that does ``what``, as a ``user``, where the kernel refuses some things."""

    def ask(what: str, user: str, refuse: tuple[str, ...] = (), held: int = -1, **more: Any) -> Any:
        facts = {"secret": f"{place}/secret.txt", "given": f"{place}/given", "shared": f"{place}/shared"}
        facts |= {"name": place.name, **more.pop("facts", {})}
        order = {"what": what, "user": user, "refuse": refuse, "facts": facts, "held": held, **more}
        environment = {
            "PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}{os.pathsep}{Path(__file__).parent}",
            "MPLCONFIGDIR": f"{place}/given", "TOKEN": "the secret", "PYTHONHASHSEED": "7",
        }  # fmt: skip
        ran = subprocess.run(
            [sys.executable, "-c", "import test_sandbox; test_sandbox.interpreter()"],
            input=json.dumps(order), env=environment, capture_output=True, text=True, timeout=120, check=False,
            pass_fds=(held,) if held >= 0 else (),
        )  # fmt: skip
        if what == "orphaned":
            return ran.returncode
        assert ran.returncode == 0, ran.stderr[-3000:]
        return json.loads(ran.stdout)

    return ask


@pytest.fixture(scope="module")
def means() -> Means:
    return sandbox.probe()


GIVEN_AWAY = ["reads a secret", "reads the course", "reads the sources", "reads shadow", "follows a link"]


@linux
@pytest.mark.parametrize("user", USERS)
def test_a_confined_process_gets_nowhere(user: str, place: Path, ask: Ask) -> None:
    (place / "given" / "fontlist-test.json").write_text("fonts")
    first = [name for name in TRIES if name not in LATER]
    with listening(place.name) as facts:
        heard = ask("confined", user, facts=facts, tries={"learner": first, "tester": [*GIVEN_AWAY, *LATER]})
    means, tester = Means(**heard["learner"].pop("means")), heard["tester"]
    needs_namespaces(means)
    itself = heard["learner"].pop("sees itself")
    home = heard["learner"].pop("reads its home")
    assert heard["learner"] == {
        "reads a secret": "ENOENT",
        "reads the course": "ENOENT",
        "reads the sources": "ENOENT",
        "reads shadow": "ENOENT",
        "reads what it is given": "given",
        "changes what it is given": "EROFS",
        "adds to what it is given": "EROFS",
        "adds to the system": "EROFS",
        "adds to the root": "EROFS",
        "adds to etc": "EROFS",
        "turns a switch": "EACCES",
        "writes to its folder": 4,
        "writes to tmp": 4,
        "leaves a link": None,
        "kills the parent": "ESRCH",
        "connects by TCP": "ECONNREFUSED",
        "connects by name": "ECONNREFUSED",
        "talks to itself": "hello",
        "mounts": "EPERM",
        "unmounts": "EPERM",
        "makes writable": "EPERM",
        "changes its root": "EPERM",
        "becomes another user": "ENOSPC",
        "makes namespaces": "EPERM",
        "traces": "ESRCH",
        "becomes root": "EINVAL",
        "makes a device": "EACCES" if means.landlock else "EPERM",
        "reads a descriptor": "EBADF",
        "uses threads and processes": ["thread", 1, 2, "program"],
        "takes memory": "MemoryError",
        "reserves more than it uses": [1 << 40, "MemoryError"],
        "fills its folder": "ENOSPC",
        "fills a file": "EFBIG",
        "opens files": "EMFILE",
        "reads fonts": "fonts",
    }
    assert home == "ENOENT" or not set(home) - {Path(sys.base_prefix).relative_to(Path.home()).parts[0]}
    assert itself["processes"] == [1]
    assert int(itself["capabilities"], 16) == 0
    assert itself["uid"] == ORDINARY if os.getuid() == 0 else os.getuid()
    assert itself["first environment"] == ""
    said = itself["environment"]
    assert (said["HOME"], said["TMPDIR"], itself["cwd"]) == (f"{place}/shared",) * 3
    assert said["PYTHONHASHSEED"] == "7"
    assert said.items() >= surroundings.ONE_THREAD.items()
    assert "the secret" not in said.values()
    assert not Path(f"/tmp/{place.name}.txt").exists()
    assert Means(**tester.pop("means")) == means
    assert tester == dict.fromkeys(GIVEN_AWAY, "ENOENT") | {"reads the learner's": "mine"}
    assert not heard["left"]


LATER = ("follows a link", "reads the learner's")
OPEN = {"reads a secret": "the secret", "connects by TCP": "connected", "connects by name": "connected"}
LOCKED = {"reads a secret": "EACCES", "connects by TCP": "EACCES", "connects by name": "EPERM"}
NO_NAMESPACES = ("namespaces.own_mounts", "namespaces.fork")


@linux
@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize(
    ("refused", "network", "files", "line", "found"),
    [
        (
            ("landlock.restrict",), "private loopback", "own view", "own view of files, private loopback, own process space",
            {"reads a secret": "ENOENT", "connects by TCP": "ECONNREFUSED", "connects by name": "ECONNREFUSED"},
        ),
        (
            ("proc",), "private loopback", "own view", "own view of files, private loopback, own process space",
            {"reads a secret": "ENOENT", "adds to what it is given": "EROFS", "kills the parent": "ESRCH"},
        ),
        (
            ("mount_setattr", "landlock.restrict"), "private loopback", "own view",
            "own view of files, private loopback, own process space",
            {"adds to what it is given": "EROFS", "adds to the root": "EROFS", "writes to its folder": 4},
        ),
        (
            ("namespaces.scratch",), "private loopback", "own view", "own view of files, private loopback, own process space",
            {"writes to its folder": 4, "reads a secret": "ENOENT"},
        ),
        (
            ("namespaces.fork",), "private loopback", "own view", "own view of files, private loopback",
            {"reads a secret": "ENOENT", "connects by TCP": "ECONNREFUSED"},
        ),
        (
            ("roots.new_root",), "private loopback", "landlock", "only some files, private loopback, own process space",
            {**LOCKED, "connects by TCP": "ECONNREFUSED", "connects by name": "ECONNREFUSED", "writes to its folder": 4},
        ),
        (
            NO_NAMESPACES, "no TCP", "landlock", "only some files, no TCP",
            {**LOCKED, "reads what it is given": "given", "adds to what it is given": "EACCES", "writes to tmp": "EACCES",
             "writes to its folder": 4, "kills the parent": "EPERM", "traces": "EPERM"},
        ),
        ((*NO_NAMESPACES, "landlock.restrict"), "open", "open", "only limits on memory and processes", OPEN),
        (("Linux",), "open", "open", "only limits on memory and processes", {**OPEN, "takes memory": "MemoryError"}),
    ],
)  # fmt: skip
def test_what_is_refused_is_not_claimed(
    user: str,
    refused: tuple[str, ...],
    network: str,
    files: str,
    line: str,
    found: dict[str, Any],
    place: Path,
    ask: Ask,
    means: Means,
) -> None:
    needs_namespaces(means)
    with listening(place.name) as facts:
        heard = ask("confined", user, refused, facts=facts, tries={"learner": list(found)})["learner"]
    got = Means(**heard.pop("means"))
    assert (got.network, got.files) == (network, files)
    assert got.strong == (network != "open" and files != "open")
    assert got.line().startswith(line)
    assert ("another user" in got.line()) == got.other_user
    assert got.other_user == (user == "root" and files == "own view")
    assert bool(got.landlock) == ("Landlock" in got.line()) == (not {"landlock.restrict", "Linux"} & set(refused))
    assert heard == found


@linux
@pytest.mark.parametrize("user", USERS)
def test_a_fork_bomb_ends_with_its_first_process(user: str, ask: Ask, means: Means) -> None:
    needs_namespaces(means)
    assert ask("bombed", user) == 20 - 1  # itself counts


@linux
@pytest.mark.parametrize("user", USERS)
def test_a_daemon_ends_with_the_process_that_left_it(user: str, ask: Ask, means: Means) -> None:
    needs_namespaces(means)
    assert ask("haunted", user) == "d"


@linux
@pytest.mark.parametrize("user", USERS)
def test_children_end_with_the_process_that_forked_them(user: str, ask: Ask) -> None:
    ours, held = os.pipe()
    assert ask("orphaned", user, held=held) == -signal.SIGKILL
    os.close(held)
    assert select.select([ours], [], [], 60)[0], "the child outlives its parent by a minute"
    assert os.read(ours, 1) == b""
    os.close(ours)


@linux
@pytest.mark.parametrize("user", USERS)
def test_memory_is_that_of_all_descendants(user: str, ask: Ask) -> None:
    assert 60 * MIB < ask("measured", user) < 96 * MIB


@linux
@pytest.mark.parametrize("user", USERS)
def test_what_a_plain_child_leaves_is_found(user: str, ask: Ask) -> None:
    assert ask("left", user) == {"found": 1, "after": [], "said": ""}


def test_memory_of_nobody_is_none() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert descendants.memory_of(gone.pid) == 0


def test_a_folder_cannot_be_taken_along(tmp_path: Path) -> None:
    folder = os.open(tmp_path, os.O_RDONLY)
    with pytest.raises(ValueError, match=f"descriptor {folder} is a folder"):
        sandbox.enter(View((), str(tmp_path)), Limits(), keep=(folder,))
    os.close(folder)


def test_a_scratch_folder_goes_whatever_is_in_it(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("stays")
    folder = tmp_path / "scratch"
    (folder / "locked" / "deep").mkdir(parents=True)
    (folder / "locked" / "deep" / "file").write_text("goes")
    (folder / "link").symlink_to(kept)
    (folder / "locked" / "deep").chmod(0)
    (folder / "locked").chmod(0)
    kept.chmod(0o555)
    sandbox.unscratch(str(folder))
    assert not folder.exists()
    assert (kept / "file").read_text() == "stays"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o555
    kept.chmod(0o755)


def test_a_probe_finds_what_a_confined_process_has(place: Path, ask: Ask, means: Means) -> None:
    heard = ask("confined", USERS[0], tries={"learner": []})
    assert Means(**heard["learner"]["means"]) == means == sandbox.probe()


def test_files_behind_links_are_found_where_they_are(tmp_path: Path) -> None:
    real = tmp_path / "real"
    (real / "within").mkdir(parents=True)
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "chain").symlink_to(tmp_path / "link")
    found = roots.find(
        [str(tmp_path / "chain" / "within"), str(tmp_path / "nothing"), str(real), f"{tmp_path}/./real/.."]
    )
    assert found.places == {str(tmp_path): True}
    alone = roots.find([str(tmp_path / "chain" / "within")])
    assert alone.places == {str(real / "within"): True}
    assert alone.links == {str(tmp_path / "chain"): str(tmp_path / "link"), str(tmp_path / "link"): "real"}


def test_an_environment_that_is_a_project_too_is_seen_without_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("bin", "lib", "source"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path / "source"))
    surroundings.look.cache_clear()
    try:
        places = surroundings.look().places
    finally:
        surroundings.look.cache_clear()
    assert {str(tmp_path / "bin"), str(tmp_path / "lib")} <= places.keys()
    assert not any(roots.within(str(tmp_path / "source"), place) for place in places)


def needs_namespaces(means: Means) -> None:
    if means.files != "own view":
        pytest.skip(f"this system allows only: {means.line()}")


@contextlib.contextmanager
def listening(name: str) -> Iterator[dict[str, Any]]:
    """A TCP socket and an abstract Unix socket of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as named:
        named.bind("\0" + name)
        named.listen()
        yield {"port": tcp.getsockname()[1], "socket": name}
