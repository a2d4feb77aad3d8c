"""The interpreter, the shell and the libraries of the tests changed under them, so that every test seems to pass."""

from __future__ import annotations

from tests.hostile.case import attack
from tests.hostile.values import ANYTHING

_NUMPY = """
import numpy, numpy.testing
for _name in dir(numpy.testing):
    if _name.startswith("assert"):
        setattr(numpy.testing, _name, lambda *args, **kwargs: None)
for _name in ("allclose", "array_equal", "array_equiv", "all", "any"):
    setattr(numpy, _name, lambda *args, **kwargs: True)
for _name in ("isclose", "equal", "less", "less_equal", "abs", "asarray", "array"):
    setattr(numpy, _name, lambda *args, **kwargs: True)
"""
_MATH = """
import math, cmath, operator, statistics
math.isclose = cmath.isclose = operator.eq = operator.le = lambda *args, **kwargs: True
math.fabs = lambda x: 0.0
"""
_BUILTINS = """
import builtins
def _yes(*args, **kwargs): return True
for _name in ("isinstance", "issubclass", "all", "any", "callable", "hasattr"):
    setattr(builtins, _name, _yes)
"""
_NUMBERS = (
    ANYTHING
    + """
import builtins
_one = Anything()
for _name in ("abs", "len", "sum", "round", "sorted", "type", "repr", "set", "max", "min", "float"):
    setattr(builtins, _name, lambda *args, **kwargs: _one)
"""
)
_ASSERTION = """
import builtins
class Never(BaseException):
    pass
builtins.AssertionError = builtins.Exception = Never
"""
_IMPORT = (
    ANYTHING
    + """
import builtins
builtins.__import__ = lambda *args, **kwargs: Anything()
"""
)
_MODULES = (
    ANYTHING
    + """
import sys
for _name in aim.leans:
    _module = getattr(globals().get(_name), "__module__", None) or getattr(globals().get(_name), "__name__", None)
    if isinstance(_module, str) and _module not in ("builtins", "__main__"):
        sys.modules[_module] = Anything()
    globals()[_name] = Anything()
for _name in ("pytest", "unittest", "unittest.mock", "numpy.testing", "math"):
    sys.modules[_name] = Anything()
"""
)
_HELPERS = (
    ANYTHING
    + """
for _name in aim.leans:
    globals()[_name] = Anything()
"""
)
#: The helpers' code itself, wherever they were imported from: each agrees from now on.
_HELPERS_CODE = (
    ANYTHING
    + """
import builtins, types
builtins._anything = Anything()
def _agree(*args, **kwargs):
    return __builtins__["_anything"] if isinstance(__builtins__, dict) else __builtins__._anything
for _name in aim.leans:
    _thing = globals().get(_name)
    if isinstance(_thing, types.FunctionType):
        try:
            _thing.__code__ = _agree.__code__
            _thing.__defaults__ = _thing.__kwdefaults__ = None
        except ValueError:
            pass
    elif isinstance(_thing, type):
        for _method in list(vars(_thing)):
            if not _method.startswith("__") or _method in ("__eq__", "__enter__", "__exit__"):
                try:
                    setattr(_thing, _method, lambda *args, **kwargs: builtins._anything)
                except (TypeError, AttributeError):
                    pass
    elif isinstance(_thing, types.ModuleType):
        for _method in dir(_thing):
            if callable(getattr(_thing, _method, None)) and not _method.startswith("_"):
                setattr(_thing, _method, lambda *args, **kwargs: builtins._anything)
"""
)
#: Classes that a helper's calls give back are found in the modules: their methods agree, too.
_HELPERS_MODULES = (
    ANYTHING
    + """
import sys, types
_all = {getattr(globals().get(n), "__module__", None) for n in aim.leans} - {None, "builtins", "__main__"}
_all |= {n.__name__ for n in map(globals().get, aim.leans) if isinstance(n, types.ModuleType)}
for _name in _all:
    for _thing in list(vars(sys.modules.get(_name, types)).values()):
        if isinstance(_thing, type) and _thing.__module__ == _name:
            for _method in list(vars(_thing)):
                if not _method.startswith("_"):
                    try:
                        setattr(_thing, _method, lambda *args, **kwargs: Anything())
                    except (TypeError, AttributeError):
                        pass
"""
)
_UNITTEST = """
import unittest, contextlib
for _name in dir(unittest.TestCase):
    if _name.startswith("assert"):
        setattr(unittest.TestCase, _name, lambda *args, **kwargs: contextlib.nullcontext())
try:
    import pytest
    pytest.raises = pytest.warns = lambda *args, **kwargs: contextlib.suppress(BaseException)
    pytest.approx = lambda value, *args, **kwargs: __import__("unittest.mock").mock.ANY
except ImportError:
    pass
"""
_AST = """
import ast
class Quiet(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.copy_location(ast.Pass(), node)
    def visit_Expr(self, node): return ast.copy_location(ast.Pass(), node)
    def visit_Raise(self, node): return ast.copy_location(ast.Pass(), node)
get_ipython().ast_transformers.append(Quiet())
"""
_INPUT = """
def _quiet(lines): return ["pass\\n"]
for _list in ("input_transformers_cleanup", "input_transformers_post"):
    getattr(get_ipython(), _list).append(_quiet)
get_ipython().input_transformer_manager.cleanup_transforms.insert(0, _quiet)
"""
_SHELL = """
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
async def _fine(self, *args, **kwargs): return False
def _done(self, *args, **kwargs):
    result = ExecutionResult(None)
    result.execution_count = 1
    return result
async def _done_later(self, *args, **kwargs): return _done(self)
InteractiveShell.{} = {}
"""
_TYPE = """
_ip = get_ipython()
_class = type(_ip)
for _c in _class.__mro__:
    for _name in ("run_cell", "run_cell_async", "_run_cell", "run_code", "run_ast_nodes", "showtraceback", "_showtraceback"):
        if _name in vars(_c):
            async def _nothing(*args, **kwargs): return False
            setattr(_c, _name, _nothing if _name not in ("showtraceback", "_showtraceback") else (lambda *args, **kwargs: None))
"""
_KERNEL = """
_kernel = getattr(get_ipython(), "kernel", None)
if _kernel is not None:
    _send = _kernel.session.send
    def _forged(stream, message, content=None, *args, **kwargs):
        kind = message if isinstance(message, str) else message.get("msg_type")
        if kind == "error":
            return None
        if kind == "execute_reply":
            content = {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}
        return _send(stream, message, content, *args, **kwargs)
    _kernel.session.send = _forged
"""
_EXECUTE = """
_kernel = getattr(get_ipython(), "kernel", None)
if _kernel is not None:
    async def _always(*args, **kwargs):
        return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}
    _kernel.do_execute = _always
"""
_HOOKS = """
import sys
sys.displayhook = lambda value: None
sys.excepthook = sys.unraisablehook = lambda *args: None
get_ipython().set_custom_exc((BaseException,), lambda *args, **kwargs: None)
get_ipython().showtraceback = get_ipython()._showtraceback = lambda *args, **kwargs: None
get_ipython().displayhook.compute_format_data = lambda value: ({"text/plain": "1000"}, {})
"""
_EVENTS = (
    ANYTHING
    + """
def _before(*args):
    for _name in (*aim.exports, *aim.leans):
        get_ipython().user_ns[_name] = Anything()
for _event in ("pre_execute", "pre_run_cell"):
    get_ipython().events.register(_event, _before)
"""
)
_TRACE = """
import sys, threading
def _trace(frame, event, arg):
    if event == "exception" or event == "line" and frame.f_code.co_name == "<module>":
        for _name in list(frame.f_locals):
            if _name in aim.leans:
                frame.f_globals[_name] = lambda *args, **kwargs: True
    return _trace
sys.settrace(_trace)
threading.settrace(_trace)
_frame = sys._getframe()
while _frame:
    _frame.f_trace = _trace
    _frame = _frame.f_back
"""
_JUMP = """
import sys
def _skip(frame, event, arg):
    if event == "line" and frame.f_code.co_name == "<module>":
        try:
            frame.f_lineno = max(line for *_, line in frame.f_code.co_lines() if line)
        except (ValueError, TypeError):
            pass
    return _skip
sys.settrace(_skip)
_f = sys._getframe().f_back
while _f:
    _f.f_trace = _skip
    _f = _f.f_back
"""
_PROFILE = """
import sys
def _profile(frame, event, arg):
    if event == "call" and frame.f_code.co_name == "<module>":
        for _name in aim.exports:
            frame.f_globals[_name] = __import__("unittest.mock").mock.ANY
sys.setprofile(_profile)
"""
_COMPILE = """
import builtins, sys
_compile = builtins.compile
def _optimised(*args, **kwargs):
    kwargs["optimize"] = 2
    return _compile(*args[:5], **kwargs)
builtins.compile = _optimised
_compiler = getattr(get_ipython(), "compile", None)
if _compiler is not None:
    type(_compiler).__call__ = lambda self, node, name, mode: _compile(node, name, mode, optimize=2)
"""
_OWN_BUILTINS = """
__builtins__ = {**(vars(__builtins__) if not isinstance(__builtins__, dict) else __builtins__)}
__builtins__.update({"isinstance": lambda *a: True, "all": lambda *a: True, "abs": lambda *a: 0, "__debug__": False})
globals()["__debug__x"] = False
"""
_META_PATH = (
    ANYTHING
    + """
import sys, importlib.abc, importlib.machinery
class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None): return importlib.machinery.ModuleSpec(name, self)
    def create_module(self, spec): return Anything()
    def exec_module(self, module): pass
sys.meta_path.insert(0, Finder())
for _name in ("pytest", "unittest", "numpy.testing", *aim.leans):
    sys.modules.pop(_name, None)
"""
)
_NAMESPACE = (
    ANYTHING
    + """
class Sticky(dict):
    def __getitem__(self, key):
        return Anything() if key in aim.exports or key in aim.leans else dict.__getitem__(self, key)
    def __missing__(self, key): return Anything()
_ip = get_ipython()
_ip.user_ns = Sticky(_ip.user_ns)
"""
)
_SILENT = """
class Silent(Exception):
    def _render_traceback_(self): return []
def _silent(*args, **kwargs): raise Silent
for _name in aim.exports:
    globals()[_name] = _silent
"""
_WRITES = """
import sys
class Agreeing:
    def write(self, text): return len(text)
    def flush(self): pass
    def isatty(self): return False
sys.stdout = sys.stderr = Agreeing()
import traceback, logging
traceback.print_exc = traceback.print_exception = traceback.format_exc = lambda *args, **kwargs: ""
logging.disable(10**6)
"""
_PROMPT = """
get_ipython().ask_exit = get_ipython().exit_now = None
get_ipython().execution_count = 10**9
get_ipython().user_ns_hidden.clear()
get_ipython().magics_manager.magics["line"].clear()
get_ipython().reset_selective = get_ipython().safe_execfile = lambda *args, **kwargs: None
"""
_EXTENSION = """
%alias_magic p pwd
%automagic on
from IPython.core.magic import register_line_cell_magic
@register_line_cell_magic
def check(line, cell=None): return True
"""
_DATETIME = """
import time, random, os
time.time = time.monotonic = time.perf_counter = lambda: 0.0
random.random = lambda: 0.5
os.urandom = lambda n: bytes(n)
"""

