"""One lesson's text and its day in the plan -> the instructor's notebook, not yet run.

Titles, hours, points, cell ids, nbgrader's metadata and the folded hints are made here, so that an author types none of
them. The cell metadata beside nbgrader's own is what a grader needs to speak of exercises rather than cells:
``exercise`` (on the statement) and ``test`` (on a test cell).
"""

from __future__ import annotations

import hashlib
from html import escape
from typing import Any

import nbformat
from nbformat import NotebookNode

from curriculum.lesson import HINTS, Cell, Exercise, Lesson
from curriculum.paths import group_for
from curriculum.plan import Day, Plan

#: As jupyter writes them, less the version of Python, which would differ from machine to machine.
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}


def notebook(lesson: Lesson, day: Day, plan: Plan) -> NotebookNode:
    """The instructor's notebook of a lesson: every cell, with solutions and hidden tests, without outputs."""
    exercises = {exercise.name: exercise for exercise in lesson.exercises}
    book = nbformat.v4.new_notebook(metadata={**NOTEBOOK_METADATA, "lesson": {"day": day.id, "points": lesson.points}})
    book.cells = [_markdown(_title(lesson, day, plan))]
    for cell in lesson.cells:
        book.cells.append(_cell(cell, lesson, exercises))
    _give_ids(book)
    return book


def _cell(cell: Cell, lesson: Lesson, exercises: dict[str, Exercise]) -> NotebookNode:
    match cell.kind:
        case "exercise":
            return _statement(exercises[cell.name], list(exercises).index(cell.name) + 1)
        case "hints":
            return _hints(exercises[cell.name])
        case "setup":
            return _graded(_code(cell.source, tags=["setup"]), lesson, "setup", locked=True)
        case "solution":
            return _graded(_code(cell.source), lesson, cell.name, solution=True)
        case "test":
            points = int(cell.marks["points"])
            source = f"# {_count(points, 'point')}: {cell.marks['title']}\n{cell.source}"
            test = _code(source, test={"exercise": cell.name.partition("_")[0], "title": cell.marks["title"]})
            return _graded(test, lesson, cell.name, grade=True, locked=True, points=points)
        case "reflection":
            return _graded(
                _markdown(f"### BEGIN SOLUTION\n{cell.source}\n### END SOLUTION"),
                lesson,
                cell.name,
                grade=True,
                solution=True,
                points=0,
            )
        case "demo":
            return _code(cell.source, tags=["demo"])
        case _:
            return _markdown(cell.source)


def _title(lesson: Lesson, day: Day, plan: Plan) -> str:
    unit, split = plan.unit(day.unit), plan.split
    facts = [
        f"**{unit.id} {unit.title}**, day {day.number} of {len(unit.days)}",
        f"{float(split.hours):g} h: {float(split.read):g} reading, {float(split.guided):g} guided, {float(split.exercises):g} exercises",
        *([f"difficulty {day.difficulty} of 5"] if day.difficulty else []),
    ]
    needs = ", ".join(f"{plan.day(other).title} ({other})" for other in day.prerequisites) or "no earlier day"
    starts = ", ".join(equipment.text for equipment in day.starts) or "nothing beyond Python"
    group = group_for(unit.id)
    fetch = f" Needs packages beside the core: `make {group}`, once, in the course's folder." if group else ""
    rows = [
        f"| {number} | {exercise.title} | {exercise.level} | {exercise.minutes} | {_points(exercise).replace(' points', '').replace(' point', '')} |"
        for number, exercise in enumerate(lesson.exercises, 1)
    ]
    return "\n".join(
        [
            f"# {day.title}",
            "",
            "  \n".join([" · ".join(facts), f"Builds on: {needs}. Starts: {starts}.{fetch}"]),
            "",
            "| Exercise | | Level | Minutes | Points |",
            "| ---: | :--- | :--- | ---: | ---: |",
            *rows,
            "",
            "Work here, then press **Check** above (Ctrl Shift Enter, on a Mac Cmd Shift Enter): at each exercise you see how it "
            "stands and, where it is not right yet, what was expected, with three hints to ask for. "
            f"In a terminal: `mind check {day.id}`.",
        ]
    )


def _statement(exercise: Exercise, number: int) -> NotebookNode:
    head = f"### Exercise {number}: {exercise.title}\n\n*{exercise.level} · about {exercise.minutes} minutes · {_points(exercise)}*"
    about = {
        "id": exercise.name,
        "title": exercise.title,
        "level": exercise.level,
        "minutes": exercise.minutes,
        "exports": list(exercise.exports),
        "goals": list(exercise.goals),
        "hints": list(exercise.hints),
        "reading": exercise.reading,
    }
    if exercise.forbidden:
        about["forbidden"] = list(exercise.forbidden)
    return _markdown(f"{head}\n\n{exercise.statement}", exercise=about)


def _hints(exercise: Exercise) -> NotebookNode:
    folded = [
        f"<details>\n<summary>Hint {number}: {HINTS[number - 1] if number <= len(HINTS) else 'more'}</summary>\n\n{hint}\n\n</details>"
        for number, hint in enumerate(exercise.hints, 1)
    ]
    if exercise.reading:
        folded.append(
            f"<details>\n<summary>Where to read</summary>\n\n{escape(exercise.reading, quote=False)}\n\n</details>"
        )
    return _markdown("\n".join(folded))


def _points(exercise: Exercise) -> str:
    return _count(exercise.points, "point") + (" (bonus)" if exercise.level == "stretch" else "")


def _count(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")


def _markdown(source: str, **metadata: Any) -> NotebookNode:
    return nbformat.v4.new_markdown_cell(source, metadata=metadata)


def _code(source: str, **metadata: Any) -> NotebookNode:
    return nbformat.v4.new_code_cell(source, metadata=metadata)


def _graded(cell: NotebookNode, lesson: Lesson, name: str, **flags: Any) -> NotebookNode:
    given = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    cell.metadata["nbgrader"] = {**given, "grade_id": f"{lesson.prefix}_{name}", **flags}
    return cell


def _give_ids(book: NotebookNode) -> None:
    """Ids that two builds agree on: the grade_id, else a hash of the content with a running number."""
    for number, cell in enumerate(book.cells):
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        digest = hashlib.sha256(cell.source.encode()).hexdigest()[:8]
        cell["id"] = grade_id or f"{number:03d}-{digest}"
