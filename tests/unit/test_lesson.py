"""The text of a lesson is read as it stands; what cannot be read is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder import names
from autograder.mutants import mutants
from curriculum.lesson import LessonError, answers_path, inside, lesson_paths, outside, read_answers, read_lesson
from tests.little_course import ANSWERS, LESSON, STEM, changed, section, write


def path_of(root: Path, lesson: str = LESSON, answers: str = ANSWERS) -> Path:
    write(root, lesson, answers)
    return root / "curriculum" / "lessons" / "1.1" / f"{STEM}.py"


def line_of(text: str, part: str) -> int:
    assert text.count(part) == 1
    return text[: text.index(part)].count("\n") + 1


# --- what is read ---


def test_a_lesson_with_its_exercises(tmp_path: Path) -> None:
    lesson = read_lesson(path_of(tmp_path))
    assert (lesson.stem, lesson.prefix, lesson.points) == ("d01_mean", "d01", 3)
    assert lesson.setup.startswith("import numpy as np\n")
    kinds = [cell.kind for cell in lesson.cells]
    assert kinds[:5] == ["text", "setup", "text", "demo", "demo"]
    assert kinds[-1] == "reflection"
    mean, spread = lesson.exercises
    assert (mean.name, mean.title, mean.level, mean.minutes) == ("e1", "Mean of a list", "warm-up", 10)
    assert (mean.exports, mean.goals, mean.reading, mean.points) == (("mean",), (1,), "MML 6.4.1", 3)
    assert mean.line == line_of(LESSON, '# %% [markdown] exercise="e1"')
    assert [(test.name, test.points) for test in mean.tests] == [("e1_value", 2), ("e1_empty", 1)]
    assert (spread.goals, spread.reading, spread.level, spread.points) == ((), "", "stretch", 2)


def test_an_exercise_may_forbid_libraries(tmp_path: Path) -> None:
    ruled = changed(LESSON, ("goals=[1]", 'goals=[1] forbidden=["scipy", "statistics"]'))
    mean, spread = read_lesson(path_of(tmp_path, ruled)).exercises
    assert (mean.forbidden, spread.forbidden) == (("scipy", "statistics"), ())


def test_hints_are_taken_apart_paragraphs_and_all(tmp_path: Path) -> None:
    first, second, third = read_lesson(path_of(tmp_path)).exercises[0].hints
    assert first == "How would you do it on paper for three numbers?"
    assert second.endswith("test for the empty list first.\n\nAn empty list is false.")
    assert third.startswith("`if not values")


def test_the_stub_keeps_all_but_the_solution(tmp_path: Path) -> None:
    assert read_lesson(path_of(tmp_path)).exercises[0].stub == (
        'def mean(values):\n    """Arithmetic mean of a non-empty list of numbers."""\n    raise NotImplementedError\n'
    )


def test_inside_and_outside_of_marks() -> None:
    source = "a\n    ### BEGIN SOLUTION\n    b\n    ### END SOLUTION\nc\n### BEGIN SOLUTION\nd\n### END SOLUTION"
    assert inside(source, "SOLUTION") == "    b\nd\n"
    assert outside(source, "SOLUTION") == "a\nc\n"
    assert inside(source, "HIDDEN TESTS") == ""


def test_answers_by_exercise(tmp_path: Path) -> None:
    path = path_of(
        tmp_path, answers=ANSWERS + '\n# %% equivalent="e1" mutants=["3f2a91c0", "00c0ffee"] why="the same"\n'
    )
    answers = read_answers(answers_path(path))
    assert [answer.why for answer in answers.of("e1", right=True)] == ["by NumPy", "a running mean"]
    assert len(answers.of("e1", right=False)) == 3
    assert answers.of("e3", right=True) == ()
    assert answers.equivalent == {("e1", "3f2a91c0"): "the same", ("e1", "00c0ffee"): "the same"}
    assert answers.answers[0].line == 1


def test_no_answers_file_is_no_answers(tmp_path: Path) -> None:
    assert read_answers(tmp_path / "d01_none.answers.py").answers == ()


def test_the_lessons_of_a_folder_are_its_days_in_order(tmp_path: Path) -> None:
    for name in ("d10_b.py", "d02_a.py", "d02_a.answers.py", "notes.py", "d3_c.py", "d02_a_figure.svg"):
        (tmp_path / name).touch()
    assert [path.name for path in lesson_paths(tmp_path)] == ["d02_a.py", "d10_b.py"]


# --- a solution in C, from a file of its own ---

C_FILE = f"{STEM}_spread.c"
C_TEXT = """\
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
C_MARKER = f'# %% solution="e2" source="{C_FILE}" as="spread"'
IN_C = changed(LESSON, (section(LESSON, 'solution="e2"'), f"{C_MARKER}\n\n"))


