"""The course's notebook with a learner's work in it, for the people who read it: nothing of a submission but text and pictures."""

from __future__ import annotations

import copy
import html
import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from autograder import intake
from autograder.intake import Cell, Notebook
from autograder.visible import visible

#: Of what a cell had put out when it was saved: so many outputs, characters of text, and bytes of one picture.
MOST_OUTPUTS, MOST_TEXT, MOST_PICTURE = 20, 10_000, 2 << 20

_PICTURES = ("image/png", "image/jpeg")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
_NOTE = """> **Graded by autograder.** Test cells hold the verdicts. Outputs of other cells are as the learner had saved them; they were
> not made again, and a learner can write anything there."""


def rebuilt(
    submission: Notebook | None, release: Notebook, masters: Mapping[str, Mapping[str, Any]], refused: str = ""
) -> Notebook:
    """The release with the gradebook's text in its locked cells, the learner's in the others, and the learner's own cells.

    ``masters`` has the ``source``, ``locked``, ``checksum`` and ``points`` of each cell by grade_id. A submission that could not
    be read (None) leaves the release, with ``refused``, why, on top.
    """
    book, own = copy.deepcopy(release), defaultdict[str, list[Cell]](list)
    answers = _answers(submission, release, own) if submission else {}
    cells = [_cell("markdown", f"> **Not graded**: {html.escape(refused)}" if refused else _NOTE)]
    for cell in book["cells"]:
        name = intake.grade_id(cell)
        cells += own.pop(name, []) if name else []
        kept = {part: cell[part] for part in ("metadata", "attachments") if part in cell}
        cell = _cell(cell["cell_type"], cell["source"]) | kept
        if master := masters.get(name):
            about = cell["metadata"]["nbgrader"]
            about["checksum"] = master["checksum"]
            if master["points"] is not None:
                about["points"] = master["points"]
            if master["locked"]:
                cell["source"] = master["source"]
            elif name in answers:
                cell = _written(answers[name], cell["cell_type"]) | {"metadata": cell["metadata"]}
        cells.append(cell)
    book["cells"] = [*cells, *own.pop("", [])]
    for number, cell in enumerate(book["cells"]):
        cell["id"] = f"c{number}"
    return {**book, "nbformat": 4, "nbformat_minor": 5}


def _answers(submission: Notebook, release: Notebook, own: dict[str, list[Cell]]) -> dict[str, Cell]:
    """The learner's cell for each that was to be written; their own cells go to ``own``, by the course's cell they stand above."""
    named = intake.names_of(release)
    handed_out = {_bare(cell["source"]) for cell in release["cells"]} | {""}
    answers, waiting = dict[str, Cell](), list[Cell]()
    for cell in submission["cells"]:
        name = named(cell)
        if name:
            own[name] += waiting
            waiting = []
            # As intake does: of several, the first with work in it. One as it was handed out stays the release's own.
            if name not in answers and _bare(cell["source"]) not in handed_out:
                answers[name] = cell
        elif _bare(cell["source"]) not in handed_out:
            waiting.append(_written(cell, cell["cell_type"]))
    own[""] += waiting
    return answers


def _written(cell: Cell, kind: str) -> Cell:
    """What a learner wrote, of which nothing runs in the browser of who reads it: HTML is shown as text."""
    if kind == "code":
        return _cell("code", cell["source"], _outputs(cell))
    pictures = _pictures(cell.get("attachments"))
    return _cell("markdown", _TAG.sub("&lt;", cell["source"])) | ({"attachments": pictures} if pictures else {})


def _pictures(attachments: Any) -> dict[str, dict[str, str]]:
    held = attachments.items() if isinstance(attachments, dict) else ()
    return {
        name: {kind: _text(data[kind])}
        for name, data in held
        for kind in _PICTURES
        if isinstance(data, dict) and _is_picture(data.get(kind))
    }


def _cell(kind: str, source: str, outputs: list[dict[str, Any]] | None = None) -> Cell:
    cell: Cell = {"cell_type": kind, "metadata": {}, "source": source}
    return cell | ({"outputs": outputs or [], "execution_count": None} if kind == "code" else {})


def _outputs(cell: Cell) -> list[dict[str, Any]]:
    """What a cell had put out, as far as it is text or a picture."""
    held = cell.get("outputs")
    kept = []
    for output in held[:MOST_OUTPUTS] if isinstance(held, list) else []:
        data = output.get("data") if isinstance(output, dict) else None
        data = data if isinstance(data, dict) else {}
        picture = next((kind for kind in _PICTURES if _is_picture(data.get(kind))), "")
        text = _text(output.get("text") if isinstance(output, dict) else None) or _text(data.get("text/plain"))
        if picture:
            kept.append({"output_type": "display_data", "metadata": {}, "data": {picture: _text(data[picture])}})
        elif text:
            shown = visible(text, MOST_TEXT, 500) + "\n"
            kept.append({"output_type": "stream", "name": "stdout", "text": shown})
    return kept


def _is_picture(data: Any) -> bool:
    return len(_text(data)) <= MOST_PICTURE and bool(_BASE64.fullmatch(_text(data)))


def _text(given: Any) -> str:
    lines = given if isinstance(given, list) else [given]
    return "".join(line for line in lines if isinstance(line, str))


def _bare(source: str) -> str:
    return " ".join(source.split())
