"""The engine: what it takes from a course, what it judges where, and that nothing of it is left."""

from __future__ import annotations

import dataclasses
import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from autograder import engine as engines
from autograder.endings import KernelTrouble, Stopped
from autograder.engine import Course, Engine, Family, Settings, SettingsError, settings_of
from autograder.grade import Known
from autograder.intake import Notebook, read
from autograder.outline import imports
from autograder.sandbox import Limits, Means, probe
from autograder.warm import Zygote
from tests import small


@pytest.fixture
def engine() -> Iterator[Engine]:
    before = children()  # another test's browser may run in this process until the session ends
    with Engine(Settings(cell_seconds=20)) as engine:
        yield engine
    assert children() <= before
    assert list(Path(tempfile.gettempdir()).glob(f"autograder-{os.getpid()}-*")) == []


def children() -> set[psutil.Process]:
    return set(psutil.Process().children(recursive=True))


def graded(engine: Engine, folder: Path, book: Notebook, course: Course | None = None) -> Any:
    return engine.grade(small.write(book, folder / "d01.ipynb"), course or small.course())


def plain(solution: str, test: str, setup: str = "import math") -> Course:
    """A notebook in plain nbgrader style, and its release."""
    release: dict[str, Any] = {"metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    cells = [
        small.code(setup),
        small.graded(solution, "answer", solution=True),
        small.graded(test, "test-answer", grade=True, locked=True, points=4),
    ]
    stub = small.graded("raise NotImplementedError", "answer", solution=True)
    return Course({**release, "cells": cells}, {**release, "cells": [cells[0], stub, cells[2]]})


