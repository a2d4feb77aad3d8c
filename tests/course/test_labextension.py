"""The committed bundle of the JupyterLab extension: it belongs to its source, and names no machine.

That it is, byte for byte, what the source builds to is shown by `curriculum/labextension/build.sh --check` in `make test`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent.parent.parent / "curriculum" / "labextension"
BUNDLE = HERE / "bundle"
SOURCE = json.loads((HERE / "package.json").read_text(encoding="utf-8"))
BUILT = json.loads((BUNDLE / "package.json").read_text(encoding="utf-8"))
MODULES = sorted((HERE / "src").glob("*.ts"))


def test_the_bundle_is_of_this_source() -> None:
    built = {key: value for key, value in BUILT.items() if key != "jupyterlab"}
    assert built == {key: value for key, value in SOURCE.items() if key != "jupyterlab"}
    for schema in (HERE / "schema").glob("*.json"):
        assert (BUNDLE / "schemas" / SOURCE["name"] / schema.name).read_bytes() == schema.read_bytes()


def test_what_jupyterlab_loads_is_there() -> None:
    entry = BUILT["jupyterlab"]["_build"]["load"]
    assert (BUNDLE / entry).is_file()
    asked_for = set(re.findall(r'(\d+):"([0-9a-f]{16})"', (BUNDLE / entry).read_text(encoding="utf-8")))
    there = {tuple(path.stem.split(".")) for path in (BUNDLE / "static").glob("[0-9]*.js")}
    assert there
    assert there <= asked_for


def test_every_command_of_the_source_is_in_the_bundle() -> None:
    names = re.findall(
        r"^  add\('([a-z-]+)', '([^']+)'", (HERE / "src" / "commands.ts").read_text("utf-8"), re.MULTILINE
    )
    assert len(names) == 9
    text = "".join(path.read_text(encoding="utf-8") for path in (BUNDLE / "static").glob("*.js"))
    for name, label in names:
        assert name in text
        assert label in text


@pytest.mark.parametrize(
    "path", [HERE / "yarn.lock", HERE / ".yarnrc.yml", HERE / "package.json"], ids=lambda path: path.name
)
def test_nothing_says_where_packages_come_from(path: Path) -> None:
    assert "://" not in path.read_text(encoding="utf-8")


def test_the_bundle_is_small() -> None:
    assert sum(path.stat().st_size for path in BUNDLE.rglob("*") if path.is_file()) < 150_000


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_can_be_read_in_one_sitting_and_writes_no_markup(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", text)
