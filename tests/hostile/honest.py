"""Honest work that looks unusual: it loses nothing. And work with bad manners, which costs nobody else anything."""

from __future__ import annotations

from autograder.intake import Notebook
from tests.hostile.case import (
    COSTS_NO_OTHER,
    LOSES_NOTHING,
    NOTHING_DONE,
    Case,
    Files,
    Scores,
    beside,
    calls,
    edited,
    notebook,
)
from tests.hostile.lesson import Lesson, cell_of, code_cell, position


def _one_only(lesson: Lesson) -> Files:
    book = lesson.untouched()
    for name in lesson.victim.solutions:
        cell_of(book, name)["source"] = lesson.text(name)
    return notebook(lesson, book)


def _helpers(lesson: Lesson, book: Notebook) -> None:
    """The solution under other names in an own cell above; the solution cell only hands them on."""
    cell = cell_of(book, lesson.target)
    book["cells"].insert(
        position(book, lesson.target), code_cell("OFFSET = 0\n\n\ndef my_helper(x):\n    return x + OFFSET\n")
    )
    cell["source"] = "assert my_helper(3) == 3\n" + cell["source"]


def _empty(lesson: Lesson) -> Files:
    book = lesson.untouched()
    for exercise in lesson.exercises:
        for name in exercise.solutions:
            cell_of(book, name)["source"] = ""
    return notebook(lesson, book)


_CALLABLE = """
import inspect as _inspect

class _Callable:
    def __init__(self, function):
        self.function = function
    def __call__(self, *args, **kwargs):
        return self.function(*args, **kwargs)

for _name in aim.exports:
    if _inspect.isfunction(globals()[_name]):
        globals()[_name] = _Callable(globals()[_name])
"""
_PARTIAL = """
import functools as _functools, inspect as _inspect
for _name in aim.exports:
    if _inspect.isfunction(globals()[_name]):
        globals()[_name] = _functools.partial(globals()[_name])
"""
_CHANGED = """
import functools as _functools, inspect as _inspect
def _with(function):
    @_functools.wraps(function)
    def around(*args, **kwargs):
        value = function(*args, **kwargs)
        return _changed[type(value)](value) if type(value) in _changed else value
    return around
for _name in aim.exports:
    if _inspect.isfunction(globals()[_name]):
        globals()[_name] = _with(globals()[_name])
"""
_OWN_TYPES = "_changed = {kind: type('Own' + kind.__name__, (kind,), {}) for kind in (int, float, str)}" + _CHANGED
_OWN_CONTAINERS = (
    """
import collections as _collections
_changed = {kind: type("Own" + kind.__name__, (kind,), {}) for kind in (list, tuple, set)}
_changed[dict] = lambda value: _collections.defaultdict(int, value)
"""
    + _CHANGED
)
#: NumPy's floats are floats, too.
_NUMPY_FLOATS = "import numpy as _numpy\n_changed = {float: _numpy.float64}\n" + _CHANGED
_DISPLAY = """
from IPython.display import HTML, Image, Javascript, Markdown, display
display(HTML("<b>bold</b>"), Markdown("# big"), {"a": 1}, Javascript("1"))

class Rich:
    def _repr_html_(self):
        return "<i>rich</i>"
    def _repr_png_(self):
        raise ValueError("no picture")

display(Rich())
Rich()
"""
_SUBPROCESS = """
import subprocess, sys
print(subprocess.run([sys.executable, "-S", "-c", "print(6 * 7)"], capture_output=True, text=True, timeout=20).stdout)
"""
_POOL = """
import multiprocessing as _mp

def _square(x):
    return x * x

with _mp.get_context("fork").Pool(2) as _pool:
    print(_pool.map(_square, range(4)))
"""
_STAYS = """
import subprocess
subprocess.Popen(["sleep", "600"])
"""
_DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    time.sleep(600)
    os._exit(0)
"""
_THREADS = """
import threading, time
for _daemon in (True, False):
    threading.Thread(target=time.sleep, args=(600,), daemon=_daemon).start()