def test_one_engine_grades_from_many_threads(engine: Engine, tmp_path: Path) -> None:
    def one(number: int) -> None:
        folder = tmp_path / str(number)
        folder.mkdir()
        wrong = {"e1": "def double(x):\n    return 7"} if number % 2 else {}
        results[number] = graded(engine, folder, small.solved(**wrong)).points

    results: dict[int, float] = {}
    threads = [threading.Thread(target=one, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {number: 3.0 if number % 2 else 6.0 for number in range(6)}


def test_the_record_says_what_confined_the_work_and_where_it_was_judged(engine: Engine, tmp_path: Path) -> None:
    result = graded(engine, tmp_path, small.solved())
    assert result.sandbox == probe().line()
    assert {exercise.trust for exercise in result.exercises} == {"apart"}
    assert json.loads(json.dumps(result.as_json()))["sandbox"] == result.sandbox


def test_a_demanded_sandbox_that_is_not_there_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Means, "strong", property(lambda self: False))
    with Engine(Settings(demand_sandbox=True)) as engine, pytest.raises(KernelTrouble, match="sandbox is demanded"):
        graded(engine, tmp_path, small.solved())


def test_without_fork_everything_goes_the_stock_way_and_says_so(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "can_fork", lambda: False)
    result = graded(engine, tmp_path, small.solved(e2="def half(x):\n    return x"))
    assert result.points == 4
    assert "stock Jupyter kernel" in result.sandbox
    assert {exercise.trust for exercise in result.exercises} == {"in-kernel"}


def test_exports_are_inferred_in_a_course_that_declares_none(engine: Engine, tmp_path: Path) -> None:
    course = plain("def area(r):\n    return math.pi * r * r", "assert area(1) == math.pi\nassert area(0) == 0")
    right, lie = (
        graded(engine, tmp_path, {**course.release, "cells": [small.graded(source, "answer", solution=True)]}, course)
        for source in (
            "def area(r):\n    return 3.141592653589793 * r ** 2",
            "class E:\n    def __eq__(self, other): return True\ndef area(r):\n    return E()",
        )
    )
    assert (right.points, right.exercises[0].trust) == (4, "apart")
    assert (lie.points, lie.exercises[0].state) == (0, "wrong")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each pair of processes that is opened from now on."""
    numbers = list[int]()
    pair = Zygote.pair

    def counted(zygote: Zygote) -> Any:
        numbers.append(len(numbers))
        return pair(zygote)

    monkeypatch.setattr(Zygote, "pair", counted)
    return numbers


def states(result: Any) -> dict[str, str]:
    return {exercise.name: exercise.state for exercise in result.exercises}


def test_what_has_not_changed_is_not_run_again(engine: Engine, tmp_path: Path, opened: list[int]) -> None:
    known, path = Known(), tmp_path / "d01.ipynb"
    small.write(small.solved(e2="def half(x):\n    return x"), path)
    first = engine.grade(path, small.course(), known=known)
    ran = len(opened)
    assert ran >= 1
    again = engine.grade(path, small.course(), known=known)
    assert (again.as_json(), len(opened)) == (first.as_json(), ran)
    small.write(small.solved(), path)
    changed = engine.grade(path, small.course(), known=known)
    assert len(opened) == ran + 1
    assert changed.as_json() == engine.grade(path, small.course()).as_json()
    assert states(changed) == {"e1": "correct", "e2": "correct", "e3": "correct"}


def test_an_exercise_is_run_again_when_another_that_it_leans_on_has_changed(engine: Engine, tmp_path: Path) -> None:
    known, path, leans = Known(), tmp_path / "d01.ipynb", "def triple(x):\n    return double(x) + x"
    small.write(small.solved(e3=leans), path)
    assert states(engine.grade(path, small.course(), known=known)) == {
        "e1": "correct",
        "e2": "correct",
        "e3": "correct",
    }
    small.write(small.solved(e1="def double(x):\n    return 7", e3=leans), path)
    assert states(engine.grade(path, small.course(), known=known)) == {"e1": "wrong", "e2": "correct", "e3": "wrong"}


def test_a_test_that_has_changed_is_run_again(engine: Engine, tmp_path: Path) -> None:
    known, path = Known(), small.write(small.solved(), tmp_path / "d01.ipynb")
    engine.grade(path, small.course(), known=known)
    stricter = small.source()
    small.cell(stricter, "d01_e2_half")["source"] += "assert half(0) == 1"
    found = engine.grade(path, Course(stricter, small.release()), known=known)
    assert states(found) == {"e1": "correct", "e2": "wrong", "e3": "correct"}


def test_the_first_exercise_is_judged_once_as_nothing_ran_before_it(
    engine: Engine, tmp_path: Path, opened: list[int]
) -> None:
    wrong = "def double(x):\n    return 7"
    assert states(graded(engine, tmp_path, small.solved(e1=wrong)))["e1"] == "wrong"
    assert len(opened) == 1


def test_what_cannot_be_judged_apart_is_judged_there_and_marked(engine: Engine, tmp_path: Path) -> None:
    course = plain("import inspect\ndef f(a, b=2):\n    return a", "import inspect\nassert inspect.isfunction(f)")
    result = graded(engine, tmp_path, course.source, course)
    assert (result.points, result.exercises[0].trust) == (4, "in-kernel")


def test_partial_credit_is_given_and_clamped(engine: Engine, tmp_path: Path) -> None:
    course = plain("def score():\n    return 3.0", "score()")
    for value, points in (("2.5", 2.5), ("-1", 0), ("1e9", 4), ("float('nan')", 0), ("float('inf')", 0)):
        book = {
            **course.release,
            "cells": [small.graded(f"def score():\n    return {value}", "answer", solution=True)],
        }
        assert graded(engine, tmp_path, book, course).points == points, value


def test_a_secret_reaches_the_tests_and_not_the_learner(tmp_path: Path) -> None:
    course = plain(
        "def seen():\n    import os\n    return dict(os.environ)",
        "import os\nassert os.environ['AUTOGRADER_SECRET'] == 'of the class'\nassert 'of the class' not in str(seen())",
    )
    with Engine(Settings(secret="of the class")) as engine:
        assert graded(engine, tmp_path, course.source, course).points == 4


def test_a_learner_finds_neither_tests_nor_the_course_in_its_process(engine: Engine, tmp_path: Path) -> None:
    marker = "marker-" + os.urandom(4).hex()
    course = plain(
        "def look():\n    return None",
        f"# {marker}\nassert look() is None, look()",
    )
    look = f"""
def look():
    import gc, os, sys
    mark = "".join([{marker[:7]!r}, {marker[7:]!r}])
    found = [type(o).__name__ for o in gc.get_objects() if type(o) in (dict, list, tuple) and mark in str(o)]
    frame = sys._getframe()
    while frame:
        found += [k for k, v in frame.f_globals.items() if k != "look" and isinstance(v, str) and mark in v]
        frame = frame.f_back
    return found or None
"""
    book = {**course.release, "cells": [small.graded(look, "answer", solution=True)]}
    result = graded(engine, tmp_path, book, course)
    assert result.points == 4, result.exercises[0].tests


def test_the_second_grading_does_not_see_the_first(engine: Engine, tmp_path: Path) -> None:
    spoil = "import builtins, math\nmath.pi = 3\nopen('left', 'w').write('x')\nbuiltins.LEFT = 1\ndef area(r):\n    return 1"
    look = "import os, builtins\nassert os.listdir() == [] and not hasattr(builtins, 'LEFT')\ndef area(r):\n    return math.pi"
    course = plain("def area(r):\n    return math.pi", "assert area(1) == math.pi")
    points = [
        graded(engine, tmp_path, {**course.release, "cells": [small.graded(s, "answer", solution=True)]}, course).points
        for s in (spoil, look)
    ]
    assert points == [0, 4]


def test_a_family_that_starts_threads_is_imported_after_the_fork(tmp_path: Path) -> None:
    (tmp_path / "threaded.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
    )
    families = (Family(("threaded",)),)
    settings = Settings(families=families, readable=(str(tmp_path),))
    os.environ["PYTHONPATH"], before = str(tmp_path), os.environ.get("PYTHONPATH")
    try:
        course = plain("def area(r):\n    return 1", "assert area(1) == 1", setup="import threaded")
        with Engine(settings) as engine:
            assert graded(engine, tmp_path, course.source, course).points == 4
    finally:
        os.environ.pop("PYTHONPATH") if before is None else os.environ.update(PYTHONPATH=before)


def test_what_of_a_family_is_not_installed_is_left_out(tmp_path: Path) -> None:
    course = plain("def area(r):\n    return math.pi", "assert area(1) == math.pi")
    settings = Settings(
        (Family(("math", "not_installed", "not_installed.part", "json.no_such_part")),), cell_seconds=20
    )
    with Engine(settings) as engine:
        assert graded(engine, tmp_path, course.source, course).points == 4


def test_days_of_one_section_share_a_family() -> None:
    """Else each would have a process of its own that holds the same libraries."""
    root = Path(__file__).resolve().parents[2]
    settings = settings_of(root)
    for section, most in (("1.5", 2), ("4.2", 3)):
        books = [read(path) for path in sorted((root / "source" / section).glob("*.ipynb"))]
        engine = Engine(settings)
        families = {engine._family(imports(book)) for book in books}
        assert families <= set(settings.families)
        assert len(families) <= most


def test_setting_stop_ends_a_grading_soon(engine: Engine, tmp_path: Path) -> None:
    stop = threading.Event()
    path = small.write(small.solved(e1="while True:\n    pass"), tmp_path / "d01.ipynb")
    threading.Timer(1.0, stop.set).start()
    began = time.monotonic()
    with pytest.raises(Stopped):
        engine.grade(path, small.course(), stop)
    assert time.monotonic() - began < 15


def test_a_process_that_cannot_start_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "interpreter", lambda name: str(tmp_path / "no-python"))
    with Engine() as engine, pytest.raises(KernelTrouble, match="cannot be started"):
        graded(engine, tmp_path, small.solved())


def test_ctrl_c_while_libraries_are_imported_leaves_nothing(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the fixture looks for afterwards: no process, no folder."""

    def pressed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("autograder.wire.receive", pressed)
        with pytest.raises(KeyboardInterrupt):
            graded(engine, tmp_path, small.solved())
    assert dict(graded(engine, tmp_path, small.solved()).scores()) == small.FULL


def test_a_zygote_that_is_killed_is_trouble_and_not_a_learners_fault(engine: Engine, tmp_path: Path) -> None:
    graded(engine, tmp_path, small.solved())
    for process in psutil.Process().children():
        process.kill()
    with pytest.raises(KernelTrouble):
        graded(engine, tmp_path, small.solved())


def test_settings_come_from_the_courses_pyproject(tmp_path: Path) -> None:
    assert settings_of(tmp_path) == Settings()
    (tmp_path / "secret").write_text("abc\n")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.autograder]\nreadable = ["data"]\ndemand_sandbox = true\nsecret_file = "secret"\n'
        'families = [{ imports = ["numpy"], warm_up = "warm.py" }]\nlimits = { processes = 9 }\n'
    )
    assert settings_of(tmp_path) == Settings(
        families=(Family(("numpy",), str(tmp_path / "warm.py")),),
        readable=(str(tmp_path / "data"),),
        demand_sandbox=True,
        secret="abc",
        limits=dataclasses.replace(Limits(), processes=9),
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = [", "cannot be read"),
        ("[tool.autograder]\nreedable = []", "has reedable; it knows"),
        ("[tool.autograder]\nlimits = { memoryy = 1 }", "is not right"),
        ("[tool.autograder]\nfamilies = [{}]", "is not right"),
        ('[tool.autograder]\nsecret_file = "nowhere"', "secret's file"),
    ],
)
def test_settings_that_cannot_be_used_are_told(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(SettingsError, match=words):
        settings_of(tmp_path)


THREE = "def triple(x):\n    return x * {}"
AGAIN = "# written once more\n"
NEEDED = [
    ("a star import", {"e1": "from math import *\n", "e3": THREE.format("floor(3.5)")}),
    ("a name of the course's, bound anew", {"e1": "BASE = 3\n", "e3": THREE.format("BASE")}),
    ("a builtin, bound anew", {"e1": "def round(x): return 3\n", "e3": THREE.format("round(x)")}),
    ("globals", {"e1": "globals()['three'] = 3\n", "e3": THREE.format("three")}),
    ("a part of a module", {"e1": "math.three = 3\n", "e3": THREE.format("math.three")}),
    ("setattr", {"e1": "setattr(math, 'three', 3)\n", "e3": THREE.format("math.three")}),
    ("a global of a function", {"e1": "def f():\n    global k\n    k = 3\nf()\n", "e3": THREE.format("k")}),
    ("IPython's own lines", {"e1": "three = !echo 3\n", "e3": THREE.format("int(three[0])")}),
    ("a file", {"e1": "with open('k', 'w') as f:\n    f.write('3')\n", "e3": THREE.format("int(open('k').read())")}),
    ("a list", {"e1": "from string import *\nK = []\n", "e2": "K.append(3)\n", "e3": THREE.format("K[0]")}),
    ("a class", {"e1": "class K:\n    pass\n", "e2": "K.three = 3\n", "e3": THREE.format("K.three")}),
    ("a list, in passing", {"e1": "K = {}\n", "e2": "k = K.setdefault('a', 3)\n", "e3": THREE.format("K['a']")}),
    ("a class under another name", {"e1": "class K: pass\n", "e2": "L = K\nL.k = 3\n", "e3": THREE.format("K.k")}),
    (
        "a base class",
        {
            "e1": "class K:\n    all = 2\n    def __init_subclass__(cls):\n        K.all += 1\n",
            "e2": "class L(K): pass\n",
            "e3": THREE.format("K.all"),
        },
    ),
    (
        "a decorator",
        {
            "e1": "K = {}\ndef kept(f):\n    K[f.__name__] = f\n    return f\n",
            "e2": "@kept\ndef times(x): return 3 * x\n",
            "e3": "def triple(x):\n    return K['times'](x)",
        },
    ),
]


def written(solutions: dict[str, str]) -> Notebook:
    own = {f"d01_{name}": text for name, text in solutions.items() if name != "e3"}
    return small.solved(
        **{name.removeprefix("d01_"): text + small.SOLUTIONS[name] for name, text in own.items()}, e3=solutions["e3"]
    )


def assert_kept_as_anew(engine: Engine, folder: Path, before: Notebook, after: Notebook) -> dict[str, str]:
    """Grade one state of a notebook and then another: what is found is what grading the other by itself finds."""
    known, path = Known(), folder / "d01.ipynb"
    engine.grade(small.write(before, path), small.course(), known=known)
    kept = engine.grade(small.write(after, path), small.course(), known=known)
    assert kept.as_json() == engine.grade(path, small.course()).as_json()
    return states(kept)


@pytest.mark.parametrize("solutions", [told for _, told in NEEDED], ids=[name for name, _ in NEEDED])
def test_what_helped_before_helps_when_only_its_user_has_changed(
    engine: Engine, tmp_path: Path, solutions: dict[str, str]
) -> None:
    after = written(solutions | {"e3": AGAIN + solutions["e3"]})
    assert assert_kept_as_anew(engine, tmp_path, written(solutions), after)["e3"] == "correct"


@pytest.mark.parametrize("solutions", [told for _, told in NEEDED], ids=[name for name, _ in NEEDED])
def test_what_has_lost_its_help_is_run_again(engine: Engine, tmp_path: Path, solutions: dict[str, str]) -> None:
    lost = max(name for name in solutions if name != "e3")
    after = written(solutions | {lost: ""})
    assert assert_kept_as_anew(engine, tmp_path, written(solutions), after)["e3"] == "wrong"


def test_what_looks_names_up_while_it_runs_leans_on_all_before_it(engine: Engine, tmp_path: Path) -> None:
    for way in ("globals()['double']", "triple.__globals__['double']", "__import__('sys').modules['__main__'].double"):
        looks = f"def triple(x):\n    return {way}(x) + x"
        after = small.solved(e1="def double(x):\n    return 7", e3=looks)
        assert assert_kept_as_anew(engine, tmp_path, small.solved(e3=looks), after)["e3"] == "wrong"


def test_a_cell_of_ones_own_that_binds_the_courses_name_stays(engine: Engine, tmp_path: Path) -> None:
    before, after = small.solved(e3=THREE.format("BASE")), small.solved(e3=AGAIN + THREE.format("BASE"))
    for book in (before, after):
        book["cells"].insert(small.position(book, "d01_e1"), small.code("BASE = 3"))
    assert assert_kept_as_anew(engine, tmp_path, before, after)["e3"] == "correct"


def two_tests(*points: int) -> Course:
    """A notebook in plain nbgrader style, whose second test leans on what the first imports."""
    texts = ["def f():\n    return 3", "def g():\n    return 3"]
    tests = ["import math\nassert f() == math.floor(3.5)", "assert g() == math.floor(3.5)"]
    book: dict[str, Any] = {"metadata": {}, "nbformat": 4, "nbformat_minor": 5, "cells": []}
    for number, (text, test, most) in enumerate(zip(texts, tests, points, strict=True)):
        book["cells"] += [
            small.graded(text, f"a{number}", solution=True),
            small.graded(test, f"t{number}", grade=True, locked=True, points=most),
        ]
    return Course(book, book)


def test_a_name_that_another_test_binds_is_there(engine: Engine, tmp_path: Path) -> None:
    course, known, path = two_tests(1, 1), Known(), tmp_path / "d01.ipynb"
    engine.grade(small.write(course.source, path), course, known=known)
    changed = json.loads(json.dumps(course.source))
    changed["cells"][2]["source"] = AGAIN + changed["cells"][2]["source"]
    assert engine.grade(small.write(changed, path), course, known=known).points == 2


def test_what_a_test_is_worth_is_not_kept_when_the_course_changes_it(engine: Engine, tmp_path: Path) -> None:
    known, path = Known(), small.write(two_tests(1, 1).source, tmp_path / "d01.ipynb")
    engine.grade(path, two_tests(1, 1), known=known)
    assert engine.grade(path, two_tests(1, 5), known=known).points == 6


def test_a_class_that_answers_to_no_name_it_does_not_know_is_no_crash(engine: Engine, tmp_path: Path) -> None:
    lookup = "class Settings:\n    def __getattr__(self, name):\n        return {'a': 1}[name]\nsettings = Settings()"
    course = plain(lookup, "assert settings.a == 1")
    result = graded(engine, tmp_path, course.source, course)
    assert (result.points, result.exercises[0].trust) == (4, "apart")


def test_a_value_that_cannot_be_told_is_not_there_and_ends_nothing(engine: Engine, tmp_path: Path) -> None:
    course = plain("settings = 1", "assert settings == 1")
    odd = "class Odd(type):\n    def __getattribute__(cls, name):\n        raise KeyError(name)\nclass S(metaclass=Odd): pass\nsettings = S()"
    book = {**course.release, "cells": [small.graded(odd, "answer", solution=True)]}
    result = graded(engine, tmp_path, book, course)
    assert (result.points, result.exercises[0].state) == (0, "wrong"), result.exercises[0]
