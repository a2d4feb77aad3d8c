"""The documents name only what is there: files, commands, options, rules, counts."""

from __future__ import annotations

import ast
import re

import click
import pytest

from curriculum.cli import main
from curriculum.plan import load_plan
from tests.docs.pages import NAMES, ROOT, code, images, infos, links


@pytest.mark.parametrize("name", NAMES)
def test_links_and_images_lead_somewhere(name: str) -> None:
    page = ROOT / name
    broken = [target for target in links(name) if not (page.parent / target).exists()]
    assert not broken, f"{name} links to {broken}"
    assert all(alt.strip() for alt, _ in images(name)), f"{name} has a picture without alternative text"


@pytest.mark.parametrize("name", NAMES)
def test_blocks_say_what_they_are(name: str) -> None:
    unknown = set(infos(name)) - {"sh", "sh no-run", "text", "python"}
    assert not unknown, f"{name}: write ```sh for commands, which are run, and ```text for what is not code"


@pytest.mark.parametrize("name", NAMES)
def test_every_mind_command_and_option_exists(name: str) -> None:
    for piece in code(name):
        words = piece.replace("…", "").split()
        while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
            words.pop(0)
        if words[:1] == ["mind"]:
            problem = _problem(words[1:])
            assert not problem, f"{name}: `{piece}`: {problem}"


def _problem(words: list[str]) -> str:
    command: click.Command = main
    with click.Context(main) as context:
        while words and isinstance(command, click.Group) and not words[0].startswith("-"):
            try:  # as click finds it when it is called: `dev` is imported only then
                found = command.resolve_command(context, list(words))[1]
            except click.UsageError:
                found = None
            if found is None:
                return f"there is no command {words[0]}"
            command, words = found, words[1:]
        known = {
            option
            for parameter in command.get_params(context)
            for option in (*parameter.opts, *parameter.secondary_opts)
        }
        return ", ".join(f"no option {w}" for w in words if w.startswith("-") and w.partition("=")[0] not in known)


@pytest.mark.parametrize("name", NAMES)
def test_every_make_target_exists(name: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z0-9-]+):", makefile, re.MULTILINE))
    targets |= {path.stem for path in (ROOT / "requirements").glob("section-*.txt")}
    for piece in code(name):
        if made := re.match(r"(?:[A-Z]+=\S+ )*make ([a-z0-9-]+)(?:$|\s|\b(?!-…))", piece):
            assert made[1] in targets, f"{name}: `{piece}`: the Makefile has no such target"


@pytest.mark.parametrize("name", NAMES)
def test_every_file_of_the_course_that_is_named_exists(name: str) -> None:
    """`curriculum/…`, `autograder/…`, `tests/…`, `docs/…` and `requirements/…`, where no part is left open."""
    rooms = r"(?:curriculum|autograder|tests|docs|requirements)/[\w./-]*"
    for piece in code(name):
        if re.fullmatch(rooms, piece):
            assert (ROOT / piece).exists(), f"{name} names {piece}, which is not there"


def test_contributing_is_short() -> None:
    assert len((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()) <= 80


def test_the_counts_of_the_readme_are_those_of_the_plan() -> None:
    plan = load_plan()
    written = [day for day in plan.days if day.lesson]
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    said = re.findall(r"(\d+) of (\d+) days", text)
    assert said == [(str(len(written)), str(len(plan.days)))]
    expected = {
        "hours in": plan.hours,
        "days\\.? moves": len(plan.days),
        "other (\\d+) days": len(plan.days) - len(written),
        "phases": len(plan.phases),
        "sections and": len(plan.sections),
        "measured goals": len(plan.goals),
    }
    for words, count in expected.items():
        pattern = words if "(" in words else rf"(\d+) {words}"
        assert set(re.findall(pattern, text)) == {str(count)}, f"README: {words} should be {count}"
    for hours in re.findall(r"(\d+) hours", text):
        assert int(hours) == plan.hours
    for unit in {day.unit for day in written}:
        assert f"{unit} {plan.unit(unit).title}" in text, f"README does not tell of {unit}, which has lessons"


def test_the_contract_page_has_every_rule_and_no_other() -> None:
    page = (ROOT / "docs/contributors/contract.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE))
    assert told == _rules()


def _rules() -> set[str]:
    """The names of rules in curriculum/contract.py: third in a Breach, first in a yielded pair."""
    rules = set()
    for node in ast.walk(ast.parse((ROOT / "curriculum/contract.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Breach":
            rule = node.args[2]
        elif isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
            rule = node.value.elts[0]
        else:
            continue
        if isinstance(rule, ast.Constant):
            rules.add(str(rule.value))
    return rules