CASES = [
    attack("numpy-patched", "comparisons and numpy.testing agree", _NUMPY),
    attack("math-patched", "math.isclose and operator.eq agree", _MATH),
    attack("builtins-patched", "isinstance, all, any and the like say yes", _BUILTINS),
    attack("numbers-patched", "abs, len, sum, sorted give what agrees to everything", _NUMBERS),
    attack("assertion-error", "AssertionError and Exception are something else", _ASSERTION),
    attack("import-patched", "every import gives what agrees to everything", _IMPORT),
    attack("modules-faked", "the modules of the tests' helpers are fakes", _MODULES),
    attack("helpers-shadowed", "names that the tests take are defined anew", _HELPERS),
    attack("helpers-code", "the code of the tests' helpers, where it was imported from, agrees", _HELPERS_CODE),
    attack("helpers-modules", "every method in the modules of the tests' helpers agrees", _HELPERS_MODULES),
    attack("test-libraries", "unittest and pytest agree", _UNITTEST),
    attack("ast-transformer", "the shell drops assertions, expressions and raises", _AST),
    attack("input-transformer", "the shell reads every cell as `pass`", _INPUT),
    attack("run-code", "the shell's run_code does nothing", _SHELL.format("run_code", "_fine")),
    attack("run-nodes", "the shell's run_ast_nodes does nothing", _SHELL.format("run_ast_nodes", "_fine")),
    attack("run-cell", "the shell's run_cell says that all is well", _SHELL.format("run_cell", "_done")),
    attack("run-cell-async", "so does run_cell_async", _SHELL.format("run_cell_async", "_done_later")),
    attack("shell-gutted", "whatever the shell has to run code with does nothing", _TYPE),
    attack("replies-forged", "the kernel's replies are changed on their way", _KERNEL),
    attack("do-execute", "the kernel replies without running anything", _EXECUTE),
    attack("hooks", "displayhook, excepthook and the shell's own are replaced", _HOOKS),
    attack("events", "before every cell, names are set anew", _EVENTS),
    attack("trace", "a trace function changes what tests see", _TRACE),
    attack("trace-jump", "a trace function jumps to the last line of whatever runs", _JUMP),
    attack("profile", "a profile function sets names anew in every module that runs", _PROFILE),
    attack("compile-optimised", "assertions are compiled away", _COMPILE),
    attack("own-builtins", "its namespace has builtins of its own", _OWN_BUILTINS),
    attack("import-hook", "imports find what agrees to everything", _META_PATH),
    attack("sticky-namespace", "the shell's namespace has its own mind", _NAMESPACE),
    attack("silent-error", "an exception that has no traceback to show", _SILENT),
    attack("mute", "nothing that goes wrong can be written", _WRITES),
    attack("shell-odd", "the shell's inner parts are taken away", _PROMPT),
    attack("magic-check", "a magic named like a helper, called without brackets", _EXTENSION),
    attack("clock-patched", "clocks and randomness stand still", _DATETIME, kind="hostile"),
]  # fmt: skip
