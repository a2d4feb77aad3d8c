"""What a learner is shown of a :class:`Result`: plain data (:func:`feedback`), and one HTML file of it (:func:`page`).

The policy, what of a hidden test may be shown and from when on, is applied once, in :func:`feedback`; whatever shows it
(page, terminal, dashboard) shows all that it is given. Its format, all text fit to be shown (:mod:`autograder.visible`) but
not yet escaped for HTML::

    {"format": 1, "notebook": str, "points": float, "most": float, "attempted": bool,
     "hidden": "full" | "idea" | "title" | "count",      # what is shown of hidden tests now
     "more_from": str,                                    # when more is shown, as ISO 8601 with zone; "" if nothing more comes
     "exercises": [{"id": str, "title": str, "bonus": bool, "state": str, "points": float, "most": float, "reason": str,
                    "passed": int, "hidden_failed": int, "of": int,                       # numbers of tests
                    "tests": [{"title": str, "points": float, "most": float, "passed": bool, "hidden": bool, "called": str,
                               "got": str, "expected": str, "idea": str, "error": str}],
                    "hint": {"number": int, "of": int, "text": str} | None, "reading": str, "trust": str}],
     "remarks": [str], "refused": str,                    # on the file; why it could not be graded at all
     "by_hand": [{"cell": str, "points": float, "most": float, "comment": str}], "penalty": float,
     "sandbox": str}

"most" is without bonus exercises. With "count", "tests" holds only visible tests that failed: which of the others failed
would else be told by which are missing.
"""

from __future__ import annotations

import ast
import base64
import datetime as dt
import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from autograder import intake
from autograder.outline import outline
from autograder.results import ExerciseResult, Result, TestResult
from autograder.visible import line, prose, visible

#: What may be shown of a hidden test that failed: all that its message says; its idea and title; its title; only how many.
Hidden = Literal["full", "idea", "title", "count"]

FORMAT = 1
#: Characters shown of one text that a test or a fault left; remarks shown on one file.
LONGEST, MOST_REMARKS = 800, 20

_HIDDEN_PART = re.compile(
    r"^[^\n]*BEGIN HIDDEN TESTS[^\n]*\n(.*?)(?:^[^\n]*END HIDDEN TESTS|\Z)", re.DOTALL | re.MULTILINE
)
_QUOTES_HIDDEN = "(not shown: it quotes a hidden test)"
#: A shorter line (`else:`, `x = 1`) is in many texts without coming from the test.
_SHORTEST_QUOTE = 10
_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class FeedbackPolicy:
    """What is shown of hidden tests that failed. Before ``after``, if it is given, nothing but their number."""

    hidden: Hidden = "full"
    after: dt.datetime | None = None

    @classmethod
    def of(cls, given: str | Mapping[str, Any] | FeedbackPolicy) -> FeedbackPolicy:
        """From ``"idea"`` or ``{"hidden": "idea", "after": "2026-12-01T12:00Z"}``. Raises ValueError for anything else."""
        if isinstance(given, FeedbackPolicy):
            return given
        table = {"hidden": given} if isinstance(given, str) else dict(given)
        hidden: Any
        hidden, after = table.pop("hidden", "full"), table.pop("after", None)
        if table or hidden not in get_args(Hidden):
            raise ValueError(
                f"the feedback policy {given!r} is none: it is one of {', '.join(map(repr, get_args(Hidden)))}, or a table "
                'such as {"hidden": "idea", "after": "2026-12-01T12:00Z"}'
            )
        try:
            moment = dt.datetime.fromisoformat(after) if isinstance(after, str) else after
        except ValueError as error:
            raise ValueError(f"the date {after!r} of the feedback policy is not ISO 8601: {error}") from error
        if moment is not None and (not isinstance(moment, dt.datetime) or moment.tzinfo is None):
            raise ValueError(f"the date {after} of the feedback policy needs a time and a zone: 2026-12-01T12:00Z")
        return cls(hidden, moment)

    def now(self, now: dt.datetime) -> Hidden:
        """What is shown at this moment."""
        return "count" if self.waits(now) else self.hidden

    def waits(self, now: dt.datetime) -> bool:
        return self.after is not None and now < self.after and self.hidden != "count"


def policy_of(course: Path) -> FeedbackPolicy:
    """What ``feedback`` in ``[tool.autograder]`` of a course's pyproject.toml says; all is shown where it says nothing.

    Raises ValueError where it cannot be used.
    """
    path = course / "pyproject.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return FeedbackPolicy.of(table.get("tool", {}).get("autograder", {}).get("feedback", {}))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from error


@dataclass(frozen=True)
class ByHand:
    """A cell that a person judged, with what they wrote; ``points`` and ``most`` are 0 where it carries none."""

    cell: str
    points: float = 0.0
    most: float = 0.0
    comment: str = ""


