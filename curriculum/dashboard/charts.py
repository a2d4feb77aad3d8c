"""The charts as Vega-Lite specifications with their data inline, and the numbers behind each as rows.

One set of colours is written into the specifications, that of a light page; `mind.css` says what each of them is in the
dark (a rule on the attribute that SVG carries), so that one drawing serves both. Hues differ in lightness, and every series
has a dash, a width or a shape of its own, so that none is told by colour alone.
"""

from __future__ import annotations

import csv
import datetime as dt
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
_DAY, _MONTH = "%-d %b", "%b %Y"
#: Weeks and bars that one drawing holds; the table has all of them.
WEEKS, BARS = 26, 16

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


def hours(value: Row, says: str) -> Chart:
    """Planned, earned and spent hours in sum, day by day. ``value``: as `outlook_view.value` makes it."""
    order = {"Planned": PLANNED, "Earned": EARNED, "Spent": SPENT}
    rows = value["days"]
    values = [{"date": row["date"], "what": what, "hours": row[what.lower()]} for row in rows for what in order]
    values += [{"date": row["date"], "what": "Planned", "hours": row["planned"]} for row in value["ahead"][:2]]
    x, y = _date(_DAY), _number("hours", " h")
    colour = {**_scale("what", order), "legend": {"symbolSize": 500, "offset": 20}}
    dash = _scale("what", dict(zip(order, ([5, 4], [1, 0], [2, 3]), strict=True)))
    width = _scale("what", dict(zip(order, (1.5, 3, 2), strict=True)))
    layers = [
        *_today(value["today"], x),
        {
            "mark": {"type": "line", "strokeCap": "round"},
            "encoding": {"x": x, "y": y, "color": colour, "strokeDash": dash, "strokeWidth": width},
        },
        _pointed(values, [_tip("date", "Day", _DAY), *(_tip(what, what) for what in order)]),
    ]
    data = {"values": values}
    columns = ("Date", "Planned hours", "Earned hours", "Spent hours")
    table = tuple((row["date"], row["planned"], row["earned"], row["spent"]) for row in rows)
    spec = _spec(layers, 558, 270, data=data)
    return Chart("hours", "Planned, earned and spent hours so far", says, spec, columns, table)


def _today(today: str, x: Spec, **mark: Any) -> list[Spec]:
    data = {"values": [{"date": today, "text": "today"}]}
    text = {"type": "text", "y": 0, "dy": -2, "baseline": "bottom", "fontSize": 11, "fill": SOFT, **mark}
    return [
        {"data": data, "mark": {"type": "rule", "stroke": SOFT, "strokeDash": [1, 3]}, "encoding": {"x": x}},
        {"data": data, "mark": text, "encoding": {"x": x, "text": {"field": "text"}}},
    ]


def _pointed(values: Sequence[Row], tips: Sequence[Spec]) -> Spec:
    """A line that follows the pointer from date to date, and all numbers of that date beside it."""
    dates: dict[str, Row] = {}
    for value in values:
        dates.setdefault(value["date"], {"date": value["date"]})[value["what"]] = value["hours"]
    on = {"type": "point", "on": "pointerover", "clear": "pointerout", "nearest": True, "encodings": ["x"]}
    return {
        "data": {"values": list(dates.values())},
        "params": [{"name": "pointed", "select": on}],
        "mark": {"type": "rule", "stroke": SOFT, "strokeWidth": 1},
        "encoding": {
            "x": _date(_DAY),
            "tooltip": list(tips),
            "opacity": {"condition": {"param": "pointed", "empty": False, "value": 1}, "value": 0},
        },
    }


def finish(value: Row, forecast: Row, says: str) -> Chart:
    """The whole plan: what is planned until its end, what is earned, and the range in which the pace may end it."""
    total, today = value["total"], value["today"]
    planned = [{"date": row["date"], "hours": row["planned"]} for row in [*value["days"], *value["ahead"]]]
    earned = [{"date": row["date"], "hours": row["earned"]} for row in value["days"]]
    x, y = _date(_MONTH, labelBound=True), _number("hours", " h", domain=[0, total])
    y["axis"]["values"] = [total * quarter / 4 for quarter in range(5)]
    layers: list[Spec] = _today(today, x, align="left")
    table = [("planned end", value["planned_end"] or "", total)]
    if forecast["earliest"] and forecast["latest"]:
        cone = [(today, value["earned"], value["earned"])]
        share = _days(today, forecast["earliest"]) / max(1, _days(today, forecast["latest"]))
        cone.append((forecast["earliest"], value["earned"] + share * (total - value["earned"]), total))
        cone.append((forecast["latest"], total, total))
        points = [{"date": date, "low": low, "high": high} for date, low, high in cone]
        area = {"x": x, "y": {"field": "low", "type": "quantitative"}, "y2": {"field": "high"}}
        layers.append({"data": {"values": points}, "mark": {"type": "area", "color": RANGE}, "encoding": area})
        table += [("earliest end, 80 % range", forecast["earliest"], total)]
        table += [("latest end, 80 % range", forecast["latest"], total)]
    if forecast["done"]:
        pace = [{"date": today, "hours": value["earned"]}, {"date": forecast["done"], "hours": total}]
        layers.append(_line(pace, x, y, {"color": EARNED, "strokeWidth": 1.5, "strokeDash": [2, 3]}))
        layers.append(_dot([{**pace[-1], "what": "Done at this pace"}], x, y))
        table.insert(1, ("end at this pace", forecast["done"], total))
    layers.append(_line(planned, x, y, {"color": PLANNED, "strokeWidth": 1.5, "strokeDash": [5, 4]}))
    layers.append(_line(earned, x, y, {"color": EARNED, "strokeWidth": 3, "strokeCap": "round"}))
    layers.append(_dot([{"date": today, "hours": value["earned"], "what": "Earned today"}], x, y))
    table.insert(0, ("earned today", today, value["earned"]))
    spec = _spec(layers, 386, 270)
    return Chart("finish", "The way to the end of the plan", says, spec, ("What", "Date", "Hours"), tuple(table))


