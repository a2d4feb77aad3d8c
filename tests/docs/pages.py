"""The documents as data: their `sh` blocks, commands, links and code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]

_FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<text>.*?)^```\s*$", re.MULTILINE | re.DOTALL)
_STATUS = re.compile(r"#\s*exit (\d+)\b")
_COMMENT = re.compile(r"(^|\s)#.*$")


@dataclass(frozen=True)
class Command:
    """One command of a block: ``run`` unless its block says no-run; ``status`` is how it must end."""

    text: str
    status: int
    run: bool
    line: int


def commands(name: str) -> Iterator[Command]:
    """The commands of a page's `sh` blocks, in order."""
    page = (ROOT / name).read_text(encoding="utf-8")
    for block in _FENCE.finditer(page):
        info = block["info"].split()
        if info[:1] != ["sh"]:
            continue
        first = page[: block.start("text")].count("\n") + 1
        for number, line in enumerate(block["text"].splitlines(), first):
            status = _STATUS.search(line)
            text = _COMMENT.sub("", line).strip()
            if text:
                yield Command(text, int(status[1]) if status else 0, "no-run" not in info, number)


def infos(name: str) -> list[str]:
    return [block["info"].strip() for block in _FENCE.finditer((ROOT / name).read_text(encoding="utf-8"))]


def links(name: str) -> list[str]:
    """Where the links and images of a page go, without those that leave the repository."""
    text = _FENCE.sub("", (ROOT / name).read_text(encoding="utf-8"))
    targets = re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", text))
    return [target.partition("#")[0] for target in targets if "://" not in target and not target.startswith("#")]


def images(name: str) -> list[tuple[str, str]]:
    """(alternative text, path) of each picture."""
    return re.findall(r"!\[([^\]]*)\]\(([^)\s]+)\)", (ROOT / name).read_text(encoding="utf-8"))


def code(name: str) -> list[str]:
    """Every piece of code that may be a command: `inline` and lines of blocks."""
    page = (ROOT / name).read_text(encoding="utf-8")
    spans = re.findall(r"`([^`\n]+)`", _FENCE.sub("", page))
    lines = [_COMMENT.sub("", line).strip() for block in _FENCE.finditer(page) for line in block["text"].splitlines()]
    return [piece for piece in spans + lines if piece]
