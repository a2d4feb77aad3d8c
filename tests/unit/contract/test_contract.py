"""Every rule of the contract has a fixture that breaks just it: the little course with one thing changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.mutants import mutants
from curriculum.contract import Breach, of_notebooks
from curriculum.lesson import inside, read_lesson
from tests.little_course import ANSWERS, LESSON, STEM, section
from tests.unit.contract.conftest import Edit, Variant

pytestmark = pytest.mark.xdist_group("contract")  # they share what is built and tried

Judge = Callable[[Variant], list[Breach]]


def test_the_little_course_keeps_the_whole_contract(judge: Judge) -> None:
    assert judge(Variant()) == []


# --- what is done to notebooks ---


def cell_of(book: NotebookNode, part: str) -> NotebookNode:
    """The cell with this grade_id, or else the one with this text."""
    named = [cell for cell in book.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == part]
    (found,) = named or [cell for cell in book.cells if part in cell.source]
    return found


def points(name: str, value: int) -> Edit:
    return lambda book: cell_of(book, name).metadata.nbgrader.update(points=value)


def told_points(value: int) -> Edit:
    return lambda book: book.metadata.lesson.update(points=value)


def append(part: str, text: str) -> Edit:
    return lambda book: cell_of(book, part).update(source=cell_of(book, part).source + "\n" + text)


def output(part: str, **given: object) -> Edit:
    return lambda book: cell_of(book, part).outputs.append(nbformat.v4.new_output(**given))


def without_outputs(book: NotebookNode) -> None:
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.outputs = []


def only_pictures(book: NotebookNode) -> None:
    without_outputs(book)
    picture = {"image/png": "iVBORw0KGgo=", "text/plain": "<IPython.core.display.Image object>"}
    cell_of(book, "figures.show(").outputs = [nbformat.v4.new_output("display_data", picture)]
    # Words for the picture in a text that nbval is told to pass over.
    cell_of(book, "figures.show(").outputs.append(nbformat.v4.new_output("stream", text="Figure: a line\n"))
    cell_of(book, "figures.show(").source += "  # NBVAL_IGNORE_OUTPUT"


def told_to_skip(book: NotebookNode) -> None:
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.metadata.tags = [*cell.metadata.get("tags", []), "nbval-ignore-output"]


def figure_without_words(book: NotebookNode) -> None:
    cell = cell_of(book, "figures.show(")
    cell.outputs = [out for out in cell.outputs if out.output_type != "stream"]


HIDDEN = inside(section(LESSON, 'test="e1_value"'), "HIDDEN TESTS")
SOLUTION = inside(section(LESSON, 'solution="e2"'), "SOLUTION")
E1, E2 = "### BEGIN SOLUTION\n    if not values", "### BEGIN SOLUTION\n    low = high"
SPREAD = section(LESSON, 'solution="e2"')
MARKDOWN = "## A picture first"


def spread(body: str) -> tuple[str, str]:
    """Another solution cell for e2."""
    return SPREAD, f'# %% solution="e2"\n{body}\n\n'


LEAVING_THINGS_TO_CHANCE = """\
def spread(values):
    ### BEGIN SOLUTION
    spare = [2, 3, 5, 7, 11, 13, 17, 19]
    spare = spare[0] + spare[1] if len(spare) > 40 else spare
    return max(values) - min(values)
    ### END SOLUTION"""

