"""Attacks by someone who has read this engine: its line to the tests, its stand-ins, the folder that both sides see."""

from __future__ import annotations

from tests.hostile.case import COSTS_NO_OTHER, Case, attack, beside
from tests.hostile.values import ANYTHING

#: The process's end of the line to the tests, found by what it can do.
_LINE = """
import gc, json, os, socket, struct
_ends = [o for o in gc.get_objects() if type(o).__name__ == "Peer"]
_lines = [s for s in (getattr(e, "stream", None) for e in _ends) if s is not None]
def _say(message):
    text = json.dumps(message).encode()
    for line in _lines:
        try:
            line.sendall(struct.pack("!I", len(text)) + text)
        except OSError:
            pass
def _hear(line):
    def exactly(n):
        data = b""
        while len(data) < n:
            part = line.recv(n - len(data))
            if not part:
                return b"null"
            data += part
        return data
    return json.loads(exactly(struct.unpack("!I", exactly(4))[0]))
"""
_BIND = """
for _name in aim.exports:
    globals()[_name] = {}
"""
#: What the tests handed over is asked for everything that a name without an underscore leads to.
_ASKS = (
    _LINE
    + """
_names = ["gi_frame", "f_globals", "f_locals", "f_back", "f_code", "co_consts", "cr_frame", "ag_frame", "tb_frame", "func",
          "args", "keywords", "expected", "answer", "solution", "source", "get_data", "__globals__", "__code__", "__self__"]
def _asking(*args, **kwargs):
    found = []
    for line in _lines:
        for number in range(6):
            for name in _names:
                _say(["get", number, name])
                answer = _hear(line)
                if isinstance(answer, list) and answer and answer[0] == "ok":
                    found.append(answer[1])
                    if isinstance(answer[1], dict) and "object" in answer[1]:
                        for inner in ("co_consts", "f_locals", "f_globals", "f_code"):
                            _say(["get", answer[1]["object"][0], inner])
                            found.append(_hear(line))
        for door, given in (("run", ["1"]), ("export", ["_"]), ("last", []), ("eval", ["1"])):
            _say(["door", door, given])
            _hear(line)
    for value in found:
        if isinstance(value, (int, float)):
            return value
    raise ValueError("found: " + json.dumps(found)[:15000])
"""
    + _BIND.format("_asking")
)
_REACHES = (
    _LINE
    + """
_paths = [["builtins", "eval"], ["os", "system"], ["builtins", "globals"], ["sys", "_getframe"], ["gc", "get_objects"]]
def _reaching(*args, **kwargs):
    found = []
    for line in _lines:
        for path in _paths:
            for operand in ({"lib": path}, {"back": 0}, {"class": [0, "x", [], "eval"]}, {"function": path}):
                for request in (["call", operand, "", [], {}], ["call", 0, "", [operand], {}], ["get", operand, "__globals__"],
                                ["set", 0, "x", operand], ["copy", 0], ["repr", 0], ["nothing"], [], ["get", -1, "real"]):
                    if request:
                        _say(request)
                        found.append(_hear(line))
    return found
"""
    + _BIND.format("_reaching")
)
_EARLY = (
    _LINE
    + """
def _early(*args, **kwargs):
    for _ in range(50):
        _say(["ok", True])
        _say(["ok", {"t": []}])
        _say(["ok", [4, [], []]])
    return 4
"""
    + _BIND.format("_early")
)
_UNASKED = (
    _LINE
    + """
import threading, time
def _chatter():
    for _ in range(200):
        _say(["ok", None])
        time.sleep(0.001)
threading.Thread(target=_chatter, daemon=True).start()
"""
)
_VERDICTS = (
    _LINE
    + """
for _message in (["ok", None], ["stop"], {"value": 1000.0}, {"kind": "ok"}, ["error", {"known": ["builtins", "SystemExit"], "own": None, "text": "0", "args": None}]):
    _say(_message)
def _verdict(*args, **kwargs):
    _say({"value": 1000.0})
    _say(["stop"])
    _say({})
"""
    + _BIND.format("_verdict")
)
_NOISE = (
    _LINE
    + """
def _noisy(*args, **kwargs):
    for line in _lines:
        line.sendall({})
"""
    + _BIND.format("_noisy")
)
_CHANGES = (
    _LINE
    + """
def _changing(*args, **kwargs):
    for _ in range(3):
        _say(["ok", [{"same": 0}, [[i, [0]] for i in range(len(args))] + [[99, [1]], [-1, {"d": []}], ["x", 0]], [["cost", 1]]]])
"""
    + _BIND.format("_changing")
)
_TREES = (
    _LINE
    + """
_bombs = [{"r": [0, 10**30, 1]}, {"de": "1e999999999"}, {"i": "f" * 5_000_000}, {"nt": ["Point", ["x", "index", "count"], [1, 2, 3]]},
          {"np": ["|V0", [10**12], ""]}, {"npo": [[0, 10**18], []]}, {"np": ["|O", [1], "AAAAAAAAAAA="]}, {"fr": [1, 0]},
          {"dt": "9999-99-99"}, {"td": [10**10, 0, 0]}, {"class": [0, "int", [], "int"]}, {"object": [0, [0, "int", [], ""], ["__eq__", "__class__"]]},
          {"dq": [[1], -1]}, {"s": [{"d": []}]}, {"sl": [1]}, {"rng": {"d": [["bit_generator", "PCG64"]]}}, {"pd": {}}, {"sy": {}}, {"zz": 0}]
_turn = [0]
def _bombing(*args, **kwargs):
    _turn[0] += 1
    _say(["ok", [_bombs[_turn[0] % len(_bombs)], [], []]])
"""
    + _BIND.format("_bombing")
)
#: An object of a class that the course knows, by name, and whose operators the tests therefore ask for.
_BORROWED = (
    ANYTHING
    + """
import random
_sly = [type(name, (Anything,), {"__module__": "__main__"}) for name in aim.classes]
def _borrowed(*args, **kwargs):
    return _sly[0]() if _sly else Anything()
"""
    + _BIND.format("_borrowed")
)
_ITERATES = """
class Sly:
    def __init__(self, *args, **kwargs): pass
    def __contains__(self, other): return True
    def __iter__(self): return iter(())
    def __len__(self): return 1
    def __getitem__(self, key): return self
    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: True
""" + _BIND.format("lambda *args, **kwargs: Sly()")
#: Code that runs wherever it is imported: in the process of the tests it would make them agree.
_SPY = """
import gc, sys
for thing in gc.get_objects():
    if type(thing).__name__ == "Tester":
        type(thing)._here = lambda self, source: {"value": None}
        thing._here = lambda source: {"value": None}
def __getattr__(name):
    raise AttributeError(name)
"""
_IMPORTED = f"""
import os, sys
_spy = {_SPY!r}
for _name in {{*sys.stdlib_module_names, "pyarrow", "jinja2", "pytest", "hypothesis"}} - set(sys.modules):
    try:
        with open(_name + ".py", "w") as _file:
            _file.write(_spy)
    except OSError:
        pass
"""
_FIFOS = """
import os
for _name in ("data.csv", "result.json", "out.txt", "numpy.py", "_strptime.py"):
    try:
        os.mkfifo(_name)
    except OSError:
        pass
"""
_EXCEPTIONS = """
import sys
_kinds = [sys.modules[m].__dict__[n] for m, n in (("autograder.peer", "Gone"), ("autograder.wire", "Closed"), ("autograder.plain", "NotPlain")) if m in sys.modules and n in sys.modules[m].__dict__]
_turn = [0]
def _raising(*args, **kwargs):
    _turn[0] += 1
    raise (_kinds or [GeneratorExit])[_turn[0] % len(_kinds or [0])]("x")
""" + _BIND.format("_raising")
_FRAMED = """
import sys
def _patched(*args, **kwargs):
    import autograder.peer, autograder.wire
    autograder.wire.pack = lambda value, *rest: True
    autograder.peer.wire.pack = lambda value, *rest: {"t": []}
    return None
""" + _BIND.format("_patched")

