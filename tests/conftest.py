"""What several kinds of tests need: a course of their own to work in, so that nobody's scores are touched."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure(config: pytest.Config) -> None:
    for name in ("SIGINT", "SIGHUP"):  # ignored under nohup or in a script's background, and so by all that tests start
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL)
    config.addinivalue_line("markers", "slow: takes more than ten seconds by itself; `-m 'not slow'` leaves it out")
    config.addinivalue_line("markers", "exhaustive: like others that are run; `make test` leaves it out")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A copy of one built section, with nothing of any learner in it: nbgrader takes seconds to prepare each."""
    return built_course(tmp_path / "course", "1.5")


def built_course(root: Path, section: str) -> Path:
    """Make a course of one section's source/ and release/, and nbgrader_config.py, in a new folder."""
    root.mkdir()
    for tree in ("source", "release"):
        part = Path(tree, section)
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copy(ROOT / "nbgrader_config.py", root)
    return root


@pytest.fixture
def at_course(course: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], dict[str, str]]:
    """The environment of a command that is to work in ``course``."""
    monkeypatch.delenv("MIND_LEARNER", raising=False)
    return lambda: {**os.environ, "MIND_ROOT": str(course), "OPENBLAS_NUM_THREADS": "1", "COLUMNS": "120"}
