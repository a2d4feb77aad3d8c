"""The stub of a solution in another language than its notebook's: C in a Python string, say. For nbgrader_config.py.

Stock ClearSolutions puts the stub of the notebook's language between all marks. Where these are comments of C
(``// ### BEGIN SOLUTION``) Python's stub would not even be a sentence: there ``ClearSolutions.code_stub["c"]`` stands.
"""

from __future__ import annotations

import re
from typing import Any

from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor

_IN_C = re.compile(r"^[ \t]*// ### BEGIN SOLUTION", re.MULTILINE)


class ClearNativeSolutions(ClearSolutions):  # type: ignore[misc]
    """nbgrader's ClearSolutions, with the stub of the language that a solution is written in."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        native = cell.cell_type == "code" and _IN_C.search(cell.source)
        language = "c" if native and "c" in self.code_stub else resources["language"]
        cell, _ = super().preprocess_cell(cell, {**resources, "language": language}, cell_index)
        return cell, resources


def preprocessors() -> list[type[NbGraderPreprocessor]]:
    """What `nbgrader generate_assignment` does by itself, with ClearNativeSolutions in place of ClearSolutions."""
    stock = GenerateAssignment.class_traits()["preprocessors"].default()
    return [ClearNativeSolutions if each is ClearSolutions else each for each in stock]