def in_c(root: Path, lesson: str = IN_C, text: str | bytes = C_TEXT, answers: str = ANSWERS) -> Path:
    path = path_of(root, lesson, answers)
    path.with_name(C_FILE).write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_a_program_becomes_a_text_that_is_bound(tmp_path: Path) -> None:
    spread = read_lesson(in_c(tmp_path)).exercises[1]
    assert spread.solution == f'spread = r"""\n{C_TEXT}"""'
    bound: dict[str, str] = {}
    exec(spread.solution, bound)
    assert bound["spread"] == f"\n{C_TEXT}"
    assert names.bound(spread.solution) == {"spread"}
    assert mutants(spread.solution) == []


def test_the_name_may_be_bound_for_the_linter(tmp_path: Path) -> None:
    bound = changed(IN_C, (C_MARKER, f"{C_MARKER}\nspread = ..."))
    exercise = read_lesson(in_c(tmp_path, bound)).exercises[1]
    assert exercise.solution == f'spread = r"""\n{C_TEXT}"""'


def test_line_breaks_at_the_end_of_a_program_are_one(tmp_path: Path) -> None:
    assert read_lesson(in_c(tmp_path, text=C_TEXT + "\n\n")) == read_lesson(in_c(tmp_path, text=C_TEXT.rstrip()))


def test_the_stub_of_a_program_is_an_error_of_its_own_language(tmp_path: Path) -> None:
    lines = read_lesson(in_c(tmp_path)).exercises[1].stub.splitlines()
    assert lines[:7] == ['spread = r"""', *C_TEXT.splitlines()[:5], '    #error "YOUR CODE HERE"']
    assert lines[7:] == ["    return 0;", "}", '"""']


def test_inside_and_outside_of_marks_in_c() -> None:
    assert inside(C_TEXT, "SOLUTION").startswith("    if (scanf(")
    assert "scanf" not in outside(C_TEXT, "SOLUTION")


@pytest.mark.parametrize(
    ("edits", "text", "in_program", "line", "reason"),
    [
        pytest.param([(C_FILE, f"{STEM}_none.c")], C_TEXT, False, C_MARKER.replace(C_FILE, f"{STEM}_none.c"), "there is no such file beside the lesson", id="no file"),
        pytest.param([(C_FILE, "spread.c")], C_TEXT, False, C_MARKER.replace(C_FILE, "spread.c"), "stands beside the lesson and is called d01_mean_", id="another's file"),
        pytest.param([(C_FILE, f"../{C_FILE}")], C_TEXT, False, C_MARKER.replace(C_FILE, f"../{C_FILE}"), "stands beside the lesson", id="elsewhere"),
        pytest.param([(' as="spread"', "")], C_TEXT, False, C_MARKER.replace(' as="spread"', ""), 'as="btree_c"', id="no name"),
        pytest.param([(' as="spread"', ' as="a name"')], C_TEXT, False, C_MARKER.replace(' as="spread"', ' as="a name"'), 'as="btree_c"', id="a bad name"),
        pytest.param([(f' source="{C_FILE}"', "")], C_TEXT, False, C_MARKER.replace(f' source="{C_FILE}"', ""), "stands beside the lesson", id="no source"),
        pytest.param([(C_MARKER, C_MARKER + "\nspread = 1")], C_TEXT, False, C_MARKER, "says spread = ... or nothing; the rest stands in d01_mean_spread.c", id="a body"),
        pytest.param([], C_TEXT.replace("    double", '    // """ quoted\n    double'), True, 5, "three quotes", id="quotes"),
        pytest.param([], C_TEXT.replace("    // ### END SOLUTION\n", ""), True, 1, "has its ### END SOLUTION", id="not closed"),
        pytest.param([], C_TEXT.encode() + b"\xff", True, 1, "is UTF-8 text", id="no text"),
        pytest.param([], "int main(void) { return 0; }", False, C_MARKER, "stands between ### BEGIN SOLUTION", id="no marks"),
    ],
)  # fmt: skip
def test_a_program_that_cannot_be_read(
    tmp_path: Path, edits: list[tuple[str, str]], text: str | bytes, in_program: bool, line: int | str, reason: str
) -> None:
    lesson = changed(IN_C, *edits)
    path = in_c(tmp_path, lesson, text)
    with pytest.raises(LessonError) as caught:
        read_lesson(path)
    assert reason in caught.value.reason
    assert caught.value.path == (path.with_name(C_FILE) if in_program else path)
    assert caught.value.line == (line if isinstance(line, int) else line_of(lesson, line))