def pace(weeks: Sequence[Row], says: str) -> Chart:
    """Hours of each week alone. A row has "monday", "label", "planned", "earned" and "spent"."""
    shown = weeks[-WEEKS:]
    order = {"Earned": EARNED, "Spent": SPENT}
    bars = [{**week, "what": what, "hours": week[what.lower()]} for week in shown for what in order]
    x: Spec = {"field": "label", "type": "ordinal", "sort": None, "axis": {"labelAngle": 0, "labelOverlap": True}}
    labels = [week["label"] for week in shown]
    monday = dt.date.fromisoformat(shown[-1]["monday"])
    while len(labels) < 8:  # room for the weeks to come, where two bars would else fill the drawing
        monday += dt.timedelta(days=7)
        labels.append(f"{monday.day} {monday:%b}")
    x["scale"] = {"paddingInner": 0.35, "paddingOuter": 0.2, "domain": labels}
    tips: list[Spec] = [{"field": "label", "type": "nominal", "title": "Week from"}]
    tips += [_tip("planned", "Planned"), _tip("earned", "Earned"), _tip("spent", "Spent")]
    widest = {"type": "bar", "cornerRadiusEnd": 2, "width": {"band": 0.92}}
    layers: list[Spec] = [
        {
            "mark": widest,
            "encoding": {
                "x": x,
                "xOffset": {"field": "what", "sort": list(order)},
                "y": _number("hours", " h", stack=None),
                "color": {**_scale("what", {**order, "Planned": INK}), "legend": {"symbolType": "square"}},
                "tooltip": tips,
            },
        },
        _planned(shown, x, PAPER, 6),  # an edge around the mark, which may lie across a bar
        _planned(shown, x, INK, 2),
    ]
    table = tuple((week["monday"], week["planned"], week["earned"], week["spent"]) for week in weeks)
    columns = ("Week from", "Planned hours", "Earned hours", "Spent hours")
    spec = _spec(layers, 558, 230, data={"values": bars})
    return Chart("pace", "Pace: hours by week", says, spec, columns, table)


def _planned(weeks: Sequence[Row], x: Spec, colour: str, thickness: int) -> Spec:
    tick = {"type": "tick", "orient": "horizontal", "thickness": thickness, "width": {"band": 1}, "color": colour}
    return {"data": {"values": list(weeks)}, "mark": tick, "encoding": {"x": x, "y": _number("planned", " h")}}


def days(rows: Sequence[Row], says: str) -> Chart:
    """A cell for each date, larger and darker the more was done. A row has "date", "week", "weekday", "step" and what it counts."""
    names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    x: Spec = {
        "field": "week",
        "type": "ordinal",
        "sort": None,
        "axis": {"domain": False, "labelAngle": 0, "labelOverlap": True},
    }
    x["axis"]["labelExpr"] = "split(datum.label, '|')[1]"  # weeks are told apart by what stands before the bar
    y = {
        "field": "weekday",
        "type": "ordinal",
        "sort": names,
        "axis": {"domain": False, "grid": False, "labelPadding": 2},
    }
    steps = dict(zip(("rest", "none", "some", "more", "much"), STEPS, strict=True))
    sizes = dict(zip(steps, (20, 190, 230, 290, 350), strict=True))
    legend = {"symbolType": "square"}
    tips = [_tip("date", "Day", "%a %-d %b %Y"), _tip("attempts", "Checks", ""), _tip("minutes", "Active minutes", "")]
    cell = {
        "mark": {"type": "square", "opacity": 1},
        "encoding": {
            "x": x,
            "y": y,
            "color": {**_scale("step", steps), "legend": legend},
            "size": {**_scale("step", sizes), "legend": legend},
            "tooltip": [*tips, {"field": "kind", "title": "Planned as"}],
        },
    }
    columns = ("Date", "Checks and reviews", "Active minutes", "Planned as")
    table = tuple((row["date"], row["attempts"], row["minutes"], row["kind"]) for row in rows)
    shown = _weeks(rows)
    spec = _spec([cell], 474, 230, data={"values": list(shown)})
    return Chart("days", "Days on which you learnt", says, spec, columns, table)


