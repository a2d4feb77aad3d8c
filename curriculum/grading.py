"""`mind grade`: the notebooks that a class has handed in are graded with the course's settings and recorded in its gradebook."""

from __future__ import annotations

import ast
import dataclasses
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from autograder import ledger, submissions
from autograder.batch import Batch, Report
from autograder.database import GradebookError, file_of
from autograder.engine import Engine, Settings, SettingsError, settings_of
from autograder.graders import ClusterError, Graders, processors, side_by_side
from autograder.recorder import Recorder
from autograder.stored import Graded, Store
from autograder.submissions import CourseError
from curriculum.classroom.regrades import keep_regrades
from curriculum.rounding import plain
from curriculum.standing import COURSE_ID, gradebook_url

#: Seconds that a gradebook which another program has locked is waited for.
PATIENCE = 60.0
#: Where results wait, in the course's folder, while the gradebook cannot be written.
KEPT = "unrecorded"


@dataclass(frozen=True)
class Options:
    """What was asked for: see `mind grade --help`. ``jobs`` 0 means one for each processor."""

    students: tuple[str, ...] = ()
    jobs: int = 0
    cluster: str = ""
    resume: bool = False
    everything: bool = False
    results: Path | None = None
    db_url: str = ""
    record: bool = True
    cell_seconds: float | None = None


def grade_section(root: Path, assignments: Sequence[str], options: Options, out: Console, errors: Console) -> int:
    """Grade the assignments that a section consists of, and show how it goes; the exit status of `mind grade`."""
    written = [name for name in assignments if (root / "source" / name).is_dir()] or list(assignments)
    worst = 0
    for assignment in written:
        status = _shown(root, assignment, options, out, errors)
        worst = max(worst, status)
        if status in (2, 130):
            break
    return worst


def _shown(root: Path, assignment: str, options: Options, out: Console, errors: Console) -> int:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
    )
    started = time.monotonic()
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task(f"grading {assignment}", total=None)

        def begins(notebooks: int, report: Report) -> None:
            progress.update(task, total=notebooks)
            if options.resume:
                out.print(
                    f"{assignment}: {report.unchanged} notebooks are recorded, {report.taken_up} are graded and want "
                    f"recording, {notebooks} are to be graded",
                    soft_wrap=True,
                )

        try:
            report = grade_assignment(root, assignment, options, begins, lambda _: progress.advance(task))
        except (CourseError, SettingsError, ClusterError) as error:
            return _told(errors, f"{error}{_remedy(error)}", 2)
        except GradebookError as error:
            return _told(errors, f"Nothing was graded: {error}{_remedy(error)}", 3)
        except KeyboardInterrupt:
            return _told(errors, f"Stopped. What was recorded stays; `mind grade {assignment} --resume` goes on", 130)
    if options.record and not options.db_url:
        try:
            keep_regrades(root, assignment, report.changes)
        except OSError as error:
            errors.print(
                f"[red]The changed scores below are not kept for the class's page: {escape(str(error))}[/]",
                soft_wrap=True,
            )
    return print_report(assignment, report, options, time.monotonic() - started, out, errors)


def print_report(
    assignment: str, report: Report, options: Options, seconds: float, out: Console, errors: Console
) -> int:
    """What a batch has come to: who changed and why, what could not be graded, one line to sum it up; the exit status."""
    if report.changes:
        table = Table("student", "notebook", "exercise", "before", "now", "why", title=f"{assignment}: changed scores")
        for change in report.changes:
            before = "none" if change.before is None else plain(change.before)
            table.add_row(
                *map(escape, (change.student, change.notebook, change.exercise)),
                before,
                plain(change.now),
                change.cause,
            )
        out.print(table)
    for student, name, cause in report.refused:
        where = f"{student}, {name}" if name else student
        out.print(f"[red]not graded:[/] {escape(where)}: {escape(cause)}", soft_wrap=True)
    if report.note:
        out.print(f"{assignment}: {escape(report.note)}", soft_wrap=True)
    parts = {
        "graded": report.graded, "unchanged": report.unchanged, "taken up from earlier": report.taken_up,
        "not handed in": report.not_handed_in, "not graded": len(report.refused), "left": report.left,
    }  # fmt: skip
    told = [f"{number} {what}" for what, number in parts.items() if number or what == "graded"]
    out.print(f"{assignment}: notebooks: {', '.join(told)}; {seconds:.1f} s", soft_wrap=True)
    return _status(assignment, report, options, errors)


