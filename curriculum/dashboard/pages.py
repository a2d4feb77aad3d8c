"""Templates filled in: what the server's page and the static report share. Knows nothing of a server."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from curriculum.dashboard import drawing
from curriculum.dashboard.vega import Chart
from curriculum.rounding import fixed, plain

HERE = Path(__file__).parent
STATIC = HERE / "static"
_CLIP = re.compile(r'(id="|url\(#)(clip\d+)')


@cache
def templates() -> jinja2.Environment:
    """The templates; whatever they are given is escaped."""
    loader = jinja2.FileSystemLoader(HERE / "templates")
    made = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    made.filters["date"] = lambda iso: _date(iso) if iso else ""
    made.filters["plain"], made.filters["fixed"] = plain, fixed
    made.filters["one_or_more"] = lambda count, noun: f"{count} {noun}{'' if count == 1 else 's'}"
    return made


def drawings(charts: dict[str, Chart]) -> dict[str, Markup]:
    """Each chart as SVG, to stand in a page. Takes a second the first time: call it in a thread."""
    # Vega escapes the texts that it draws: this is markup, not a learner's words. The names that it gives to what it clips
    # by are the same in each drawing, and a page has several.
    return {name: Markup(_CLIP.sub(rf"\1{name}-\2", drawing.svg(chart.spec))) for name, chart in charts.items()}


def static(name: str) -> Markup:
    """A file of the folder static/, to stand in a page that has no server."""
    return Markup((STATIC / name).read_text(encoding="utf-8"))


def page(template: str, **values: Any) -> str:
    return templates().get_template(template).render(**values)


def _date(iso: str) -> str:
    day = dt.date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"