# --- answers that are edits of the solution ---

EDIT = """
# %% [markdown] wrong="e1" why="no refusal" edit=true
r'''
### REPLACE
    if not values:
        raise ValueError("an empty list has no mean")
### WITH
### END
### REPLACE
    return sum(values) / len(values)
### WITH
    total = sum(values)
    return total / (len(values) or 1)
### END
'''
"""


def test_an_edit_is_the_solution_with_other_lines(tmp_path: Path) -> None:
    answers = read_answers(answers_path(path_of(tmp_path, answers=ANSWERS + EDIT)))
    edited = answers.of("e1", right=False)[-1]
    assert (edited.why, edited.right) == ("no refusal", False)
    assert edited.source.splitlines() == [
        "def mean(values):",
        '    """Arithmetic mean of a non-empty list of numbers."""',
        "    ### BEGIN SOLUTION",
        "    total = sum(values)",
        "    return total / (len(values) or 1)",
        "    ### END SOLUTION",
    ]


def test_an_edit_of_a_program(tmp_path: Path) -> None:
    edit = """
# %% [markdown] right="e2" why="the same, said otherwise" edit=true
r'''
### REPLACE
    double low, high, value;
### WITH
    double value, low, high; /* "quoted" */
### END
'''
"""
    path = in_c(tmp_path, answers=ANSWERS + edit)
    edited = read_answers(answers_path(path)).of("e2", right=True)[-1].source
    lines = ("    double low, high, value;\n", '    double value, low, high; /* "quoted" */\n')
    assert edited == changed(read_lesson(path).exercises[1].solution, lines)


@pytest.mark.parametrize(
    ("edits", "reason"),
    [
        ([('    return sum(values) / len(values)\n### WITH', '    return sum(values)\n### WITH')], r"wrong='e1'.*'return sum\(values\)' …\) stand 0 times"),
        ([('    if not values:\n        raise ValueError("an empty list has no mean")\n### WITH', '### WITH')], r"\(''.*stand 0 times"),
        ([('### WITH\n### END\n', '### WITH\n    if not values:\n### END\n')], "what comes of the edit is not Python"),
        ([('### WITH\n### END\n', '### WITH\n')], "blocks of ### REPLACE, ### WITH and ### END, and nothing else"),
        ([('    return total / (len(values) or 1)\n### END\n', '    return total\n')], "blocks of ### REPLACE, ### WITH and ### END, and nothing else"),
        ([('wrong="e1" why="no refusal"', 'wrong="e3" why="no refusal"')], "of 'e3', but there is no such exercise"),
        ([(" edit=true", "")], "a whole answer is code; an edit of the solution is text"),
        ([("[markdown] ", ""), ("r'''\n### REPLACE", "### REPLACE"), ("### END\n'''\n", "### END\n")], "a whole answer is code; an edit"),
    ],
)  # fmt: skip
def test_an_edit_that_does_not_fit(tmp_path: Path, edits: list[tuple[str, str]], reason: str) -> None:
    text = ANSWERS + changed(EDIT, *edits)
    path = answers_path(path_of(tmp_path, answers=text))
    with pytest.raises(LessonError, match=reason) as caught:
        read_answers(path)
    assert caught.value.path == path
    assert caught.value.line == ANSWERS.count("\n") + 2


def test_lines_that_stand_twice_are_not_replaced(tmp_path: Path) -> None:
    twice = changed(LESSON, ("    low = high = values[0]\n", "    low = high = values[0]\n" * 2))
    edit = "\n# %% [markdown] wrong=\"e2\" why=\"…\" edit=true\nr'''\n### REPLACE\n    low = high = values[0]\n### WITH\n### END\n'''\n"
    with pytest.raises(LessonError, match="stand 2 times in the solution, not once"):
        read_answers(answers_path(path_of(tmp_path, twice, ANSWERS + edit)))