def _status(assignment: str, report: Report, options: Options, errors: Console) -> int:
    again = f"`mind grade {assignment} --resume" + (f" --json {options.results}`" if options.results else "`")
    if report.unstored:
        _told(errors, f"Not all results are written: {report.unstored}. {again} writes what is missing", 3)
    if report.unrecorded:
        where = "" if report.unstored else f" The results of {report.waiting} notebooks wait in {KEPT}/{assignment}/."
        _told(errors, f"Not all scores are in the gradebook: {report.unrecorded}.{where} Then {again} records them", 3)
    if report.unstored or report.unrecorded:
        return 3
    if report.lost:
        return _told(errors, f"{report.left} notebooks are not graded: {report.lost}", 1)
    if report.left:
        return _told(errors, f"Stopped; what was graded is recorded. {again} grades the other {report.left}", 130)
    return 1 if report.refused else 0


def _remedy(error: Exception) -> str:
    return "; `sh requirements/install.sh cluster` gets it" if isinstance(error.__cause__, ImportError) else ""


def _told(errors: Console, text: str, status: int) -> int:
    errors.print(f"[red]{escape(text)}[/]", soft_wrap=True)
    return status


def grade_assignment(
    root: Path,
    assignment: str,
    options: Options,
    begins: Callable[[int, Report], Any] = lambda notebooks, report: None,
    done: Callable[[Graded], Any] = lambda graded: None,
) -> Report:
    """Grade and record what was handed in of an assignment of the course in ``root``.

    ``begins`` is told how many notebooks are to be graded, and what needs no grading; ``done`` of each as it is graded.
    Ctrl-C ends it early: what is graded by then is recorded, and the report says how much is left.

    Raises submissions.CourseError, engine.SettingsError, cluster.ClusterError, database.GradebookError: nothing is graded
    then, and nothing changed.
    """
    stop = threading.Event()
    course = submissions.course(root, assignment)
    settings = settings_of(root)
    if options.cell_seconds is not None:
        settings = dataclasses.replace(settings, cell_seconds=options.cell_seconds)
    db_url, course_id = gradebook_of(root)
    db_url = options.db_url or db_url
    known = ledger.read(db_url, assignment) if options.record else ledger.Known()
    found = submissions.find(root, assignment, list(course), options.students)
    batch = Batch(
        course,
        found,
        known,
        recording=options.record,
        everything=options.everything,
        results=Store(options.results, assignment) if options.results else None,
        kept=Store(root / KEPT, assignment) if options.record else None,
    )
    begins(len(batch.works), batch.report)
    with ExitStack() as stack, _stopping(stop):
        results: Iterator[Graded | None] = iter(())
        if batch.works:
            results = _graders(options, settings, stack)(batch.works, stop)
        recorder = None
        if options.record and batch.pending:
            notebooks = {name: book.course.source for name, book in course.items()}
            recorder = stack.enter_context(Recorder(db_url, course_id, root, assignment, notebooks, PATIENCE, stop))
        return batch.run(results, recorder, done, stop)


def _graders(options: Options, settings: Settings, stack: ExitStack) -> Graders:
    if options.cluster:
        from autograder.cluster import on_cluster  # here: few have the packages for it

        return on_cluster(options.cluster, settings)
    return side_by_side(stack.enter_context(Engine(settings)).grade, options.jobs or processors())


@contextmanager
def _stopping(stop: threading.Event) -> Iterator[None]:
    """Let Ctrl-C, and being asked to end, set ``stop``, so that no transaction is cut in two. The second one is Python's own."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in numbers}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def asked(*_: object) -> None:
        stop.set()
        restore()

    for number in numbers:
        signal.signal(number, asked)
    try:
        yield
    finally:
        restore()


def gradebook_of(root: Path) -> tuple[str, str]:
    """The gradebook's address and the course's id as nbgrader_config.py has them, the usual ones where it does not say.

    Raises CourseError where it says so in a way that cannot be read without running it.
    """
    given = _plain_settings(root / "nbgrader_config.py")
    url, course_id = given.get("db_url") or gradebook_url(root), given.get("course_id") or COURSE_ID
    path = file_of(url)
    return (f"sqlite:///{root / path}" if path else url), course_id


def _plain_settings(config: Path) -> dict[str, str]:
    """What the file gives in lines like ``c.CourseDirectory.db_url = "…"``. Raises CourseError for what is not so plain.

    It is read and not run: what it imports for nbgrader's own commands takes seconds.
    """
    try:
        tree = ast.parse(config.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, SyntaxError) as error:
        raise CourseError(f"{config} cannot be read: {error}") from error
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                name = ast.unparse(target).removeprefix("c.CourseDirectory.")
                if name in ("db_url", "course_id"):
                    if not isinstance(node.value, ast.Constant) or not isinstance(node.value.value, str):
                        raise CourseError(
                            f"{config}:{node.lineno}: write {name} as plain text, or name the gradebook by --db"
                        )
                    found[name] = node.value.value
    return found