BREACHES = [
    # rule, exercise, reason, variant
    ("hints", "e1", "0 hints", Variant(lesson=((section(LESSON, '[markdown] hints="e1"'), ""),))),
    ("hints", "e2", "2 hints", Variant(lesson=(("3. `max` and `min` find them; subtract.\n", ""),))),
    ("hints", "e2", "2 hints", Variant(lesson=(("2. Find the largest and the smallest.", "2. "),))),
    ("hints", "e2", "4 hints", Variant(lesson=(("; subtract.\n", ".\n4. Subtract.\n"),))),
    (
        "stub",
        "e2",
        "the untouched stub passes e2_spread",
        Variant(lesson=(spread("def spread(values):\n    return max(values) - min(values)\n    ### BEGIN SOLUTION\n    pass\n    ### END SOLUTION"),)),
    ),
    (
        "stub",
        "e1",
        "the untouched stub passes e1_empty",
        Variant(
            lesson=(
                ("    ### BEGIN SOLUTION\n    if not values:\n        raise ValueError(\"an empty list has no mean\")\n",
                 "    if not values:\n        raise ValueError(\"an empty list has no mean\")\n    ### BEGIN SOLUTION\n"),
            )
        ),
    ),
    (
        "solution",
        "e2",
        "the solution fails e2_spread: CheckFailed: Called: spread",
        Variant(lesson=(("    return high - low\n", "    return high - low + 0.5\n"),)),
    ),
    ("right variants", "e2", "1 right answers beside the solution", Variant(answers=((section(ANSWERS, 'right="e2" why="sorts"'), ""),))),
    ("wrong answers", "e2", "2 wrong answers; it takes 3", Variant(answers=((section(ANSWERS, 'wrong="e2" why="last'), ""),))),
    (
        "wrong answers",
        "e2",
        "the wrong answer 'forgets the smallest' passes every test",
        Variant(answers=(("    return max(values)\n", "    return max(values) - min(values)\n"),)),
    ),
    (
        "wrong answers",
        "e2",
        "the wrong answer 'forgets the smallest' does not even run: e2_spread: NameError",
        Variant(answers=(("def spread(values):\n    return max(values)\n", "def sprade(values):\n    return max(values)\n"),)),
    ),
    (
        "right variants",
        "e2",
        "the right answer 'sorts' fails e2_spread: CheckFailed",
        Variant(answers=(("    return ordered[-1] - ordered[0]\n", "    return ordered[0] - ordered[-1]\n"),)),
    ),
    ("answers", "e7", "for an exercise that is not there", Variant(answers=((section(ANSWERS, 'right="e1" why="by'), section(ANSWERS, 'right="e1" why="by') + '# %% wrong="e7" why="for nobody"\npass\n\n'),))),
    ("exports", "e1", "test e1_empty uses unheard_of", Variant(lesson=(("check(mean, []).raises", "_ = True or unheard_of\ncheck(mean, []).raises"),))),
    ("exports", "e1", "test e1_empty uses spread", Variant(lesson=(("check(mean, []).raises", "_ = True or spread\ncheck(mean, []).raises"),))),
    ("exports", "e1", "exports median, which its solution does not define", Variant(lesson=(('exports=["mean"]', 'exports=["mean", "median"]'),))),
    (
        "stands alone",
        "e2",
        "its solution takes mean from outside",
        Variant(lesson=(("    low = high = values[0]\n", "    low = high = values[0] if values else mean\n"),)),
    ),
    ("messages", "e1", "test e1_empty has a bare assert", Variant(lesson=(("check(mean, []).raises", "assert mean\ncheck(mean, []).raises"),))),
    ("points", "e1", "3 points in the lesson, 4 in source", Variant(source=points("d01_e1_value", 3))),
    ("points", "e1", "3 points in the lesson, 2 in release", Variant(release=points("d01_e1_value", 1))),
    ("points", "", "3 points without the bonus, source says 5", Variant(source=told_points(5))),
    ("points", "", "3 points without the bonus, release says 5", Variant(release=told_points(5))),
    (
        "points",
        "",
        "no points outside the bonus",
        Variant(lesson=(('level="warm-up"', 'level="stretch"'),), source=told_points(0), release=told_points(0)),
    ),
    ("alt text", "", "line 1: an image without alternative text", Variant(lesson=(("![A ruler that balances on its middle]", "![ ]"),))),
    ("alt text", "", "an image without alternative text", Variant(lesson=((MARKDOWN, f"{MARKDOWN}\n\n![][ruler]"),))),
    ("alt text", "", "an image without alternative text", Variant(lesson=((MARKDOWN, f'{MARKDOWN}\n\n<img src="a.svg">'),))),
    ("alt text", "", "an image without alternative text", Variant(lesson=((MARKDOWN, f'{MARKDOWN}\n\n<IMG src="a.svg" alt="" data-alt="x">'),))),
    ("alt text", "", "show figures by figures.show", Variant(lesson=(("figures.show(fig, alt=", "plt.show()\nfigures.show(fig, alt="),))),
    ("alt text", "", "shows a picture without words", Variant(source=figure_without_words)),
    ("alt text", "", "shows a picture without words", Variant(source=output("their sum is", output_type="display_data", data={"image/svg+xml": "<svg/>"}))),
    ("outputs", "", "no output that nbval compares", Variant(source=without_outputs)),
    ("outputs", "", "no output that nbval compares", Variant(source=only_pictures)),
    ("outputs", "", "no output that nbval compares", Variant(source=told_to_skip)),
    (
        "decides alone",
        "e1",
        "no wrong answer or mutant fails e1_empty and nothing else",
        Variant(lesson=(("check(mean, [-2.5]).close(-2.5,", 'check(mean, []).raises(ValueError, idea="empty")\ncheck(mean, [-2.5]).close(-2.5,'),)),
    ),
    ("warnings", "", "writes to stderr", Variant(source=output("their sum is", output_type="stream", name="stderr", text="a warning\n"))),
    ("secrets", "e1", "hidden tests of e1_value: check(mean, [-2.5])", Variant(release=append("d01_e1_value", HIDDEN))),
    ("secrets", "e1", "hidden tests of e1_value: for seed in range(5):", Variant(release=append("d01_e1_value", "for seed in range(5):"))),
    ("secrets", "e1", "hidden tests of e1_value", Variant(release=append(MARKDOWN, HIDDEN))),
    ("secrets", "e2", "hidden tests of e2_spread: a = [3, -4, 1]", Variant(release=append("d01_e2_spread", "a = [3, -4, 1]"))),
    ("secrets", "e2", "solution of e2: low = high = values[0]", Variant(release=append("d01_e2", SOLUTION))),
    ("secrets", "e2", "solution of e2: low = high = values[0]", Variant(release=append(MARKDOWN, f"```python\n{SOLUTION}```"))),
    ("secrets", "e2", "solution of e2: for value in values:", Variant(release=append("their sum is", "\n\n".join(SOLUTION.splitlines()[1:])))),
    ("secrets", "e2", "solution of e2", Variant(release=output("their sum is", output_type="stream", text=SOLUTION))),
    ("secrets", "", "a BEGIN HIDDEN TESTS mark", Variant(release=append(MARKDOWN, "### BEGIN HIDDEN TESTS"))),
    ("secrets", "", "a BEGIN SOLUTION mark", Variant(release=append(MARKDOWN, "### BEGIN SOLUTION"))),
    ("secrets", "", "model answer of reflection: A mean is moved", Variant(release=append("d01_reflection", "A mean is moved by every number, a spread by two of them only."))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "exercise", "reason", "variant"),
    BREACHES,
    ids=[f"{rule}-{number}" for number, (rule, *_) in enumerate(BREACHES)],
)
def test_a_breach_is_refused_and_nothing_else(
    judge: Judge, rule: str, exercise: str, reason: str, variant: Variant
) -> None:
    breaches = judge(variant)
    assert {(breach.lesson, breach.exercise, breach.rule) for breach in breaches} == {(STEM, exercise, rule)}
    assert not any(breach.warning for breach in breaches)
    assert any(reason in " ".join(breach.reason.split()) for breach in breaches), breaches
    assert str(breaches[0]) == f"{f'{STEM} {exercise}'.strip()}: {breaches[0].reason} [{rule}]"


