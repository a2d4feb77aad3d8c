"""requirements/install.sh says what is missing and how to get it, and does nothing where nothing has changed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
REAL_TOOLS = ("sh", "cat", "cksum", "dirname", "df", "awk", "head", "pwd", "rm", "mkdir", "chmod", "cp", "env")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What the script reads of the course, in a folder whose name has a space in it."""
    folder = tmp_path / "my course"
    shutil.copytree(ROOT / "requirements", folder / "requirements")
    shutil.copy(ROOT / "pyproject.toml", folder)
    bundle = "curriculum/labextension/bundle"
    (folder / bundle).mkdir(parents=True)
    shutil.copy(ROOT / bundle / "package.json", folder / bundle)
    return folder


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """All of PATH: the system's small tools, and no Python until a test adds one."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in REAL_TOOLS:
        if found := shutil.which(tool):
            (folder / tool).symlink_to(found)
    return folder


def python(programs: Path, name: str, version: tuple[int, int], *, venv: bool = True) -> None:
    """A Python that only knows its version and whether it has the venv module, and makes environments like itself."""
    old = version < (3, 11)
    usual = (3, 11) <= version < (3, 15)
    script = f"""#!/bin/sh
case "$*" in
    *"not (3, 11)"*) exit {0 if usual else 1} ;;
    *"sys.version_info <"*) exit {1 if old else 0} ;;
    *"import ensurepip"*) exit {0 if venv else 1} ;;
    *"%d.%d"*) echo {version[0]}.{version[1]} ;;
    --version) echo Python {version[0]}.{version[1]}.0 ;;
    *"-m venv"*) mkdir -p .venv/bin; cp "$0" .venv/bin/python; printf '#!/bin/sh\\necho "uv $*" >> calls\\nexit ${{UV_FAILS:-0}}\\n' > .venv/bin/uv
        chmod +x .venv/bin/uv; echo made >> calls ;;
    *"-m pip"*) echo pip >> calls; exit ${{PIP_FAILS:-0}} ;;
    *) echo "unexpected: $*" >&2; exit 9 ;;