def feedback(
    result: Result,
    policy: FeedbackPolicy = FeedbackPolicy(),
    source: intake.Notebook | None = None,
    hints: Mapping[str, int] | None = None,
    by_hand: Sequence[ByHand] = (),
    penalty: float = 0.0,
    refused: str = "",
    when: dt.datetime | None = None,
) -> dict[str, Any]:
    """What may be shown of a result, as the module's text describes it.

    ``source`` is the course's notebook: no text that quotes a line of its hidden tests is shown. ``hints`` is the number of
    the hint to show by exercise (0 for none), the first if it is not given. ``when`` is the moment for the policy: now.
    """
    moment = when or dt.datetime.now(dt.UTC)
    show = _Shown(policy.now(moment), _hidden_quotes(source), _mixed(source))
    return {
        "format": FORMAT,
        "notebook": line(result.notebook),
        "points": max(0.0, result.points - penalty + sum(one.points for one in by_hand)),
        "most": result.most + sum(one.most for one in by_hand),
        "attempted": result.attempted,
        "hidden": show.hidden,
        "more_from": policy.after.isoformat() if policy.after and policy.waits(moment) else "",
        "exercises": [
            show.exercise(exercise, 1 if hints is None else hints.get(exercise.name, 0))
            for exercise in result.exercises
        ],
        "remarks": _some(result.remarks),
        "refused": visible(refused),
        "by_hand": [
            {
                "cell": line(one.cell),
                "points": one.points,
                "most": one.most,
                "comment": visible(one.comment, 10_000, 200),
            }
            for one in by_hand
        ],
        "penalty": penalty,
        "sandbox": line(getattr(result, "sandbox", "")),
    }


def page(data: Mapping[str, Any]) -> str:
    """What :func:`feedback` gave, as an HTML file that needs no other file, runs nothing and asks for nothing."""
    import jinja2  # here: the terminal's check does not need it
    from markupsafe import Markup

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["prose"] = lambda text: Markup(prose(text))
    environment.filters["number"] = lambda value: f"{round(value, 2):g}"
    style = (_TEMPLATES / "feedback.css").read_text(encoding="utf-8")
    allowed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment.get_template("feedback.html").render(data, style=Markup(style), allowed=allowed)


class _Shown:
    """One policy at one moment: what it lets through of exercises and tests."""

    def __init__(self, hidden: Hidden, quotes: frozenset[str], mixed: frozenset[str]) -> None:
        self.hidden, self._quotes, self._mixed = hidden, quotes, mixed

    def exercise(self, exercise: ExerciseResult, hint: int) -> dict[str, Any]:
        unsolved = exercise.state != "correct"
        failed_hidden = [test for test in exercise.tests if self._of_hidden(test)]
        tests = exercise.tests
        if self.hidden == "count":
            tests = [test for test in tests if not test.passed and not self._of_hidden(test)]
        tried = unsolved and exercise.state != "not attempted"
        number = min(hint, len(exercise.hints)) if tried else 0
        return {
            "id": line(exercise.name),
            "title": line(exercise.title),
            "bonus": exercise.bonus,
            "state": line(exercise.state),
            "points": exercise.points,
            "most": exercise.most,
            "reason": self._text(exercise.reason),
            "passed": sum(test.passed for test in exercise.tests),
            "hidden_failed": len(failed_hidden),
            "of": len(exercise.tests),
            "tests": [self._test(test) for test in tests],
            "hint": (
                {"number": number, "of": len(exercise.hints), "text": visible(exercise.hints[number - 1], 5000, 100)}
                if number
                else None
            ),
            "reading": visible(exercise.reading) if unsolved else "",
            "trust": line(getattr(exercise, "trust", "")),
        }

    def _test(self, test: TestResult) -> dict[str, Any]:
        concealed = self._of_hidden(test) and self.hidden != "full"
        said = {
            name: "" if concealed else self._text(getattr(test, name))
            for name in ("called", "got", "expected", "error")
        }
        idea = "" if concealed and self.hidden != "idea" else self._text(test.idea)
        about = {"title": line(test.title), "points": test.points, "most": test.most, "passed": test.passed}
        return {**about, "hidden": self._of_hidden(test), **said, "idea": idea}

    def _of_hidden(self, test: TestResult) -> bool:
        """Whether what the test says is of a hidden part, as far as can be known."""
        return not test.passed and (test.hidden or test.name in self._mixed)

    def _text(self, text: str) -> str:
        bare = _bare(text) if self._quotes else ""
        return _QUOTES_HIDDEN if any(quote in bare for quote in self._quotes) else visible(text, LONGEST)


def _hidden_quotes(source: intake.Notebook | None) -> frozenset[str]:
    """Every line of the hidden tests, and what each of their `assert` asks for, without spaces."""
    hidden, shown = set[str](), set[str]()
    for cell in source["cells"] if source else ():
        if intake.is_test(cell):
            shown |= {_bare(each) for each in _HIDDEN_PART.sub("", cell["source"]).splitlines()}
            for part in _HIDDEN_PART.findall(cell["source"]):
                hidden |= {_bare(each) for each in [*part.splitlines(), *_asserted(part)]}
    return frozenset(quote for quote in hidden - shown if len(quote) >= _SHORTEST_QUOTE)


def _mixed(source: intake.Notebook | None) -> frozenset[str]:
    """The test cells whose hidden part is run in one with the visible part."""
    tests = [test for exercise in outline(source).exercises for test in exercise.tests] if source else []
    return frozenset(test.name for test in tests if _HIDDEN_PART.search(test.visible))


def _asserted(code: str) -> Iterable[str]:
    try:
        tree = ast.parse(code)
    except (
        SyntaxError,
        ValueError,
        RecursionError,
    ):  # a magic command, or not Python: its lines are looked for all the same
        return ()
    return [ast.unparse(node.test) for node in ast.walk(tree) if isinstance(node, ast.Assert)]


def _bare(text: str) -> str:
    return "".join(text.split()).replace('"', "'")


def _some(remarks: Sequence[str]) -> list[str]:
    kept = [visible(remark) for remark in remarks[:MOST_REMARKS]]
    return kept if len(remarks) <= MOST_REMARKS else [*kept, f"and {len(remarks) - MOST_REMARKS} more of this kind"]
