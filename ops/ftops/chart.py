"""The report's chart: cost by hour or day, stacked by what it was for, as inline SVG."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ftops.answer import rfc3339
from ftops.charge import Charge
from ftops.history import Span
from ftops.instant import HOUR

HOURLY_UP_TO = timedelta(days=8)
DAY = timedelta(days=1)
BAR_PIXELS_MIN = 5


@dataclass(frozen=True)
class Part:
    """One layer of the chart; the colours keep apart for colour-blind eyes and in grey print."""

    name: str
    colour: str
    meaning: str


PARTS = (
    Part("Hosting, in use", "#1f5fa8", "hours in which the deployment was called"),
    Part("Hosting, idle", "#e08a1e", "hours without a single call"),
    Part("Hosting, use not known", "#9aa3ad", "hours for which calls could not be read"),
    Part("Tokens", "#2a9d8f", "input and output of calls"),
    Part("Training", "#6b4ea0", "fine-tuning jobs, in the hour they ended"),
)

STYLE: Mapping[str, Any] = {
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": "#48525c",
        "titleColor": "#48525c",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "gridColor": "#e6e9ec",
        "domainColor": "#b8c0c8",
        "tickColor": "#b8c0c8",
    },
}


def part_of(row: Charge) -> Part:
    """The layer that a row belongs to."""
    if row.charge_type == "training":
        return PARTS[4]
    if row.charge_type != "hosting":
        return PARTS[3]
    if row.idle is None:
        return PARTS[2]
    return PARTS[1] if row.idle else PARTS[0]


def sum_parts(rows: Iterable[Charge]) -> list[tuple[Part, Decimal]]:
    """Each layer with its sum in USD, empty layers left out."""
    sums: dict[Part, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[part_of(row)] += row.cost_usd or 0
    return [(part, sums[part]) for part in PARTS if sums[part]]


def grain_of(span: Span) -> timedelta:
    """An hour for up to eight days, a day beyond: a bar must stay wide enough to be seen."""
    return HOUR if span.until - span.since <= HOURLY_UP_TO else DAY


def render_chart(rows: Sequence[Charge], span: Span, width: int, height: int) -> str:
    """The chart as an SVG of the given size in pixels; nothing in it is fetched from anywhere."""
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(json.dumps(_spec(rows, span, width, height)))
    return svg


def bars(rows: Iterable[Charge], span: Span) -> list[dict[str, Any]]:
    """One piece per bucket and layer, from `low` to `high`: stacked here, in the order of PARTS.

    Floats are good enough for a picture, not for a sum.
    """
    grain = grain_of(span)
    sums: dict[tuple[datetime, int], Decimal] = defaultdict(Decimal)
    for row in rows:
        start = row.hour if grain == HOUR else row.hour.replace(hour=0)
        sums[start, PARTS.index(part_of(row))] += row.cost_usd or 0
    heights: dict[datetime, Decimal] = defaultdict(Decimal)
    pieces: list[dict[str, Any]] = []
    for (start, place), usd in sorted(sums.items()):
        low, heights[start] = heights[start], heights[start] + usd
        edges = {"low": float(low), "high": float(heights[start])}
        times = {"start": rfc3339(start), "end": rfc3339(start + grain)}
        if usd:
            pieces.append({"part": PARTS[place].name, **times, **edges})
    return pieces


def _spec(rows: Sequence[Charge], span: Span, width: int, height: int) -> Mapping[str, Any]:
    by = "hour" if grain_of(span) == HOUR else "day"
    wide = width > BAR_PIXELS_MIN * ((span.until - span.since) / grain_of(span))
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": width,
        "height": height,
        "padding": 4,
        "autosize": {"type": "fit", "contains": "padding"},
        "background": None,
        "data": {"values": bars(rows, span)},
        # Bars as thin as their white edges would look washed out.
        "mark": {"type": "rect", "clip": True, "stroke": "#fff", "strokeWidth": 0.5 * wide},
        "encoding": {
            "x": _time_axis(span, width),
            "x2": {"field": "end"},
            "y": _money_axis(by),
            "y2": {"field": "high"},
            "color": {
                "field": "part",
                "type": "nominal",
                "legend": None,
                "scale": {
                    "domain": [part.name for part in PARTS],
                    "range": [part.colour for part in PARTS],
                },
            },
        },
        "config": STYLE,
    }


def _time_axis(span: Span, width: int) -> dict[str, Any]:
    """A mark for each day where there are several, so that no day is written twice."""
    short = span.until - span.since <= 2 * DAY
    room = max(2, width // 130)
    days = max(1, -(-(span.until - span.since) // DAY // room))
    return {
        "field": "start",
        "type": "temporal",
        "title": None,
        "scale": {"type": "utc", "domain": [rfc3339(span.since), rfc3339(span.until)]},
        "axis": {
            "grid": False,
            "format": "%H:%M" if short else "%b %-d",
            "tickCount": room if short else {"interval": "day", "step": days},
            "labelOverlap": True,
        },
    }


def _money_axis(by: str) -> dict[str, Any]:
    return {
        "field": "low",
        "type": "quantitative",
        "scale": {"domainMin": 0, "nice": 5},
        "title": f"USD per {by}",
        "axis": {"tickCount": 5, "format": "$,.2f", "domain": False, "ticks": False},
    }
