"""Every case of the corpus against the engine, on a tiny lesson and on one other: a foreign course's three or one built here.

`pytest tests/hostile -m exhaustive` tries each of them on the others too; `make test` does not.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import small
from tests.hostile import corpus, foreign, protocol, values
from tests.hostile.case import Case, Link, Special
from tests.hostile.lesson import Lesson, shortened
from tests.hostile.scene import Scene
from tests.hostile.trial import CELL_SECONDS, Trial, grader

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
#: Limit for a cell where nothing waits for it: so long that no machine is too slow.
PATIENT = 10.0


def _notebooks(name: str, folder: Path) -> tuple[Path, Path]:
    """The two files of a lesson; "built" is the first lesson that this repository has built, cut short."""
    if name in foreign.names():
        return foreign.write(folder, name)
    if name == "built":
        release = min((ROOT / "release").glob("*/*.ipynb"))
        short = shortened(Lesson.read(ROOT / "source" / release.relative_to(ROOT / "release"), release))
        return small.write(short[0], folder / "built.ipynb"), small.write(short[1], folder / "handed_out.ipynb")
    return small.write(small.source(), folder / "tiny.ipynb"), small.write(small.release(), folder / "handed_out.ipynb")


@contextmanager
def _tried(notebooks: tuple[Path, Path], cell_seconds: float = PATIENT, attacked: str = "") -> Iterator[Trial]:
    # Not in pytest's own folder, which is closed to other users: an attack that runs as another is to find an open door.
    root = Path(tempfile.mkdtemp(prefix="hostile-"))
    try:
        with Scene(root, *notebooks, attacked) as scene:
            with grader(cell_seconds=cell_seconds) as grade_one:
                yield Trial(scene, grade_one)
            assert not scene.processes(), "processes are left after the engine was closed"
    finally:
        shutil.rmtree(root)


def _judged(trial: Trial, case: Case) -> None:
    verdict = trial.run(case)
    if verdict.skipped:
        pytest.skip(verdict.skipped)
    assert not verdict.problems, f"{case.why}: " + "; ".join(verdict.problems)


@pytest.fixture(scope="module")
def trial(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    with _tried(_notebooks(request.param, tmp_path_factory.mktemp("lesson"))) as trial:
        yield trial


OTHERS = (*foreign.names(), "built")


def _on_lessons() -> Iterator[object]:
    """Each case on the tiny lesson and on one of the others; on those that are left it is `exhaustive`."""
    for number, case in enumerate(case for case in corpus.CASES if not case.waits):
        for lesson in ("tiny", *OTHERS):
            marks = [pytest.mark.xdist_group(f"hostile-{lesson}")]
            if lesson not in ("tiny", OTHERS[number % len(OTHERS)]):
                marks.append(pytest.mark.exhaustive)
            yield pytest.param(lesson, case, marks=marks, id=f"{lesson}-{case.name}")


@pytest.mark.parametrize(("trial", "case"), _on_lessons(), indirect=["trial"])
def test_case(trial: Trial, case: Case) -> None:
    _judged(trial, case)


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    with _tried(_notebooks("tiny", tmp_path_factory.mktemp("lesson")), CELL_SECONDS) as trial:
        yield trial


@pytest.mark.xdist_group("hostile-impatient")
@pytest.mark.parametrize("case", [case for case in corpus.CASES if case.waits], ids=lambda case: case.name)
def test_case_that_lasts_as_long_as_it_may(impatient: Trial, case: Case) -> None:
    _judged(impatient, case)


#: Exercises that ask for other things than the first ones do: points that are added up, methods and operators, values.
ELSEWHERE = {"roman": "ps3", "words": "hw9", "constants": "lab7"}


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=pytest.mark.xdist_group(f"hostile-{name}")) for name in ELSEWHERE],
)
def elsewhere(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    lesson = _notebooks(ELSEWHERE[request.param], tmp_path_factory.mktemp("lesson"))
    with _tried(lesson, attacked=request.param) as trial:
        yield trial


@pytest.mark.parametrize(
    "case", [c for c in (*values.CASES, *protocol.CASES) if not c.waits], ids=lambda case: case.name
)
def test_another_exercise(elsewhere: Trial, case: Case) -> None:
    _judged(elsewhere, case)


def test_no_two_cases_are_the_same_and_each_says_why(tmp_path: Path) -> None:
    lesson = Lesson.read(*_notebooks("ps3", tmp_path))
    made: dict[str, str] = {}
    for case in corpus.CASES:
        assert case.why, f"{case.name} does not say why"
        files = {
            name: what if isinstance(what, Link | Special) else hash(what) for name, what in case.make(lesson).items()
        }
        same = made.setdefault(str(sorted(files.items())), case.name)
        assert same == case.name, f"{case.name} is {same}"
    assert len({case.name for case in corpus.CASES}) == len(corpus.CASES)


def test_there_are_cases_of_every_kind() -> None:
    count = corpus.count()
    assert set(count) == {"broken", "gaming", "hostile", "honest"}
    assert min(count.values()) >= 30


@pytest.mark.parametrize("name", foreign.names())
def test_a_foreign_release_is_what_nbgrader_would_hand_out(name: str) -> None:
    text = str(foreign.release(name))
    assert "SOLUTION" not in text
    assert "HIDDEN" not in text
    assert text.count("raise NotImplementedError()") == str(foreign.source(name)).count("### BEGIN SOLUTION")


@pytest.mark.parametrize("path", sorted(HERE.glob("*.py")), ids=lambda path: path.name)
def test_the_corpus_knows_nothing_of_this_course(path: Path) -> None:
    if not path.name.startswith("test_"):
        text = path.read_text(encoding="utf-8")
        assert not [word for word in ("curriculum", "stateless", "d01_", "1.5") if word in text]