esac
"""
    (programs / name).write_text(script)
    (programs / name).chmod(0o755)


def install(checkout: Path, programs: Path, group: str = "learn", **more: str) -> tuple[int, str]:
    ran = subprocess.run(
        ["sh", "requirements/install.sh", group],
        cwd=checkout, env={"PATH": str(programs), **more}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return ran.returncode, ran.stdout + ran.stderr


def calls(checkout: Path) -> list[str]:
    path = checkout / "calls"
    return path.read_text().splitlines() if path.exists() else []


def test_the_second_run_does_nothing(checkout: Path, programs: Path) -> None:
    python(programs, "python3", (3, 11))
    assert install(checkout, programs)[0] == 0
    first = calls(checkout)
    assert first[:2] == ["made", "pip"]
    assert any("--require-hashes --compile-bytecode -r requirements/learn.txt" in call for call in first)
    assert any("--no-deps --no-build-isolation --editable ." in call for call in first)
    assert install(checkout, programs) == (0, "")
    assert calls(checkout) == first


def test_new_pins_are_installed_into_the_same_environment(checkout: Path, programs: Path) -> None:
    python(programs, "python3", (3, 11))
    install(checkout, programs)
    before = calls(checkout)
    with (checkout / "requirements" / "learn.txt").open("a") as pins:
        pins.write("# new\n")
    assert install(checkout, programs)[0] == 0
    assert "made" not in calls(checkout)[len(before) :]
    assert "pip" in calls(checkout)[len(before) :]


def test_a_new_bundle_for_jupyterlab_is_installed(checkout: Path, programs: Path) -> None:
    python(programs, "python3", (3, 11))
    install(checkout, programs)
    before = calls(checkout)
    with (checkout / "curriculum/labextension/bundle/package.json").open("a") as about:
        about.write("\n")
    assert install(checkout, programs)[0] == 0
    assert any("--editable ." in call for call in calls(checkout)[len(before) :])


def test_test_and_learn_share_an_environment(checkout: Path, programs: Path) -> None:
    python(programs, "python3", (3, 11))
    install(checkout, programs, "learn")
    install(checkout, programs, "test")
    assert calls(checkout).count("made") == 1
    count = len(calls(checkout))
    assert install(checkout, programs, "learn") == (0, "")
    assert len(calls(checkout)) == count


def test_an_old_python_is_named_with_what_to_get(checkout: Path, programs: Path) -> None:
    python(programs, "python3", (3, 9))
    status, said = install(checkout, programs)
    assert status == 1
    assert "Python 3.11 or newer" in said
    assert "3.9.0" in said
    assert "PYTHON=" in said
    assert not (checkout / ".venv").exists()


def test_no_python_at_all(checkout: Path, programs: Path) -> None:
    status, said = install(checkout, programs)
    assert (status, "not there" in said) == (1, True)


def test_a_newer_python_beside_an_old_one_is_found(checkout: Path, programs: Path) -> None:
    python(programs, "python3", (3, 9))
    python(programs, "python3.12", (3, 12))
    status, said = install(checkout, programs)
    assert (status, "Python 3.12.0" in said) == (0, True)


def test_a_python_newer_than_the_packages_is_told_of(checkout: Path, programs: Path) -> None:
    python(programs, "python3", (3, 15))
    status, said = install(checkout, programs)
    assert (status, "so new" in said) == (0, True)


def test_python_can_be_named(checkout: Path, programs: Path) -> None:
    python(programs, "python3", (3, 11))
    python(programs, "other", (3, 13))
    assert "Python 3.13.0" in install(checkout, programs, PYTHON="other")[1]
    status, said = install(checkout, programs, PYTHON="python3")
    assert status == 0
    assert "another version" in said
    assert calls(checkout).count("made") == 2


def test_a_python_that_is_named_must_be_new_enough(checkout: Path, programs: Path) -> None:
    python(programs, "python3", (3, 11))
    python(programs, "old", (3, 8))
    status, said = install(checkout, programs, PYTHON="old")
    assert (status, "PYTHON=old is no Python 3.11" in said) == (1, True)


def test_debian_without_venv(checkout: Path, programs: Path) -> None:
    python(programs, "python3", (3, 11), venv=False)
    status, said = install(checkout, programs)
    assert (status, "apt install python3-venv" in said) == (1, True)


@pytest.mark.parametrize("failing", [{"PIP_FAILS": "1"}, {"UV_FAILS": "1"}])
def test_without_network_it_says_so_and_tries_again_next_time(
    checkout: Path, programs: Path, failing: dict[str, str]
) -> None:
    python(programs, "python3", (3, 11))
    status, said = install(checkout, programs, **failing)
    assert (status, "No network?" in said) == (1, True)
    before = len(calls(checkout))
    assert install(checkout, programs)[0] == 0
    assert len(calls(checkout)) > before


def test_a_full_disk_is_told_before_anything_is_fetched(checkout: Path, programs: Path) -> None:
    python(programs, "python3", (3, 11))
    (programs / "df").unlink()
    (programs / "df").write_text("#!/bin/sh\necho header\necho /dev/disk 100 90 10000 99% /\n")
    (programs / "df").chmod(0o755)
    status, said = install(checkout, programs)
    assert status == 1
    assert "10 MB free" in said
    assert calls(checkout) == []


def test_a_course_that_was_moved_gets_a_new_environment(checkout: Path, programs: Path) -> None:
    python(programs, "python3", (3, 11))
    install(checkout, programs)
    moved = checkout.with_name("elsewhere")
    checkout.rename(moved)
    status, said = install(moved, programs)
    assert (status, "was moved" in said) == (0, True)
    assert calls(moved).count("made") == 2


def test_a_group_that_is_not_there(checkout: Path, programs: Path) -> None:
    python(programs, "python3", (3, 11))
    status, said = install(checkout, programs, "section-9-9")
    assert status != 0
    assert "section-9-9" in said
