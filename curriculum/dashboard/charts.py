"""The charts as Vega-Lite specifications with their data inline, and the numbers behind each as rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from curriculum.dashboard.vega import (
    EARNED,
    INK,
    PAPER,
    PLANNED,
    RANGE,
    SOFT,
    SPENT,
    STEPS,
    TRACK,
    Chart,
    Row,
    Spec,
    counted,
    dated,
    dot,
    layered,
    line,
    ranged,
    tip,
    today_line,
)  # fmt: skip

_DAY, _MONTH = "%-d %b", "%b %Y"
#: Weeks and bars that one drawing holds; the table has all of them.
WEEKS, BARS = 26, 16


def hours(value: Row, says: str) -> Chart:
    """Planned, earned and spent hours in sum, day by day. ``value``: as `outlook_view.value` makes it."""
    order = {"Planned": PLANNED, "Earned": EARNED, "Spent": SPENT}
    rows = value["days"]
    values = [{"date": row["date"], "what": what, "hours": row[what.lower()]} for row in rows for what in order]
    values += [{"date": row["date"], "what": "Planned", "hours": row["planned"]} for row in value["ahead"][:2]]
    x, y = dated(_DAY), counted("hours", " h")
    colour = {**ranged("what", order), "legend": {"symbolSize": 500, "offset": 20}}
    dash = ranged("what", dict(zip(order, ([5, 4], [1, 0], [2, 3]), strict=True)))
    width = ranged("what", dict(zip(order, (1.5, 3, 2), strict=True)))
    layers = [
        *today_line(value["today"], x),
        {
            "mark": {"type": "line", "strokeCap": "round"},
            "encoding": {"x": x, "y": y, "color": colour, "strokeDash": dash, "strokeWidth": width},
        },
        _pointed(values, [tip("date", "Day", _DAY), *(tip(what, what) for what in order)]),
    ]
    data = {"values": values}
    columns = ("Date", "Planned hours", "Earned hours", "Spent hours")
    table = tuple((row["date"], row["planned"], row["earned"], row["spent"]) for row in rows)
    spec = layered(layers, 558, 270, data=data)
    return Chart("hours", "Planned, earned and spent hours so far", says, spec, columns, table)


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
            "x": dated(_DAY),
            "tooltip": list(tips),
            "opacity": {"condition": {"param": "pointed", "empty": False, "value": 1}, "value": 0},
        },
    }


def finish(value: Row, forecast: Row, says: str) -> Chart:
    """The whole plan: what is planned until its end, what is earned, and the range in which the pace may end it."""
    total, today = value["total"], value["today"]
    planned = [{"date": row["date"], "hours": row["planned"]} for row in [*value["days"], *value["ahead"]]]
    earned = [{"date": row["date"], "hours": row["earned"]} for row in value["days"]]
    x, y = dated(_MONTH, labelBound=True), counted("hours", " h", domain=[0, total])
    y["axis"]["values"] = [total * quarter / 4 for quarter in range(5)]
    layers: list[Spec] = today_line(today, x, align="left")
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
        layers.append(line(pace, x, y, {"color": EARNED, "strokeWidth": 1.5, "strokeDash": [2, 3]}))
        layers.append(dot([{**pace[-1], "what": "Done at this pace"}], x, y))
        table.insert(1, ("end at this pace", forecast["done"], total))
    layers.append(line(planned, x, y, {"color": PLANNED, "strokeWidth": 1.5, "strokeDash": [5, 4]}))
    layers.append(line(earned, x, y, {"color": EARNED, "strokeWidth": 3, "strokeCap": "round"}))
    layers.append(dot([{"date": today, "hours": value["earned"], "what": "Earned today"}], x, y))
    table.insert(0, ("earned today", today, value["earned"]))
    spec = layered(layers, 386, 270)
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
    tips += [tip("planned", "Planned"), tip("earned", "Earned"), tip("spent", "Spent")]
    widest = {"type": "bar", "cornerRadiusEnd": 2, "width": {"band": 0.92}}
    layers: list[Spec] = [
        {
            "mark": widest,
            "encoding": {
                "x": x,
                "xOffset": {"field": "what", "sort": list(order)},
                "y": counted("hours", " h", stack=None),
                "color": {**ranged("what", {**order, "Planned": INK}), "legend": {"symbolType": "square"}},
                "tooltip": tips,
            },
        },
        _planned(shown, x, PAPER, 6),  # an edge around the mark, which may lie across a bar
        _planned(shown, x, INK, 2),
    ]
    table = tuple((week["monday"], week["planned"], week["earned"], week["spent"]) for week in weeks)
    columns = ("Week from", "Planned hours", "Earned hours", "Spent hours")
    spec = layered(layers, 558, 230, data={"values": bars})
    return Chart("pace", "Pace: hours by week", says, spec, columns, table)


def _planned(weeks: Sequence[Row], x: Spec, colour: str, thickness: int) -> Spec:
    tick = {"type": "tick", "orient": "horizontal", "thickness": thickness, "width": {"band": 1}, "color": colour}
    return {"data": {"values": list(weeks)}, "mark": tick, "encoding": {"x": x, "y": counted("planned", " h")}}


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
    tips = [tip("date", "Day", "%a %-d %b %Y"), tip("attempts", "Checks", ""), tip("minutes", "Active minutes", "")]
    cell = {
        "mark": {"type": "square", "opacity": 1},
        "encoding": {
            "x": x,
            "y": y,
            "color": {**ranged("step", steps), "legend": legend},
            "size": {**ranged("step", sizes), "legend": legend},
            "tooltip": [*tips, {"field": "kind", "title": "Planned as"}],
        },
    }
    columns = ("Date", "Checks and reviews", "Active minutes", "Planned as")
    table = tuple((row["date"], row["attempts"], row["minutes"], row["kind"]) for row in rows)
    shown = _weeks(rows)
    spec = layered([cell], 474, 230, data={"values": list(shown)})
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
    y["axis"] = {"domain": False, "grid": False, "labelLimit": 220, "labelColor": INK, "labelFontSize": 13}
    x = {"type": "quantitative", "axis": None, "scale": {"domain": [0, 115]}}
    tips = [{"field": "text", "title": title}, tip("points", "Points"), tip("most", "of", "")]
    tips += [tip("tried", "Exercises tried", ""), tip("exercises", "of", "")]
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
    spec = layered(layers, 474, 28 * len(shown) + 6, data={"values": shown})
    return Chart(name, title, says, spec, columns, table)


def _days(first: str, last: str) -> int:
    return (dt.date.fromisoformat(last) - dt.date.fromisoformat(first)).days
