"""A file of cells in ``py:percent``, read one by one; the marks within a cell. What they make together: :mod:`curriculum.lesson`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*\Z")
_STUB, _NATIVE_STUB = "raise NotImplementedError", '#error "YOUR CODE HERE"'
_REGIONS = {
    mark: re.compile(
        rf"^(?P<indent>[ \t]*)(?P<native>// )?### BEGIN {mark}[ \t]*\n(?P<inside>.*?)^[ \t]*(?:// )?### END {mark}[ \t]*$\n?",
        re.DOTALL | re.MULTILINE,
    )
    for mark in ("SOLUTION", "HIDDEN TESTS")
}
_OURS_ALONE = frozenset({"cell_marker", "lines_to_next_cell", "tags"})  # jupytext's own, or handed through as they are


class LessonError(Exception):
    """A lesson's text cannot be read. Its text is ``file:line: reason``."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}")
        self.path, self.line, self.reason = path, line, reason


@dataclass(frozen=True)
class Cell:
    """One cell as written. ``kind`` is one of those asked for, or "text" or "demo"; ``name`` is what the marker names."""

    kind: str
    name: str
    source: str
    line: int
    marks: Mapping[str, Any]
    markdown: bool


def inside(source: str, mark: str) -> str:
    """What stands between the ``### BEGIN`` and ``### END`` of a mark ("SOLUTION" or "HIDDEN TESTS"), all regions of it."""
    return "".join(match["inside"] for match in _REGIONS[mark].finditer(source))


def outside(source: str, mark: str) -> str:
    """What a learner sees of a cell: all but what :func:`inside` gives."""
    return _REGIONS[mark].sub("", source)


def stub(solution: str) -> str:
    """A solution cell as it is handed out: between its marks stands a refusal, in the language of the text around it."""
    return _REGIONS["SOLUTION"].sub(
        lambda found: f"{found['indent']}{_NATIVE_STUB if found['native'] else _STUB}\n", solution
    )


def read_cells(path: Path, kinds: Mapping[str, frozenset[str]]) -> Iterator[Cell]:
    """The cells of a file; ``kinds`` are those it may have, with what their markers may say. Raises LessonError, OSError."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise LessonError(path, 1, f"a lesson is UTF-8 text; {error}") from error
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.startswith("# %%")]
    before = text.split("# %%", 1)[0].strip()
    if before:
        raise LessonError(path, 1, "the file begins with a cell marker (# %%); there is text above the first one")
    written = jupytext.reads(text, fmt="py:percent").cells
    if len(written) != len(lines):
        raise LessonError(path, 1, f"{len(lines)} cell markers but {len(written)} cells: is a marker inside a string?")
    for cell, line in zip(written, lines, strict=True):
        marks = {key: value for key, value in cell.metadata.items() if key not in _OURS_ALONE}
        markdown = cell.cell_type == "markdown"
        named = [kind for kind in kinds if kind in marks]
        if len(named) > 1:
            raise LessonError(path, line, f"a cell is one thing; this is marked as {' and '.join(named)}")
        if not named:
            if marks:
                raise LessonError(path, line, f"nothing is known about a cell marked {', '.join(map(str, marks))}")
            yield Cell("text" if markdown else "demo", "", cell.source, line, cell.metadata, markdown)
            continue
        (kind,) = named
        name = str(marks.pop(kind))
        unknown = set(marks) - kinds[kind]
        if unknown:
            raise LessonError(path, line, f"a cell marked {kind} does not take {', '.join(sorted(unknown))}")
        if kind != "setup" and not _IDENTIFIER.match(name):
            raise LessonError(path, line, f"{kind}={name!r} is not a name of lower case letters, digits and _")
        source = cell.source
        if kind == "solution" and ("source" in marks or "as" in marks):
            source = _native(path, line, marks, source)
        elif not markdown and not marks.get("edit"):
            _check_code(path, line, kind, source)
        yield Cell(kind, name, source, line, marks, markdown)


def _check_code(path: Path, line: int, kind: str, source: str) -> None:
    """Refuse what graders cannot take apart: code that is not plain Python, a mark that is opened and not closed."""
    try:
        ast.parse(source)
    except SyntaxError as error:
        raise LessonError(
            path, line + (error.lineno or 0), f"a cell marked {kind} is plain Python: {error.msg}"
        ) from error
    _check_marks(path, line, source)


def _check_marks(path: Path, line: int, source: str) -> None:
    for mark, region in _REGIONS.items():
        whole = len(region.findall(source))
        if not whole == source.count(f"### BEGIN {mark}") == source.count(f"### END {mark}"):
            raise LessonError(
                path, line, f"each ### BEGIN {mark} stands on a line of its own and has its ### END {mark}"
            )


def _native(path: Path, line: int, marks: Mapping[str, Any], body: str) -> str:
    """The solution cell of a program in another language, whose text is a file beside the lesson: ``name = r\"\"\"…\"\"\"``.

    Its first line is the rest of the line of the quotes, which is empty: so lines of the text are lines of the cell.
    """
    file, name = str(marks.get("source", "")), str(marks.get("as", ""))
    if not name.isidentifier():
        raise LessonError(path, line, 'a solution from a file says by what name tests know its text: as="btree_c"')
    if body.strip() not in ("", f"{name} = ..."):
        raise LessonError(
            path, line, f"the cell of a solution from a file says {name} = ... or nothing; the rest stands in {file}"
        )
    if Path(file).name != file or not file.startswith(f"{path.stem}_"):
        raise LessonError(
            path, line, f"source={file!r}: the file stands beside the lesson and is called {path.stem}_….c"
        )
    beside = path.with_name(file)
    try:
        text = beside.read_text(encoding="utf-8").rstrip("\n")
    except OSError as error:
        raise LessonError(path, line, f"source={file!r}: there is no such file beside the lesson") from error
    except UnicodeDecodeError as error:
        raise LessonError(beside, 1, f"a solution is UTF-8 text; {error}") from error
    if '"""' in text:
        before = text[: text.index('"""')].count("\n")
        raise LessonError(
            beside, before + 1, 'three quotes (""") in a row would end the cell\'s text; write it otherwise'
        )
    _check_marks(beside, 1, text)
    return f'{name} = r"""\n{text}\n"""'
