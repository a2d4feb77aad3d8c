"""Work that dies, hangs or takes more than its share. It costs its own exercise, and everything else is graded in full.

All of it is bounded by itself: memory below 6 GB, disk below 1 GB, 200 processes, 300 threads.
"""

from __future__ import annotations

import functools

from tests.hostile.case import COSTS_NO_OTHER, Case, attack, beside

_fault = functools.partial(attack, kind="hostile")


def _in_calls(name: str, why: str, body: str, **more: bool) -> Case:
    """The attacked functions do it when they are called."""
    return attack(name, why, "", kind="hostile", hollow=body, **more)


_DEAF = """
import signal
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""
_STACK = """
import sys
sys.setrecursionlimit(10**9)
class Deep:
    def __getattr__(self, name):
        return getattr(self, name + "x" if len(name) < 50 else "y")
def deeper(n):
    return [deeper(n + 1)] and sorted([1, 2], key=lambda x: deeper(n + 1))
deeper(0)
"""
_SEGFAULT = """
import ctypes
ctypes.string_at(0)
"""
_MEMORY = """
held = []
while len(held) < 94:
    held.append(bytearray(b"x") * (64 << 20))
raise SystemExit
"""
_MEMORY_ARRAY = """
import numpy
held = numpy.ones((6 << 30) // 8)
"""
_MEMORY_CHILDREN = """
import os, time
for _ in range(6):
    if os.fork() == 0:
        held = bytearray(b"x") * (900 << 20)
        time.sleep(600)
        os._exit(0)
time.sleep(600)
"""
_FORKS = """
import os, time
for _ in range(200):
    try:
        if os.fork() == 0:
            time.sleep(600)
            os._exit(0)
    except OSError:
        break
time.sleep(600)
"""
_DISK = """
import os, tempfile
written = 0
for folder in (".", tempfile.gettempdir(), "/dev/shm"):
    try:
        with open(os.path.join(folder, "stray-fill"), "wb") as file:
            while written < 1000:
                written += 1
                file.write(bytes(1 << 20))
    except OSError:
        pass
"""
_INODES = """
try:
    for i in range(20_000):
        open(f"stray-{i}", "w").close()
except OSError:
    pass
"""
_DESCRIPTORS = """
import os
held = []
try:
    while len(held) < 100_000:
        held.append(os.open("/dev/null", os.O_RDONLY))
except OSError:
    pass
"""
_MANY_THREADS = """
import threading, time
for _ in range(300):
    try:
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
    except RuntimeError:
        break
"""
_DEADLOCK = """
import threading
lock = threading.Lock()
lock.acquire()
lock.acquire()
"""
_LATER = """
import os, threading, time
def _later():
    time.sleep(0.2)
    os._exit(1)
threading.Thread(target=_later, daemon=True).start()
"""
_ALARM = """
import signal
signal.signal(signal.SIGALRM, signal.SIG_DFL)
signal.setitimer(signal.ITIMER_REAL, 0.2)
"""
_NO_TEXT = """
class Wordless(Exception):
    def __str__(self):
        {}
    __repr__ = __str__
def wordless(*args, **kwargs):
    raise Wordless(1)
for _name in aim.exports:
    globals()[_name] = wordless
"""
_LIAR = """
class Liar(BaseException):
    @property
    def __class__(self):
        return type(None)
    @property
    def __traceback__(self):
        raise KeyboardInterrupt
    __cause__ = __context__ = property(lambda self: self)
def liar(*args, **kwargs):
    raise Liar
for _name in aim.exports:
    globals()[_name] = liar
"""
_CHAIN = """
def chained(*args, **kwargs):
    error = None
    for number in range(50_000):
        new = ValueError(number)
        new.__cause__ = error
        error = new
    raise error
for _name in aim.exports:
    globals()[_name] = chained
"""
_CYCLE = """
def cyclic(*args, **kwargs):
    one, two = ValueError(1), ValueError(2)
    one.__context__, two.__context__ = two, one
    one.__cause__, two.__cause__ = two, one
    raise one
for _name in aim.exports:
    globals()[_name] = cyclic
"""
_GROUP = """
def grouped(*args, **kwargs):
    error = ValueError("x" * 1_000_000)
    for _ in range(2000):
        error = BaseExceptionGroup("group", [error, KeyboardInterrupt()])
    raise error
for _name in aim.exports:
    globals()[_name] = grouped
"""
_CLOSED = """
import os
os.closerange(0, 1000)
"""
_TRUNCATED = """
import os, sys
for number in (0, 1, 2):
    os.dup2(os.open("/dev/full", os.O_RDWR), number)
"""

CASES = [
    # deaths
    _fault("exit-at-once", "os._exit in the cell, with the code for success", "import os\nos._exit(0)"),
    _in_calls("exit-in-calls", "os._exit when called", "__import__('os')._exit(0)"),
    _fault("abort", "os.abort", "import os\nos.abort()"),
    _fault("kill-itself", "SIGKILL to its own process", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"),
    _fault("terminate-itself", "SIGTERM to its own process", "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)"),
    _in_calls("interrupt-itself", "SIGINT to its own process when called", "__import__('os').kill(__import__('os').getpid(), 2)"),
    _fault("stop-itself", "SIGSTOP: alive, and does nothing any more", "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", waits=True),
    _fault("segfault", "reads at address 0", _SEGFAULT),
    _in_calls("segfault-in-calls", "reads at address 0 when called", "return __import__('ctypes').string_at(0)"),
    _fault("stack-overflow", "recursion without a limit, through C", _STACK, waits=True),
    _in_calls("recursion", "an honest recursion without an end", "return (lambda f: f(f))(lambda f: f(f))"),
    _fault("exec-other", "its process becomes another program", "import os\nos.execv('/bin/true', ['true'])"),
    beside("dies-later", "right; a thread ends the process a moment later, while others are tested", after=_LATER, kind="hostile", expected=COSTS_NO_OTHER),
    beside("alarm-later", "right; an alarm kills the process a moment later", after=_ALARM, kind="hostile", expected=COSTS_NO_OTHER),
    # asking to end
    _fault("exit", "exit(), which IPython takes as a wish", "exit()"),
    _fault("quit", "quit()", "quit()"),
    _fault("sys-exit", "sys.exit(0)", "import sys\nsys.exit(0)"),
    _in_calls("exit-wish-in-calls", "sys.exit(0) when called", "raise SystemExit(0)"),
    _in_calls("interrupt-in-calls", "KeyboardInterrupt when called", "raise KeyboardInterrupt"),
    _in_calls("stop-iteration-in-calls", "StopIteration when called", "raise StopIteration"),
    _in_calls("generator-exit-in-calls", "GeneratorExit when called", "raise GeneratorExit"),
    _in_calls("skip-in-calls", "raises what a test runner takes as a wish to skip", "raise __import__('unittest').SkipTest('skip')"),
    # hangs
    _fault("endless-loop", "a loop without an end", "while True:\n    pass", waits=True),
    _in_calls("endless-in-calls", "a loop without an end when called", "while True: pass", waits=True),
    _fault("deaf", "a loop, and every signal is ignored", _DEAF, waits=True),
    _fault("sleeps", "sleeps for an hour", "import time\ntime.sleep(3600)", waits=True),
    _fault("loop-in-c", "a loop inside C code, where no interrupt arrives", "import itertools\nsum(itertools.repeat(0))", waits=True),
    _fault("deadlock", "waits for itself", _DEADLOCK, waits=True),
    _fault("waits-for-child", "waits for a child that sleeps", "import subprocess\nsubprocess.run(['sleep', '3600'])", waits=True),
    # more than its share
    _fault("memory", "6 GB in pieces", _MEMORY, waits=True),
    _in_calls("memory-in-calls", "6 GB when called", "return [bytearray(b'x') * (64 << 20) for _ in range(94)]", waits=True),
    _fault("memory-array", "6 GB at once", _MEMORY_ARRAY, waits=True),
    _fault("memory-children", "5 GB in six processes", _MEMORY_CHILDREN, needs_sandbox=True, waits=True),
    _fault("forks", "200 processes that stay", _FORKS, needs_sandbox=True, lingers=True, waits=True),
    _fault("disk", "a gigabyte of files", _DISK, needs_sandbox=True, lingers=True),
    beside("inodes", "right, and 20 000 files", after=_INODES, kind="hostile", expected=COSTS_NO_OTHER),
    beside("descriptors", "right, and every file descriptor is taken", after=_DESCRIPTORS, kind="hostile", expected=COSTS_NO_OTHER),
    beside("many-threads", "right, and 300 threads that stay", after=_MANY_THREADS, kind="hostile", expected=COSTS_NO_OTHER),
    _fault("endless-output", "prints without an end", "while True: print('x' * 10_000)", waits=True),
    _fault("endless-errors", "writes on stderr without an end, past Python", "import os\nwhile True: os.write(2, b'x' * 10_000)", waits=True),
    _fault("endless-displays", "displays without an end", "from IPython.display import display\nwhile True: display('x' * 1000)", waits=True),
    # exceptions with teeth
    _fault("error-text-endless", "an exception whose text never comes", _NO_TEXT.format("while True: pass"), waits=True),
    _fault("error-text-raises", "an exception whose text raises", _NO_TEXT.format("raise KeyboardInterrupt")),
    _fault("error-text-exits", "an exception whose text ends the process", _NO_TEXT.format("__import__('os')._exit(0)")),
    _fault("error-text-huge", "an exception of 100 MB of text", _NO_TEXT.format("return 'x' * 100_000_000")),
    _fault("error-text-number", "an exception whose text is a number", _NO_TEXT.format("return 7")),
    _fault("error-liar", "an exception that says it is None", _LIAR),
    _fault("error-chain", "an exception with fifty thousand causes", _CHAIN),
    _fault("error-cycle", "two exceptions, each the cause of the other", _CYCLE),
    _fault("error-group", "groups of exceptions, two thousand deep", _GROUP),
    # its own connections
    _fault("closes-all", "closes the first thousand file descriptors", _CLOSED),
    beside("closes-all-right", "right, then closes the first thousand file descriptors", after=_CLOSED, kind="hostile", expected=COSTS_NO_OTHER),
    beside("output-full", "right; stdout and stderr lead to a full device", after=_TRUNCATED, kind="hostile", expected=COSTS_NO_OTHER),
]  # fmt: skip