"""
_WARNS = """
import sys, warnings
warnings.warn("this is deprecated", DeprecationWarning, stacklevel=1)
warnings.warn("and this is unusual", stacklevel=1)
print("this stands on stderr", file=sys.stderr)
"""
_SHADOWS = """
sum = 0
for i in range(3):
    sum = sum + i
list = [1, 2]
max = min = len = range = None
"""
_NAMES = """
for _name in ("result", "test", "tests", "grade", "score", "points", "expected", "got", "answer", "course", "learner", "proxy"):
    globals().setdefault(_name, None)
"""
_MANNERS = """
import os, random, locale, gc
os.chdir("/")
random.seed(0)
os.environ["LANG"] = "xx_XX.nonsense"
os.environ.pop("PATH", None)
gc.disable()
os.umask(0o777)
"""
_NUMPY = """
try:
    import numpy as _np
    _np.random.seed(0)
    _np.set_printoptions(precision=1, threshold=2, formatter={"all": lambda x: "?"})
    _np.seterr(all="raise")
except ImportError:
    pass
"""
#: Only where the lesson itself draws: to import it takes longer than a cell is given here.
_FIGURE = """
import sys
if "matplotlib" in sys.modules:
    import matplotlib.pyplot as _plt
    _plt.plot([1, 2])
    _plt.show()
"""
_NOTEBOOK_FIGURE = """
import sys
if "matplotlib" in sys.modules:
    get_ipython().run_line_magic("matplotlib", "notebook")
