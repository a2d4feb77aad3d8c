"""The hand that all charts are drawn in: colours, letters, axes, and the pieces that several of them share.

One set of colours is written into the specifications, that of a light page; `mind.css` says what each of them is in the
dark (a rule on the attribute that SVG carries), so that one drawing serves both. Hues differ in lightness, and every series
has a dash, a width or a shape of its own, so that none is told by colour alone.
"""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Spec = dict[str, Any]
Row = dict[str, Any]

INK, SOFT, RULE, TRACK, PAPER, WHITE = "#20242a", "#5d636c", "#e3dfd4", "#e8e4d9", "#fbfaf6", "#ffffff"
EARNED, SPENT, PLANNED, RANGE = "#0c6b64", "#5a4fa8", "#7c818a", "#cfe5e1"
#: A day of rest, a day without activity, and three steps of it.
STEPS = (TRACK, TRACK, "#9fcfc8", "#4a9d94", EARNED)
_FONT = "Liberation Sans, Noto Sans, Segoe UI, Helvetica, Arial, sans-serif"

CONFIG: Spec = {
    "font": _FONT,
    # The page says in words what a drawing shows.
    "aria": False,
    "mark": {"aria": False},
    "view": {"stroke": None},
    "axis": {
        "labelColor": SOFT, "labelFontSize": 12, "labelPadding": 7, "title": None, "domainColor": RULE, "gridColor": RULE,
        "ticks": False,
    },
    "axisY": {"domain": False, "tickCount": 5},
    "axisX": {"grid": False},
    "legend": {
        "labelColor": SOFT, "labelFontSize": 12, "title": None, "orient": "top", "symbolSize": 90, "columnPadding": 18,
        "offset": 10, "symbolOpacity": 1,
    },
    "text": {"fontSize": 12, "fill": SOFT},
    "title": {
        "color": INK, "fontSize": 16, "anchor": "start", "frame": "group", "offset": 16, "subtitleColor": SOFT,
        "subtitleFontSize": 13, "subtitlePadding": 6,
    },
}  # fmt: skip


@dataclass(frozen=True)
class Chart:
    """One chart: ``title`` says what it shows, ``says`` what can be read from it; ``rows`` are its numbers."""

    name: str
    title: str
    says: str
    spec: Spec
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def csv(self) -> str:
        """The numbers in the form of RFC 4180, under a line of names."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(self.columns)
        writer.writerows(self.rows)
        return text.getvalue()

    def picture(self) -> Spec:
        """The specification for a picture that stands alone: on white, with its title above it."""
        title = {"text": self.title, "subtitle": textwrap.wrap(self.says, 90)}
        fit = {"autosize": {"type": "pad"}, "width": 760, "padding": 28}
        return self.spec | fit | {"title": title, "background": WHITE}


def layered(layers: Sequence[Spec], width: int, height: int, **more: Any) -> Spec:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": width,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "background": None,
        "padding": {"left": 0, "right": 4, "top": 6, "bottom": 4},
        "layer": list(layers),
        "config": CONFIG,
        **more,
    }


def dated(format: str, **axis: Any) -> Spec:
    # Dates are whole days: read and shown as UTC, lest a zone move them by one.
    return {
        "field": "date",
        "type": "temporal",
        "scale": {"type": "utc"},
        "axis": {"format": format, "labelOverlap": True, "labelFlush": True, "tickCount": 6, **axis},
    }


def counted(field: str, unit: str, domain: list[float] | None = None, **more: Any) -> Spec:
    scale: Spec = {"domain": domain, "nice": False} if domain else {"zero": True}
    axis = {"labelExpr": f"datum.label + '{unit}'"}
    return {"field": field, "type": "quantitative", "axis": axis, "scale": scale, **more}


def ranged(field: str, ranges: dict[str, Any]) -> Spec:
    return {"field": field, "type": "nominal", "scale": {"domain": list(ranges), "range": list(ranges.values())}}


def tip(field: str, title: str, format: str = ".2f") -> Spec:
    # The numbers come rounded down to two decimals: with fewer, Vega would round 4.97 up to 5.
    if field == "date":
        # A tooltip formats in the reader's own zone unless a time unit says that the date is UTC.
        return {"field": field, "type": "temporal", "timeUnit": "utcyearmonthdate", "title": title, "format": format}
    return {"field": field, "type": "quantitative", "title": title, **({"format": format} if format else {})}


def line(values: Sequence[Row], x: Spec, y: Spec, mark: Spec) -> Spec:
    return {"data": {"values": list(values)}, "mark": {"type": "line", **mark}, "encoding": {"x": x, "y": y}}


def dot(values: Sequence[Row], x: Spec, y: Spec) -> Spec:
    mark = {"type": "point", "filled": True, "size": 70, "color": EARNED, "opacity": 1}
    tips = [{"field": "what", "title": "What"}, tip("date", "Day", "%-d %b %Y"), tip("hours", "Hours")]
    return {"data": {"values": list(values)}, "mark": mark, "encoding": {"x": x, "y": y, "tooltip": tips}}


def today_line(today: str, x: Spec, **mark: Any) -> list[Spec]:
    data = {"values": [{"date": today, "text": "today"}]}
    text = {"type": "text", "y": 0, "dy": -2, "baseline": "bottom", "fontSize": 11, "fill": SOFT, **mark}
    return [
        {"data": data, "mark": {"type": "rule", "stroke": SOFT, "strokeDash": [1, 3]}, "encoding": {"x": x}},
        {"data": data, "mark": text, "encoding": {"x": x, "text": {"field": "text"}}},
    ]
