"""Between the files of a course and the paths by which JupyterLab knows them, which are relative to the server's folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from curriculum.catalogue import Catalogue, ReleasedLesson
from curriculum.learning.workspace import Workspace
from curriculum.outlook import review


class NotALesson(LookupError):
    """A path is no learner's copy of a lesson of this course. The text says what it should be."""


@dataclass(frozen=True)
class Place:
    """A learner's notebook: their copy of a lesson, or a fresh attempt at one ``exercise`` of it."""

    lesson: ReleasedLesson
    copy: Path
    exercise: str = ""


def shown_path(file: Path, server_root: Path) -> str | None:
    """A file as the server shows it, None where it lies outside of the server's folder."""
    whole, folder = file.resolve(), server_root.resolve()
    return whole.relative_to(folder).as_posix() if whole.is_relative_to(folder) else None


def started_paths(root: Path, catalogue: Catalogue, server_root: Path) -> dict[str, str | None]:
    """The copies of the started days, as the server shows them."""
    started = Workspace(root, catalogue=catalogue).started()
    return {day: shown_path(copy, server_root) for day, copy in started.items()}


def attempts(root: Path, catalogue: Catalogue) -> list[Place]:
    """The fresh attempts in ``work/review/``, by name; links are left out."""
    found = sorted(_review_notebooks(Workspace(root, catalogue=catalogue)))
    places = (_attempt(catalogue, notebook) for notebook in found if notebook.is_file() and not notebook.is_symlink())
    return [place for place in places if place]


def place_at(root: Path, catalogue: Catalogue, server_root: Path, path: object) -> Place:
    """The lesson, or the fresh attempt at one exercise, whose notebook in ``work/`` lies just at this path.

    The path is compared with those of the notebooks there, letter by letter, and never followed: neither ``..`` nor an
    absolute path, a link or an encoded character leads anywhere. Raises NotALesson.
    """
    workspace = Workspace(root, catalogue=catalogue)

    def lies_at(notebook: Path) -> bool:
        its_own = root.resolve() / notebook.relative_to(root)
        return path == shown_path(notebook, server_root) and notebook.resolve() == its_own

    for day, copy in workspace.started().items():
        if lies_at(copy):
            return Place(catalogue.lessons[day], copy)
    for notebook in _review_notebooks(workspace):
        if lies_at(notebook) and (attempt := _attempt(catalogue, notebook)):
            return attempt
    shown = repr(path[:200]) if isinstance(path, str) else "this"
    raise NotALesson(f"{shown} is no started lesson of this course. They lie in work/, where `mind start` puts them.")


def _review_notebooks(workspace: Workspace) -> Iterator[Path]:
    return (workspace.folder / "review").glob("*.ipynb")


def _attempt(catalogue: Catalogue, notebook: Path) -> Place | None:
    """What a notebook is a fresh attempt at, as it says itself; None where the course has no such exercise."""
    day, exercise = review.of(notebook) or ("", "")
    lesson = catalogue.lessons.get(day)
    known = lesson is not None and any(each.name == exercise for each in lesson.exercises)
    return Place(lesson, notebook, exercise) if lesson and known else None