def _weeks(rows: Sequence[Row]) -> Sequence[Row]:
    """Whole weeks from that of the first activity on: at least twelve, at most `WEEKS`."""
    monday = dt.date.fromisoformat(rows[-1]["date"])
    monday -= dt.timedelta(days=monday.weekday())
    first = next((row["date"] for row in rows if row["step"] not in ("rest", "none")), rows[-1]["date"])
    weeks = min(WEEKS, max(12, _days(first, monday.isoformat()) // 7 + 2))
    since = (monday - dt.timedelta(weeks=weeks - 1)).isoformat()
    return [row for row in rows if row["date"] >= since]


def mastery(name: str, title: str, rows: Sequence[Row], says: str) -> Chart:
    """A bar for each concept or technology. A row has "label", "text", "percent", "points", "most", "tried" and "exercises"."""
    shown = [{**row, "full": 100, "shown": f"{row['percent']:g} %"} for row in rows[:BARS]]
    y: Spec = {"field": "label", "type": "nominal", "sort": None}
    y["axis"] = {"domain": False, "grid": False, "labelLimit": 170, "labelColor": INK, "labelFontSize": 13}
    x = {"type": "quantitative", "axis": None, "scale": {"domain": [0, 115]}}
    tips = [{"field": "text", "title": title}, _tip("points", "Points"), _tip("most", "of", "")]
    tips += [_tip("tried", "Exercises tried", ""), _tip("exercises", "of", "")]
    bar = {"type": "bar", "height": 10, "cornerRadius": 5}
    layers = [
        {"mark": {**bar, "color": TRACK}, "encoding": {"y": y, "x": {**x, "field": "full"}, "tooltip": tips}},
        {"mark": {**bar, "color": EARNED}, "encoding": {"y": y, "x": {**x, "field": "percent"}, "tooltip": tips}},
        {
            "mark": {"type": "text", "align": "left", "dx": 8, "fill": SOFT},
            "encoding": {"y": y, "x": {**x, "field": "full"}, "text": {"field": "shown"}},
        },
    ]
    columns = (title, "Percent of the points", "Points", "Points there are", "Exercises tried", "Exercises", "State")
    keys = ("text", "percent", "points", "most", "tried", "exercises", "state")
    table = tuple(tuple(row[key] for key in keys) for row in rows)
    spec = _spec(layers, 474, 28 * len(shown) + 6, data={"values": shown})
    return Chart(name, title, says, spec, columns, table)


def _spec(layers: Sequence[Spec], width: int, height: int, **more: Any) -> Spec:
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


def _date(format: str, **axis: Any) -> Spec:
    # Dates are whole days: read and shown as UTC, lest a zone move them by one.
    return {
        "field": "date",
        "type": "temporal",
        "scale": {"type": "utc"},
        "axis": {"format": format, "labelOverlap": True, "labelFlush": True, "tickCount": 6, **axis},
    }


def _number(field: str, unit: str, domain: list[float] | None = None, **more: Any) -> Spec:
    scale: Spec = {"domain": domain, "nice": False} if domain else {"zero": True}
    axis = {"labelExpr": f"datum.label + '{unit}'"}
    return {"field": field, "type": "quantitative", "axis": axis, "scale": scale, **more}


def _scale(field: str, ranges: dict[str, Any]) -> Spec:
    return {"field": field, "type": "nominal", "scale": {"domain": list(ranges), "range": list(ranges.values())}}


def _tip(field: str, title: str, format: str = ".1f") -> Spec:
    if field == "date":
        # A tooltip formats in the reader's own zone unless a time unit says that the date is UTC.
        return {"field": field, "type": "temporal", "timeUnit": "utcyearmonthdate", "title": title, "format": format}
    return {"field": field, "type": "quantitative", "title": title, **({"format": format} if format else {})}


def _line(values: Sequence[Row], x: Spec, y: Spec, mark: Spec) -> Spec:
    return {"data": {"values": list(values)}, "mark": {"type": "line", **mark}, "encoding": {"x": x, "y": y}}


def _dot(values: Sequence[Row], x: Spec, y: Spec) -> Spec:
    mark = {"type": "point", "filled": True, "size": 70, "color": EARNED, "opacity": 1}
    tips = [{"field": "what", "title": "What"}, _tip("date", "Day", "%-d %b %Y"), _tip("hours", "Hours")]
    return {"data": {"values": list(values)}, "mark": mark, "encoding": {"x": x, "y": y, "tooltip": tips}}


def _days(first: str, last: str) -> int:
    return (dt.date.fromisoformat(last) - dt.date.fromisoformat(first)).days
