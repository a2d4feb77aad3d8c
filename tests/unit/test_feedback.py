"""What a learner is shown: nothing of a hidden test that the policy keeps back, nothing of a stranger's text that acts."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from autograder.feedback import ByHand, FeedbackPolicy, feedback, page, policy_of
from autograder.results import ExerciseResult, Result, TestResult
from autograder.visible import line, prose, visible
from tests import small

HOSTILE = "<script>alert(1)</script>\x1b[31m \u202egnp.exe</pre><img src=x onerror=alert(1)> javascript:x ' \""
NOON = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)

VISIBLE = TestResult("t1", "An easy case", 0, 1, False, False, "double(2)", "5", "4", "twice a number")
HIDDEN = TestResult(
    "t2", "Negative numbers", 0, 2, False, True, "double(-3)", "HIDDEN-GOT", "-6", "signs", "HIDDEN-ERROR"
)
PASSED = TestResult("t3", "Zero", 1, 1, True)


def result(*tests: TestResult, state: Any = "wrong", **about: Any) -> Result:
    hints = ["the first hint", "the second hint"]
    return Result("d01", [ExerciseResult("e1", "Double", False, state, list(tests), hints, "a book", **about)])


def shown(policy: Any, *tests: TestResult) -> dict[str, Any]:
    exercise: dict[str, Any] = feedback(result(*tests), FeedbackPolicy.of(policy))["exercises"][0]
    return exercise


class Page(HTMLParser):
    """A page's elements, their attributes, and its text without style."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text, self.style, self._within = "", "", ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self._within = tag

    def handle_endtag(self, tag: str) -> None:
        self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within == "style":
            self.style += data
        else:
            self.text += data + " "

    @property
    def words(self) -> str:
        return " ".join(self.text.split())


# The policy