CASES: list[Case] = [
    attack("line-asked", "the tests' callbacks and iterators asked for their frames, code and globals", _ASKS),
    attack("line-reaches", "requests that the tests' side never grants", _REACHES),
    attack("line-early", "answers sent before they are asked for", _EARLY),
    beside("line-unasked", "right, and a thread that answers what nobody asked", after=_UNASKED, kind="hostile", expected=COSTS_NO_OTHER),
    attack("line-verdicts", "verdicts and ends sent as messages", _VERDICTS),
    attack("line-noise", "noise on the line", _NOISE.replace("{}", "os.urandom(1000)", 1), kind="hostile"),
    attack("line-length", "a message of four gigabytes is announced", _NOISE.replace("{}", "b'\\xff' * 4", 1), kind="hostile"),
    attack("line-half", "half a message, and then nothing", _NOISE.replace("{}", "b'\\0\\0\\0\\x09['", 1) + "\nimport time\n", kind="hostile"),
    attack("line-closed", "the line is closed", _LINE + "\nfor _l in _lines: _l.close()", kind="hostile"),
    attack("line-changes", "arguments changed that were never given", _CHANGES),
    attack("line-trees", "messages that are small and unpack to something large or odd", _TREES, kind="hostile"),
    attack("borrowed-class", "an object under the name of a class of the course, equal to everything", _BORROWED),
    attack("agreeable", "an object whose methods all say yes", _ITERATES),
    attack("imported-by-tests", "files named like modules that nobody has imported yet, where the tests might look", _IMPORTED, lingers=True),
    attack("fifos", "FIFOs where tests might look for files", _FIFOS, kind="hostile"),
    attack("engine-exceptions", "the engine's own exceptions", _EXCEPTIONS),
    attack("engine-patched", "the engine's own modules changed, in the learner's process", _FRAMED),
]  # fmt: skip