@pytest.mark.parametrize(
    ("rule", "reason", "variant"),
    [
        ("mutants", r"the tests notice \d+ of \d+ mutants; it takes 85%", Variant(lesson=(spread(LEAVING_THINGS_TO_CHANCE),))),
        ("goals", r"no exercise shows measured goal 1: mark one goals=\[1\]", Variant(lesson=((" goals=[1]", ""),))),
        ("goals", r"an exercise names goal 7; the plan's goals of 1.1 are \[1\]", Variant(lesson=(("goals=[1]", "goals=[1, 7]"),))),
        (
            "goals",
            "no exercise shows measured goal 2",
            Variant(plan=(('text = "Compute a mean."\nconcepts = ["means"]\n', 'text = "Compute a mean."\n[[goal]]\nid = "1.1-2"\ntext = "Other."\n'),)),
        ),
    ],
)  # fmt: skip
def test_a_breach_of_the_whole_unit(judge: Judge, rule: str, reason: str, variant: Variant) -> None:
    (breach,) = judge(variant)
    assert (breach.lesson, breach.exercise, breach.rule, breach.warning) == ("1.1", "", rule, False)
    assert re.fullmatch(reason + ".*", breach.reason)


def test_a_goal_may_wait_for_a_day_that_is_not_written(judge: Judge) -> None:
    later = '[[day]]\nid = "1.1-d2"\ntitle = "Later"\nconcepts = ["means"]\n'
    plan = (
        ('lesson = "d01_mean"\n', f'lesson = "d01_mean"\n{later}'),
        ("hours = 5\ndays = 1\n", "hours = 10\ndays = 2\n"),
        ('title = "Phase"\ndays = 1\n', 'title = "Phase"\ndays = 2\n'),
        ('title = "Numbers"\ndays = 1\n', 'title = "Numbers"\ndays = 2\n'),
    )
    assert judge(Variant(lesson=((" goals=[1]", ""),), plan=plan)) == []