@pytest.mark.parametrize(
    ("given", "hidden", "after"),
    [
        ("idea", "idea", None),
        ({}, "full", None),
        ({"hidden": "count"}, "count", None),
        ({"hidden": "title", "after": "2026-12-01T12:00Z"}, "title", NOON),
        ({"after": NOON}, "full", NOON),
    ],
)
def test_a_policy_is_one_word_or_one_table(given: Any, hidden: str, after: dt.datetime | None) -> None:
    assert FeedbackPolicy.of(given) == FeedbackPolicy(hidden, after)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("all", "is none"),
        ({"hiden": "idea"}, "is none"),
        ({"after": "tomorrow"}, "not ISO 8601"),
        ({"after": "2026-12-01T12:00"}, "needs a time and a zone"),
        ({"after": dt.date(2026, 12, 1)}, "needs a time and a zone"),
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused(given: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        FeedbackPolicy.of(given)


def test_a_course_sets_its_policy_in_one_place(tmp_path: Path) -> None:
    assert policy_of(tmp_path) == FeedbackPolicy("full")
    setting = tmp_path / "pyproject.toml"
    setting.write_text('[tool.autograder]\nfeedback = { hidden = "idea", after = 2026-12-01T12:00:00Z }\n')
    assert policy_of(tmp_path) == FeedbackPolicy("idea", NOON)
    setting.write_text('[tool.autograder]\nfeedback = "everything"\n')
    with pytest.raises(ValueError, match=r"pyproject\.toml: the feedback policy 'everything' is none"):
        policy_of(tmp_path)


@pytest.mark.parametrize(
    ("policy", "said", "idea"),
    [
        ("full", ["double(-3)", "HIDDEN-GOT", "-6", "HIDDEN-ERROR"], "signs"),
        ("idea", [""] * 4, "signs"),
        ("title", [""] * 4, ""),
    ],
)
def test_of_a_hidden_test_only_what_the_policy_names_is_shown(policy: str, said: list[str], idea: str) -> None:
    first, second, third = shown(policy, VISIBLE, HIDDEN, PASSED)["tests"]
    assert [second[part] for part in ("called", "got", "expected", "error")] == said
    assert (second["idea"], second["title"], second["hidden"]) == (idea, "Negative numbers", True)
    assert (first["called"], first["got"], first["expected"], first["idea"]) == (
        "double(2)",
        "5",
        "4",
        "twice a number",
    )
    assert third["passed"]


def test_with_count_nothing_tells_which_hidden_test_failed() -> None:
    exercise = shown("count", VISIBLE, HIDDEN, PASSED)
    assert [test["title"] for test in exercise["tests"]] == ["An easy case"]
    assert (exercise["passed"], exercise["hidden_failed"], exercise["of"]) == (1, 1, 3)
    html = page(feedback(result(VISIBLE, HIDDEN, PASSED), FeedbackPolicy("count")))
    assert "1 of 3 tests passed; 1 test failed on hidden cases." in Page(html).words
    assert "Negative" not in html
    assert "Zero" not in html


def test_before_its_date_a_policy_only_counts() -> None:
    policy = FeedbackPolicy("full", NOON)
    before = feedback(result(HIDDEN), policy, when=NOON - dt.timedelta(minutes=1))
    assert (before["hidden"], before["more_from"]) == ("count", "2026-12-01T12:00:00+00:00")
    assert "HIDDEN" not in json.dumps(before)
    assert "more of it is shown from 2026-12-01T12:00:00+00:00 on" in Page(page(before)).words
    after = feedback(result(HIDDEN), policy, when=NOON)
    assert (after["hidden"], after["more_from"]) == ("full", "")
    assert after["exercises"][0]["tests"][0]["got"] == "HIDDEN-GOT"


NUMPY = "AssertionError: \nArrays are not equal\n x: array([SECRET])\n y: array([1])"


@pytest.mark.parametrize("policy", ["idea", "title", "count"])
def test_no_text_of_an_exception_in_a_hidden_test_is_shown_below_full(policy: str) -> None:
    test = TestResult("t", "t", 0, 1, False, True, error=NUMPY)
    data = feedback(result(test), FeedbackPolicy.of(policy))
    assert "SECRET" not in json.dumps(data) + page(data)


# The source of hidden tests


@pytest.mark.parametrize(
    "text",
    [
        "got x\n    assert double(-3) == -6\n",
        "assert   double( -3 )==-6",
        "E  double(-3) == -6",
        "In[7]: # 1: a test … assert double(-3) == -6",
    ],
)
@pytest.mark.parametrize("part", ["got", "error", "called", "expected", "idea"])
def test_text_that_quotes_a_hidden_test_is_never_shown(text: str, part: str) -> None:
    test = TestResult("d01_e1_number", "t", 0, 1, False, **{part: text})  # type: ignore[arg-type]
    data = feedback(result(test), source=small.source())
    assert data["exercises"][0]["tests"][0][part] == "(not shown: it quotes a hidden test)"
    assert "-6" not in page(data)


def test_a_reason_that_quotes_a_hidden_test_is_not_shown_either() -> None:
    data = feedback(result(VISIBLE, reason="NameError: assert double(-3) == -6"), source=small.source())
    assert data["exercises"][0]["reason"] == "(not shown: it quotes a hidden test)"


def test_what_the_visible_part_says_is_shown() -> None:
    test = TestResult("d01_e1_number", "t", 0, 1, False, error="assert got == 4", called="double(-3)")
    (kept,) = feedback(result(test), source=small.source())["exercises"][0]["tests"]
    assert (kept["error"], kept["called"]) == ("assert got == 4", "double(-3)")


def test_a_line_that_stands_in_the_visible_part_too_is_no_secret() -> None:
    book = small.source()
    cell = small.cell(book, "d01_e1_number")
    cell["source"] = cell["source"].replace("assert double(-3)", "got = double(2)\nassert double(-3)")
    test = TestResult("d01_e1_number", "t", 0, 1, False, error="in: got = double(2)")
    assert feedback(result(test), source=book)["exercises"][0]["tests"][0]["error"] == "in: got = double(2)"


def test_a_test_cell_whose_hidden_part_cannot_be_told_from_the_rest_counts_as_hidden() -> None:
    book = small.source()
    cell = small.cell(book, "d01_e2_half")
    cell["source"] = "# BEGIN HIDDEN TESTS\nassert half(8) == 4\n# END HIDDEN TESTS\nassert half(4) == 2"
    test = TestResult("d01_e2_half", "t", 0, 2, False, error="AssertionError: SECRET")
    (kept,) = feedback(result(test), FeedbackPolicy("idea"), book)["exercises"][0]["tests"]
    assert (kept["hidden"], kept["error"]) == (True, "")


# The page


def everything(text: str) -> str:
    """A page with this text wherever a learner, a test or an instructor may have put it."""
    tests = [TestResult(text, text, 0, 1, False, False, text, text, text, text, text), PASSED]
    states = ("correct", "almost", "wrong", "crashed", "timed out", "not attempted")
    exercises = [ExerciseResult(text, text, True, state, list(tests), [text], text) for state in states]  # type: ignore[arg-type]
    exercises.append(ExerciseResult("r", text, False, "wrong", tests, [text], text, reason=text))
    whole = Result(text, exercises, [text], sandbox=text)
    return page(feedback(whole, by_hand=[ByHand(text, 1, 2, text)], penalty=0.5))


def test_nothing_in_a_page_acts() -> None:
    clean, hostile = Page(everything("plain")), Page(everything(HOSTILE))
    assert hostile.elements == clean.elements
    assert [(tag, name) for tag, name, _ in hostile.attributes] == [(tag, name) for tag, name, _ in clean.attributes]
    assert not {"script", "img", "link", "iframe", "a:href"} & set(hostile.elements)
    assert not [
        name for _, name, _ in hostile.attributes if name.startswith("on") or name in ("style", "src", "action")
    ]
    assert {value[0] for tag, name, value in hostile.attributes if name == "href"} == {"#"}


def test_a_page_allows_its_own_style_and_nothing_else() -> None:
    html = page(feedback(result(VISIBLE)))
    made = Page(html)
    (policy,) = [
        value for tag, name, value in made.attributes if tag == "meta" and name == "content" and "src" in value
    ]
    digest = base64.b64encode(hashlib.sha256(made.style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert not re.search(r"https?:|url\(|@import", html)
    for condition in ("prefers-color-scheme: dark", "@media print", "max-width: 34rem"):
        assert condition in made.style


def test_what_cannot_be_seen_is_written_out() -> None:
    html = everything(HOSTILE)
    assert not {"\x1b", "\u202e"} & set(html)
    assert "\\x1b[31m \\u202egnp.exe" in Page(html).text


@pytest.mark.parametrize(
    ("state", "sign"),
    [("correct", "✓"), ("almost", "~"), ("wrong", "✗"), ("crashed", "!"), ("timed out", "!"), ("not attempted", "–")],
)
def test_a_state_is_said_in_words_and_by_a_sign(state: Any, sign: str) -> None:
    assert f"{sign} {state} 1 of 4" in Page(page(feedback(result(VISIBLE, HIDDEN, PASSED, state=state)))).words


def test_a_page_holds_points_hint_reading_remarks_comment_and_how_it_was_judged() -> None:
    whole = result(VISIBLE, PASSED, trust="in-kernel")
    whole.exercises.append(
        ExerciseResult("e2", "Half", False, "almost", [TestResult("t", "t", 0.5, 2, False)], trust="apart")
    )
    whole.exercises.append(ExerciseResult("e3", "More", True, "correct", [TestResult("u", "u", 9, 9, True)]))
    whole.remarks.append("the cell d01_e9 is missing")
    whole.sandbox = "own process space"
    words = Page(page(feedback(whole, by_hand=[ByHand("d01_essay", 3, 5, "Nicely put.")], penalty=1.5))).words
    for text in (
        "9 of 9 points, and 3 bonus",  # 1 + 0.5 + 9 by tests, 3 by hand, 1.5 late; of 2 + 2 + 5
        "1.5 points are taken off",
        "t : partly right 0.5/2",
        "Called double(2) Came back 5 Expected 4 Look again at twice a number",
        "Hint 1 of 2 the first hint",
        "Read a book",
        "the cell d01_e9 is missing",
        "d01_essay 3 of 5 Nicely put.",
        "in one process with it for: Double",
        "confined by: own process space.",
    ):
        assert text in words


def test_the_hint_is_the_one_that_is_next_and_none_for_what_was_not_tried() -> None:
    data = feedback(result(VISIBLE), hints={"e1": 2})
    assert data["exercises"][0]["hint"] == {"number": 2, "of": 2, "text": "the second hint"}
    assert feedback(result(VISIBLE), hints={})["exercises"][0]["hint"] is None
    assert feedback(result(VISIBLE, state="not attempted"))["exercises"][0]["hint"] is None
    assert feedback(result(PASSED, state="correct"))["exercises"][0]["reading"] == ""


def test_what_could_not_be_graded_says_why() -> None:
    data = feedback(Result("d01", []), refused="d01.ipynb is not a whole notebook: <b>")
    words = Page(page(data)).words
    assert "! not graded d01.ipynb is not a whole notebook: <b>" in words
    assert "points" not in words


def test_the_plain_data_is_json_and_has_the_parts_that_are_described() -> None:
    data = json.loads(json.dumps(feedback(result(VISIBLE), by_hand=[ByHand("a")])))
    described = (Path(feedback.__code__.co_filename).read_text(encoding="utf-8")).partition('"""\n\nfrom')[0]
    for part in (
        data,
        data["exercises"][0],
        data["exercises"][0]["tests"][0],
        data["exercises"][0]["hint"],
        data["by_hand"][0],
    ):
        for name in part:
            assert f'"{name}":' in described
    assert set(re.findall(r'"(\w+)":', described)) == {
        *data, *data["exercises"][0], *data["exercises"][0]["tests"][0], *data["exercises"][0]["hint"], *data["by_hand"][0],
    }  # fmt: skip


# Text


def test_long_text_is_cut_and_says_so() -> None:
    assert visible("x" * 5000, 10) == "x" * 10 + "… (4990 more characters)"
    assert visible("a\n" * 100, 10_000, 3) == "a\na\na… (194 more characters)"
    assert len(page(feedback(result(TestResult("t", "t" * 10_000, 0, 1, False, got="é" * 10**6))))) < 30_000
    assert len(feedback(Result("n", [], ["r"] * 1000))["remarks"]) == 21


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a\r\nb\tc", "a\nb\tc"),
        ("\x00\x07\x7f\x9b", "\\x00\\x07\\x7f\\x9b"),
        ("\u200b\u2066\ufeff\ud800", "\\u200b\\u2066\\ufeff\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("z" + "\u0301" * 5, "z" + "\\u0301" * 5),
        ("é ü ñ 你好 שלום 😀", "é ü ñ 你好 שלום 😀"),
    ],
)
def test_text_is_as_it_was_but_for_what_is_unseen(text: str, safe: str) -> None:
    assert visible(text) == safe


def test_a_title_is_one_line() -> None:
    assert line("a\nb   c\u2028") == "a b c"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("`x < y` & more", "<code>x &lt; y</code> &amp; more"),
        (r"$A_{21} \le 2^{53}$", "<i>A<sub>21</sub> ≤ 2<sup>53</sup></i>"),
        (r"$x^\mathsf{T}Ah$", "<i>x<sup>T</sup>Ah</i>"),
        (r"$\frac{a}{b}$", r"<code>\frac{a}{b}</code>"),
        ("<b> `x` <i>", "&lt;b&gt; <code>x</code> &lt;i&gt;"),
        ("$<b>$ and `<b>", "<i>&lt;b&gt;</i> and `&lt;b&gt;"),
        ("$a^<$", "<code>a^&lt;</code>"),
    ],
)
def test_prose_sets_code_and_mathematics_apart(text: str, html: str) -> None:
    assert prose(text) == html
