"""The little course with its second exercise in C: built, released and held to the whole contract like any other."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from autograder import intake
from curriculum import contract, trials
from curriculum.build import build
from curriculum.lab import native
from curriculum.lesson import answers_path, read_answers, read_lesson
from tests.little_course import ANSWERS, LESSON, STEM, changed, section, write

pytestmark = pytest.mark.xdist_group("contract")

PROGRAM = """\
#include <stdio.h>

int main(void)
{
    double low, high, value;
    // ### BEGIN SOLUTION
    if (scanf("%lf", &low) != 1)
        return 1;
    for (high = low; scanf("%lf", &value) == 1;) {
        low = value < low ? value : low;
        high = value > high ? value : high;
    }
    printf("%g\\n", high - low);
    // ### END SOLUTION
    return 0;
}
"""
TEST = """\
# %% test="e2_spread" points=2 title="The largest less the smallest"
program = native.build(spread)
check_value("the program's answer to 1 2 6", program.run(stdin="1 2 6").stdout).equals("5\\n", idea="which two numbers matter?")
### BEGIN HIDDEN TESTS
check_value("its answer to 3 -4 1", program.run(stdin="3 -4 1").stdout).equals("7\\n", idea="below zero")
### END HIDDEN TESTS

"""
IN_C = changed(
    LESSON,
    ("import check, figures", "import check, check_value, figures, native"),
    (section(LESSON, 'solution="e2"'), f'# %% solution="e2" source="{STEM}_spread.c" as="spread"\n\n'),
    (section(LESSON, 'test="e2_spread"'), TEST),
)


def edited(verdict: str, why: str, old: str, new: str) -> str:
    return (
        f'\n# %% [markdown] {verdict}="e2" why="{why}" edit=true\nr\'\'\'\n'
        f"### REPLACE\n{old}\n### WITH\n{new}\n### END\n'''\n"
    )


FIRST_OF_C = ANSWERS.index('# %% right="e2"')
LOW, HIGH = "        low = value < low ? value : low;", "        high = value > high ? value : high;"
IN_C_ANSWERS = ANSWERS[:FIRST_OF_C] + "".join([
    edited("right", "by if", LOW, "        if (value < low)\n            low = value;"),
    edited("right", "by if, the other way", HIGH, "        if (high < value)\n            high = value;"),
    edited("wrong", "forgets the smallest", LOW, ""),
    edited("wrong", "the last for the largest", HIGH, "        high = value;"),
    edited("wrong", "the wrong way round", '    printf("%g\\n", high - low);', '    printf("%g\\n", low - high);'),
])  # fmt: skip


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    try:
        native.compiler()
    except native.ToolMissing as error:
        pytest.skip(str(error))
    root = tmp_path_factory.mktemp("in-c")
    plan, unit = write(root, IN_C, IN_C_ANSWERS)
    (root / "curriculum" / "lessons" / "1.1" / f"{STEM}_spread.c").write_text(PROGRAM, encoding="utf-8")
    build(plan, unit, root=root)
    return root


def cells(root: Path, tree: str) -> dict[str, str]:
    """The sources of a built notebook's graded cells."""
    book = nbformat.read(root / tree / "1.1" / f"{STEM}.ipynb", 4)
    return {cell.metadata.nbgrader.grade_id: cell.source for cell in book.cells if "nbgrader" in cell.metadata}


def test_the_release_holds_a_stub_of_the_programs_own_language(course: Path) -> None:
    assert cells(course, "source")["d01_e2"] == f'spread = r"""\n{PROGRAM}"""'
    before, after = PROGRAM.split("    // ### BEGIN SOLUTION\n")[0], "    return 0;\n}\n"
    assert cells(course, "release")["d01_e2"] == f'spread = r"""\n{before}    #error "YOUR CODE HERE"\n{after}"""'


def test_cells_in_python_are_released_as_ever(course: Path, built: Path) -> None:
    ours, ever = cells(course, "release"), cells(built, "release")
    changed_here = {"d01_setup", "d01_e2", "d01_e2_spread"}
    assert {name: text for name, text in ours.items() if name not in changed_here} == {
        name: text for name, text in ever.items() if name not in changed_here
    }
    assert ours["d01_e1"].endswith("    # Your code here, in place of the next line.\n    raise NotImplementedError")


def test_only_the_notebooks_are_handed_out(course: Path) -> None:
    assert {path.suffix for tree in ("source", "release") for path in (course / tree / "1.1").iterdir()} == {
        ".ipynb",
        ".svg",
    }


def test_an_untouched_program_was_not_worked_on(course: Path) -> None:
    source, release = (intake.read(course / tree / "1.1" / f"{STEM}.ipynb") for tree in ("source", "release"))
    assert intake.worked(intake.take(release, source), release) == set()
    assert intake.worked(intake.take(source, source), release) == {"d01_e1", "d01_e2"}


def test_it_keeps_the_whole_contract(course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "SAMPLE", 0.0)
    path = course / "curriculum" / "lessons" / "1.1" / f"{STEM}.py"
    lessons = [(read_lesson(path), read_answers(answers_path(path)))]
    tried = trials.try_answers(lessons, tmp_path / "verdicts.json")
    _, unit = write(course, IN_C, IN_C_ANSWERS)
    assert list(contract.of_unit(unit, lessons, tried, course)) == []
    (stub,) = (candidate for candidate in tried.of(STEM, "e2") if candidate.kind == "stub")
    assert stub.failed["e2_spread"].startswith("NotImplementedError")
    assert not [candidate for candidate in tried.of(STEM, "e2") if candidate.kind == "mutant"]