# --- what is refused ---

E1 = '# %% [markdown] exercise="e1" title="Mean of a list" level="warm-up" minutes=10 exports=["mean"] goals=[1]'
SOLUTION, TEST, SETUP = (
    '# %% solution="e1"',
    '# %% test="e1_value" points=2 title="The mean of the numbers"',
    "# %% setup=true",
)
HEAD = '# %% [markdown]\nr"""\nYou will'
REFLECTION = '# %% [markdown] reflection="reflection"'


@pytest.mark.parametrize(
    ("edits", "at", "reason"),
    [
        pytest.param([(HEAD, "text\n" + HEAD)], 1, "text above the first one", id="head"),
        pytest.param([("You will sum", "\n# %% not a cell\n")], 1, "is a marker inside a string", id="marker in text"),
        pytest.param([(SETUP, "# %%")], 1, "has one cell marked setup=true; this has 0", id="no set-up"),
        pytest.param([('# %%\nprint("', '# %% setup=true\nprint("')], "setup=true\nprint", "this has 2", id="two set-ups"),
        pytest.param([(SOLUTION, f'{SOLUTION} test="e1_x"')], SOLUTION, "marked as solution and test", id="two kinds"),
        pytest.param([(SOLUTION, '# %% answer="e1"')], '# %% answer="e1"', "nothing is known about a cell marked answer", id="unknown kind"),
        pytest.param([(TEST, TEST + " seconds=3")], TEST, "marked test does not take seconds", id="unknown key"),
        pytest.param([(SOLUTION, '# %% solution="E-1"')], '# %% solution="E-1"', "'E-1' is not a name", id="bad name"),
        pytest.param([('exercise="e2"', 'exercise="e1"')], E1, "two cells are marked exercise='e1'", id="twice an exercise"),
        pytest.param([('hints="e2"', 'hints="e1"')], '# %% [markdown] hints="e1" reading', "two cells are marked hints='e1'", id="twice hints"),
        pytest.param([('solution="e2"', 'solution="e1"')], "def spread", "solution='e1': a cell before it has that name", id="twice a solution"),
        pytest.param([('test="e1_empty"', 'test="e1_value"')], "points=1 title", "'e1_value': a cell before it has that name", id="twice a test"),
        pytest.param([(REFLECTION, REFLECTION.replace('"reflection"', '"e1"'))], 'reflection="e1"', "a cell before it has that name", id="a reflection like a solution"),
        pytest.param([(REFLECTION, REFLECTION.replace('"reflection"', '"setup"'))], 'reflection="setup"', "a cell before it has that name", id="a reflection like the set-up"),
        pytest.param([('hints="e2"', 'hints="e3"')], 'hints="e3"', "hints for 'e3', but there is no such exercise", id="hints of nothing"),
        pytest.param([('solution="e2"', 'solution="e3"')], 'solution="e3"', "solution for 'e3', but there is no", id="solution of nothing"),
        pytest.param([('test="e1_value"', 'test="e3_value"')], 'test="e3_value"', r"begins with no exercise \(e1, e2\)", id="test of nothing"),
        pytest.param([('test="e1_value"', 'test="e1"')], 'test="e1"', "and an underscore", id="test without a behaviour"),
        pytest.param([(' minutes=10', '')], '# %% [markdown] exercise="e1"', "does not say its minutes", id="no minutes"),
        pytest.param([('minutes=10', 'minutes="ten"')], 'minutes="ten"', "minutes is a whole number, not 'ten'", id="minutes in words"),
        pytest.param([('level="warm-up"', 'level="hard"')], 'level="hard"', "level is one of warm-up, core, stretch", id="no such level"),
        pytest.param([('exports=["mean"]', 'exports="mean"')], 'exports="mean"', "exports is a list of names, not 'mean'", id="exports no list"),
        pytest.param([("goals=[1]", 'goals=[1] forbidden="numpy"')], 'forbidden="numpy"', "forbidden is a list of libraries, not 'numpy'", id="forbidden no list"),
        pytest.param([("goals=[1]", 'goals=[1] forbidden=["np.dot"]')], "np.dot", "only whole libraries can be forbidden, not 'np.dot'", id="forbidden part"),
        pytest.param([("goals=[1]", 'goals=["1"]')], 'goals=["1"]', "goals is a list of numbers of goals", id="goals in words"),
        pytest.param([("goals=[1]", "goals=1")], "goals=1", "goals is a list of numbers of goals, not 1", id="goals no list"),
        pytest.param([(section(LESSON, 'solution="e1"'), "")], E1, "exercise e1 has no solution cell", id="no solution"),
        pytest.param([("    low = high", "    low = = high")], "    low = = high", "solution is plain Python", id="no Python"),
        pytest.param([("figures.style()", "%matplotlib inline")], "%matplotlib", "setup is plain Python", id="a magic"),
        pytest.param([("a = [3, -4, 1]\n", "a = [3\n")], "a = [3\n", "test is plain Python", id="an open bracket"),
        pytest.param([("    return sum(values) / len(values)\n    ### END SOLUTION", "    return sum(values) / len(values)")], SOLUTION, "has its ### END SOLUTION", id="not closed"),
        pytest.param([("a = [3, -4, 1]\n", "### BEGIN HIDDEN TESTS\na = 1\n")], '# %% test="e2_spread"', "has its ### END HIDDEN TESTS", id="opened twice"),
        pytest.param([("    low = high = values[0]", "    low = high = values[0]  ### END SOLUTION")], '# %% solution="e2"', "on a line of its own", id="a mark behind code"),
        pytest.param([(section(LESSON, 'solution="e1"'), SOLUTION + "\ndef mean(values):\n    return 1\n\n")], SOLUTION, "stands between ### BEGIN SOLUTION", id="no marks"),
        pytest.param([("points=2 title=\"The mean", "points=0 title=\"The mean")], 'points=0', "needs points: a whole number", id="no points"),
        pytest.param([("points=2 title=\"The mean", "points=1.5 title=\"The mean")], 'points=1.5', "needs points: a whole number", id="half points"),
        pytest.param([(' title="The mean of the numbers"', "")], '# %% test="e1_value"', "needs a title", id="no title"),
    ],
)  # fmt: skip
def test_a_lesson_that_cannot_be_read(tmp_path: Path, edits: list[tuple[str, str]], at: int | str, reason: str) -> None:
    text = changed(LESSON, *edits)
    path = path_of(tmp_path, text)
    with pytest.raises(LessonError, match=reason) as caught:
        read_lesson(path)
    error = caught.value
    wanted = at if isinstance(at, int) else line_of(text, at) if at != "def spread" else line_of(text, at) - 1
    assert error.line == wanted
    assert str(error) == f"{path}:{error.line}: {error.reason}"


