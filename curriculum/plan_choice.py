"""Several plans over the same lessons: files beside one another, each named by what stands before ``.toml``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class NoSuchPlan(Exception):
    """No plan has the name that was asked for. The text says which there are."""


@dataclass(frozen=True)
class PlanChoice:
    """A plan that can be shown: its name, and its title as the file has it."""

    name: str
    title: str


def plans(folder: Path) -> list[PlanChoice]:
    """The plan files of a folder, by name; what has no title of a plan is none. A plan with a mistake in it is listed."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        if _NAME.fullmatch(path.stem):
            try:
                title = _title(path, path.stat().st_mtime_ns)
            except OSError:
                continue
            if title:
                found.append(PlanChoice(path.stem, title))
    return found


def plan_file(folder: Path, name: str) -> Path:
    """The file of a plan. Raises NoSuchPlan, also for a name that is none, such as a path."""
    there = [choice.name for choice in plans(folder)]
    if name not in there:
        raise NoSuchPlan(f"There is no plan called {name[:64]!r}. There are: {', '.join(there) or 'none'}.")
    return folder / f"{name}.toml"


@lru_cache(maxsize=256)
def _title(path: Path, changed: int) -> str:
    # `changed` only keys the cache.
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    try:
        return str(tomllib.loads(text)["plan"]["title"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        # A mistake further down must not hide the plan: whoever made it wants to be told of it.
        said = re.search(r'^\[plan\][^\[]*?^title\s*=\s*"([^"\n]+)"', text, re.DOTALL | re.MULTILINE)
        return said[1] if said else ""