def test_an_equivalent_that_the_tests_notice_is_none(judge: Judge) -> None:
    (key,) = [m.key for m in mutants(section(LESSON, 'solution="e1"')) if m.kind == "condition"]
    noticed = f'# %% equivalent="e1" mutants=["{key}"] why="so we hope"\n\n'
    (breach,) = judge(
        Variant(answers=(('# %% right="e1" why="by NumPy"', noticed + '# %% right="e1" why="by NumPy"'),))
    )
    assert (breach.exercise, breach.rule, breach.warning) == ("e1", "equivalent", False)
    assert breach.reason.startswith(f"the tests notice {key} line 4, condition:")


@pytest.mark.parametrize(
    ("rule", "reason", "variant"),
    [
        (
            "equivalent",
            "names the mutant 00c0ffee",
            Variant(answers=(('# %% right="e2" why="sorts"', '# %% equivalent="e2" mutants=["00c0ffee"] why="x"\n\n# %% right="e2" why="sorts"'),)),
        ),
        (
            "short cells",
            "a demonstration of more than 25 lines",
            Variant(lesson=(('print("their sum is", sum(POINTS))', 'print("their sum is", sum(POINTS))\n' * 26),)),
        ),
    ],
)  # fmt: skip
def test_a_warning_tells_and_does_not_refuse(judge: Judge, rule: str, reason: str, variant: Variant) -> None:
    (breach,) = judge(variant)
    assert (breach.rule, breach.warning) == (rule, True)
    assert reason in breach.reason


@pytest.mark.parametrize(
    "variant",
    [
        pytest.param(Variant(lesson=((MARKDOWN, f'{MARKDOWN}\n\n<img src="a.svg" alt="A line">'),)), id="alt in <img>"),
        pytest.param(Variant(lesson=((MARKDOWN, f"{MARKDOWN}\n\n![A line][ruler]"),)), id="alt by reference"),
        # What the hints say is no secret, and a line that anyone would write may stand elsewhere.
        pytest.param(Variant(release=append(MARKDOWN, "return sum(values) / len(values)")), id="a line of a hint"),
        pytest.param(Variant(release=append("their sum is", "for value in values:\n    print(value)")), id="a plain line"),
    ],
)  # fmt: skip
def test_what_is_well_is_left_alone(judge: Judge, variant: Variant) -> None:
    assert judge(variant) == []


@pytest.mark.parametrize(
    ("tree", "content", "reason"),
    [
        ("source", None, "source/1.1/d01_mean.ipynb is not there: run `mind dev build`"),
        ("release", None, "release/1.1/d01_mean.ipynb is not there: run `mind dev build`"),
        ("release", "{", "release/1.1/d01_mean.ipynb cannot be read (NotJSONError): run `mind dev build`"),
    ],
)
def test_notebooks_that_are_not_built(built: Path, tmp_path: Path, tree: str, content: str | None, reason: str) -> None:
    lesson = read_lesson(built / "curriculum" / "lessons" / "1.1" / f"{STEM}.py")
    paths = {}
    for name in ("source", "release"):
        paths[name] = tmp_path / name / "1.1" / f"{STEM}.ipynb"
        paths[name].parent.mkdir(parents=True)
        paths[name].write_bytes((built / name / "1.1" / f"{STEM}.ipynb").read_bytes())
    if content is None:
        paths[tree].unlink()
    else:
        paths[tree].write_text(content, encoding="utf-8")
    assert list(of_notebooks(lesson, paths["source"], paths["release"])) == [Breach(STEM, "", "built", reason)]