@pytest.mark.parametrize(
    ("edits", "at", "reason"),
    [
        ([(' why="by NumPy"\ndef mean', "\ndef mean")], 1, "says in one line what it is"),
        ([(' why="sorts"', ' why=" "')], '# %% right="e2" why=" "', "says in one line what it is"),
        ([('# %% right="e2" why="sorts"', "# %%")], "# %%\n", "code that belongs to no answer"),
        ([('# %% right="e2" why="sorts"', '# %% rigth="e2" why="sorts"')], '# %% rigth="e2"', "nothing is known"),
        ([('right="e2" why="sorts"', 'right="e2" wrong="e2" why="sorts"')], 'right="e2" wrong="e2"', "is one thing"),
        ([('why="sorts"', 'why="sorts" points=2')], 'why="sorts" points=2', "does not take points"),
        ([("    return max(values)\n", "    return max(values\n")], "    return max(values\n", "is plain Python"),
        ([('right="e2" why="sorts"', 'equivalent="e2" why="sorts"')], 'equivalent="e2"', "named by their keys"),
        ([('right="e2" why="sorts"', 'equivalent="e2" mutants="ab" why="sorts"')], 'mutants="ab"', "named by their keys"),
    ],
)  # fmt: skip
def test_answers_that_cannot_be_read(tmp_path: Path, edits: list[tuple[str, str]], at: int | str, reason: str) -> None:
    text = changed(ANSWERS, *edits)
    path = answers_path(path_of(tmp_path, answers=text))
    with pytest.raises(LessonError, match=reason) as caught:
        read_answers(path)
    assert caught.value.line == (at if isinstance(at, int) else line_of(text, at))


def test_a_lesson_that_is_no_text(tmp_path: Path) -> None:
    path = path_of(tmp_path)
    path.write_bytes(b"# %%\n\xff\xfe")
    with pytest.raises(LessonError, match="is UTF-8 text"):
        read_lesson(path)


def test_a_lesson_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_lesson(tmp_path / "d01_none.py")