"""

CASES = [
    Case("untouched", "honest", "handed in as it was handed out", lambda x: notebook(x, x.untouched()), NOTHING_DONE),
    Case("emptied", "honest", "all solution cells were emptied", _empty, NOTHING_DONE),
    Case("solved", "honest", "the course's own solutions", lambda x: notebook(x, x.solved()), LOSES_NOTHING),
    Case("one-only", "honest", "one exercise solved, nothing else begun", _one_only, Scores("full", "zero")),
    edited("own-helpers", "honest", "an own cell above, which the solution leans on", _helpers),
    beside("callable-object", "an object that can be called in place of a function", after=_CALLABLE),
    beside("numpy-floats", "NumPy's floats in place of Python's", after=_NUMPY_FLOATS),
    beside("own-types", "numbers and texts of classes of their own, as enumerations and units have them", after=_OWN_TYPES),
    beside("own-containers", "lists, tuples, sets and dicts of classes of their own", after=_OWN_CONTAINERS),
    beside("partial", "functools.partial in place of a function", after=_PARTIAL),
    calls("wrapped", "a decorator that counts calls", "globals()['_count'] = globals().get('_count', 0) + 1"),
    calls("warns-in-calls", "every call warns, and writes on stderr", _WARNS),
    beside("warns", "a warning and text on stderr", after=_WARNS),
    calls("prints-in-calls", "every call prints 10 kB", "print('x' * 10_000)"),
    beside("prints-much", "10 MB in lines", after="for _ in range(100_000): print('x' * 100)"),
    beside("prints-long-lines", "200 MB on stdout, in lines of 1 MB", after="for _ in range(200): print('x' * 1_000_000)"),
    beside("progress", "a bar of progress with carriage returns and colours", after="for _i in range(2000): print(f'\\r\\x1b[32m{_i}\\x1b[0m', end='', flush=True)"),
    beside("magics", "IPython's own lines", after="%timeit -n1 -r1 pass\n!true\n%pwd\n%who_ls\nlen?\n%config InlineBackend.figure_format = 'svg'"),
    beside("cell-magic", "`%%time` above the solution", before="%%time"),
    beside("capture", "`%%capture` above the solution", before="%%capture kept"),
    beside("await", "await at the top level of a cell", after="import asyncio\nawait asyncio.sleep(0)"),
    beside("asyncio-run", "asyncio.run, which a kernel refuses and a script does not", after="import asyncio\nasync def _nothing():\n    return 1\nasyncio.run(_nothing())"),
    beside("display", "rich output, of which one kind fails", after=_DISPLAY),
    beside("figure", "a figure that is shown", after=_FIGURE),
    beside("matplotlib-notebook", "`%matplotlib notebook`, which needs an extension", after=_NOTEBOOK_FIGURE),
    beside("window", "opens a window where there is no screen", after="import tkinter\ntkinter.Tk()"),
    beside("input", "asks a question that nobody answers", after="name = input('Your name? ')"),
    beside("debugger", "a breakpoint that was left", after="breakpoint()"),
    calls("seeds", "sets the random seeds in every call", "import random; random.seed(0)"),
    beside("large-limit", "a large recursion limit", after="import sys\nsys.setrecursionlimit(100_000)"),
    beside("subprocess", "runs another Python and reads its answer", after=_SUBPROCESS),
    beside("pool", "a pool of two processes", after=_POOL),
    calls("threads", "a thread in every call", "import threading; t = threading.Thread(target=sum, args=([1, 2],)); t.start(); t.join()"),
    beside("files", "leaves files where it works", after="from pathlib import Path\nfor _i in range(50): _ = Path(f'note_{_i}.txt').write_text('x')"),
    beside("global-names", "names that a grader could use too", after=_NAMES),
    beside("quiet-print", "print replaced by one that prints nothing", after="import builtins\nbuiltins.print = lambda *args, **kwargs: None"),
    beside("logging", "logging to stderr at the lowest level", after="import logging\nlogging.basicConfig(level=0, force=True)\nlogging.getLogger().debug('hello')"),
    beside("stdout-closed", "stdout and stderr were closed", after="import sys\nsys.stdout.close()\nsys.stderr.close()", expected=COSTS_NO_OTHER),
    beside("stdout-replaced", "stdout and stderr are None", after="import sys\nsys.stdout = sys.stderr = None", expected=COSTS_NO_OTHER),
    # what stays
    beside("process-stays", "a process that stays", after=_STAYS, kind="hostile", lingers=True),
    beside("daemon-stays", "a process with a session of its own that stays", after=_DAEMON, kind="hostile", lingers=True),
    beside("threads-stay", "threads that never end, one of which Python waits for", after=_THREADS, kind="hostile"),
    beside("exit-hook-hangs", "an exit hook that never ends", after="import atexit, time\n_ = atexit.register(time.sleep, 600)", kind="hostile"),
    beside("exit-hook-fails", "an exit hook that ends the process with an error", after="import atexit, os\n_ = atexit.register(os._exit, 3)", kind="hostile"),
    beside("busy-thread", "a thread that keeps a core busy", after="import threading\ndef _spin():\n    while True: pass\nthreading.Thread(target=_spin, daemon=True).start()", kind="hostile", expected=COSTS_NO_OTHER),
    # bad manners: whoever comes next in the notebook does not pay for them
    beside("shadows-builtins", "sum = 0, list = [1, 2] and the like at the top level", after=_SHADOWS, kind="hostile", expected=COSTS_NO_OTHER),
    beside("set-up-lost", "the names of the set-up are None after use", after="for _name in aim.given: globals()[_name] = None", kind="hostile", expected=COSTS_NO_OTHER),
    beside("set-up-deleted", "the names of the set-up are deleted after use", after="for _name in aim.given: globals().pop(_name, None)", kind="hostile", expected=COSTS_NO_OTHER),
    beside("reset", "`%reset -f` before the solution: all names are gone", before="%reset -f", kind="hostile", expected=COSTS_NO_OTHER),
    beside("bad-manners", "folder, seeds, locale, PATH and umask changed", after=_MANNERS, kind="hostile"),
    beside("numpy-settings", "NumPy's print options, seeds and error handling changed", after=_NUMPY, kind="hostile"),
    beside("warnings-as-errors", "every warning raises from now on", after="import warnings\nwarnings.simplefilter('error')", kind="hostile", expected=COSTS_NO_OTHER),
    beside("small-limit", "a recursion limit that is hardly enough for anything", after="import sys\nsys.setrecursionlimit(60)", kind="hostile", expected=COSTS_NO_OTHER),
    beside("stops-collection", "objects that raise when they are collected", after="class _Late:\n    def __del__(self): raise RuntimeError('late')\n_late = [_Late() for _ in range(50)]\ndel _late", kind="hostile"),
]  # fmt: skip
