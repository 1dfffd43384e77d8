"""Builders of the dicts that the component templates take. No queries, no clock, no rights."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from lygte.domain.vocab import NOT_STATED


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a group: stored code, words, and the definition shown at the point of choice."""

    value: str
    label: str
    definition: str = ""
    tone: str = ""


def choice_group(
    name: str,
    *,
    legend: str,
    choices: Iterable[Choice | tuple[str, str]],
    selected: str | Iterable[str] | None = None,
    multiple: bool = False,
    kind: str = "segments",
    hint: str = "",
    error: str = "",
    keys: bool = True,
    form: str = "",
    prefix: str = "id",
) -> dict[str, Any]:
    """The dict of ui/choice.html. Keys are 1-9 in order, 0 for "not stated"; none selected: not recorded."""
    chosen = {selected} if isinstance(selected, str) else {str(value) for value in selected or ()}
    shown = []
    number = 0
    for choice in choices:
        one = choice if isinstance(choice, Choice) else Choice(*choice)
        muted = one.value == NOT_STATED
        number += 0 if muted else 1
        pressed = "0" if muted else str(number) if number <= 9 else ""
        shown.append(_shown(one, key=pressed if keys else "", chosen=chosen, id_stem=f"{prefix}_{name}"))
    return {
        "id": f"{prefix}_{name}",
        "name": name,
        "legend": legend,
        "hint": hint,
        "error": error,
        "multiple": multiple,
        "kind": kind,
        "keys": keys,
        "form": form,
        "described_by": f"{prefix}_{name}_error" if error else "",
        "choices": shown,
    }


def _shown(choice: Choice, *, key: str, chosen: set[str], id_stem: str) -> dict[str, Any]:
    return {
        "id": f"{id_stem}_{choice.value}",
        "value": str(choice.value),
        "label": choice.label,
        "definition": choice.definition,
        "tone": choice.tone,
        "muted": choice.value == NOT_STATED,
        "key": key,
        "checked": choice.value in chosen,
    }


def running_clock(
    *,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    near: int | None = None,
    over: int | None = None,
    words: bool = False,
) -> dict[str, Any]:
    """Context of ui/clock.html. Counts up from `since` or down to `until`; near and over are seconds.

    With `since`, near and over are seconds waited. With `until`, near is seconds left (over is at nought).
    `words` shows "12 min" instead of "12:00".
    """
    moment = until or since
    if moment is None:
        raise ValueError("a clock needs a moment to count from or to")
    seconds = int((moment - now if until else now - moment).total_seconds())
    state = _state(seconds, near=near, over=over, down=until is not None)
    return {
        "iso": moment.isoformat(timespec="seconds"),
        "until": until is not None,
        "near": near,
        "over": over,
        "format": "words" if words or until else "figures",
        "state": state,
        "text": _left(seconds) if until else _waited(seconds, words=words),
        "word": "" if until else _state_word(state),
        "label": _left(seconds) if until else _spoken(seconds),
    }


def _state(seconds: int, *, near: int | None, over: int | None, down: bool) -> str:
    if down:
        return "over" if seconds < 0 else "near" if near is not None and seconds <= near else "calm"
    if over is not None and seconds >= over:
        return "over"
    return "near" if near is not None and seconds >= near else "calm"


def _state_word(state: str) -> str:
    if state == "over":
        return gettext("over the target")
    return gettext("close to the target") if state == "near" else ""


def _waited(seconds: int, *, words: bool) -> str:
    whole = max(0, seconds)
    if whole >= 3600:
        return gettext("{h} h {m} min").format(h=whole // 3600, m=whole % 3600 // 60)
    if words:
        return gettext("{n} min").format(n=whole // 60)
    return f"{whole // 60}:{whole % 60:02d}"


def _left(seconds: int) -> str:
    """The same words as the browser's clock module."""
    size = abs(seconds)
    numbers = {"n": size if size < 60 else size // 60, "h": size // 3600, "m": size % 3600 // 60}
    if size == 0:
        return gettext("now")
    if seconds < 0:
        if size < 60:
            return gettext("{n} sec over").format(**numbers)
        return (gettext("{n} min over") if size < 3600 else gettext("{h} h {m} min over")).format(**numbers)
    if size < 60:
        return gettext("in {n} sec").format(**numbers)
    return (gettext("in {n} min") if size < 3600 else gettext("in {h} h {m} min")).format(**numbers)


def _spoken(seconds: int) -> str:
    whole = max(0, seconds) // 60
    if whole == 0:
        return gettext("has lasted under a minute")
    if whole == 1:
        return gettext("has lasted 1 minute")
    if whole < 60:
        return gettext("has lasted {n} minutes").format(n=whole)
    return gettext("has lasted {h} hours and {m} minutes").format(h=whole // 60, m=whole % 60)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. `part` is how much of the value fulfils something; a value of None was never recorded."""

    label: str
    value: float | None
    text: str = ""
    url: str = ""
    part: float | None = None
    missing: bool = False
    break_before: str = ""


def bar_chart(
    chart_id: str,
    *,
    title: str,
    bars: Sequence[Bar],
    n: int,
    missing: int = 0,
    missing_url: str = "",
    note: str = "",
    kind: str = "bars",
    label_head: str = "",
    value_head: str = "",
    part_label: str = "",
    whole_label: str = "",
    every: int = 1,
    with_table: bool = True,
) -> dict[str, Any]:
    """Context of ui/chart_bars.html. Kind "bars" lies down (categories), "columns" stands (hours, days).

    `every` labels only each so many columns. The table beside shows every number and its link.
    """
    table = _chart_table(title, bars, label_head=label_head, value_head=value_head) if with_table else None
    top = _ceiling(max((bar.value or 0 for bar in bars), default=0))
    drawn = _columns(bars, top=top, every=every) if kind == "columns" else _lying(bars, top=top)
    return {
        "id": chart_id,
        "title": title,
        "note": note,
        "kind": kind,
        "n": n,
        "missing": missing,
        "missing_url": missing_url,
        "part_label": part_label,
        "whole_label": whole_label,
        "table": table,
        **drawn,
    }


def _text(bar: Bar) -> str:
    if bar.text:
        return bar.text
    return gettext("not recorded") if bar.value is None else f"{bar.value:g}"


def _chart_table(title: str, bars: Sequence[Bar], *, label_head: str, value_head: str) -> dict[str, Any]:
    return {
        "caption": title,
        "caption_hidden": True,
        "columns": [{"label": label_head, "numeric": False}, {"label": value_head, "numeric": True}],
        "foot": [],
        "rows": [
            {
                "class": "is-missing" if bar.missing else "",
                "cells": [
                    {"text": bar.label, "url": "", "numeric": False, "missing": ""},
                    {
                        "text": _text(bar),
                        "url": bar.url,
                        "numeric": True,
                        "missing": "not-recorded" if bar.value is None else "",
                    },
                ],
            }
            for bar in bars
        ],
    }


def _ceiling(largest: float) -> int:
    """The first round number at or above the largest value."""
    step = 1
    while True:
        for factor in (1, 2, 4, 5, 8):
            if largest <= step * factor:
                return step * factor
        step *= 10


LYING = {"plot": 300, "value": 60, "row": 38, "bar": 14, "label": 14}
STANDING = {"left": 30, "plot": 440, "height": 140, "top": 14, "foot": 24}


def _lying(bars: Sequence[Bar], *, top: int) -> dict[str, Any]:
    scale = LYING["plot"] / top
    drawn = []
    for row, bar in enumerate(bars):
        y = row * LYING["row"] + LYING["label"] + 4
        width, inner = round((bar.value or 0) * scale, 1), round((bar.part or 0) * scale, 1)
        drawn.append(
            {
                "x": 0, "y": y, "w": width, "h": LYING["bar"],
                "part": _part(bar, x=0, y=y, w=inner, h=LYING["bar"]),
                "url": bar.url, "missing": bar.missing,
                "label": bar.label, "lx": 0, "ly": y - 4, "anchor": "start",
                "value_text": _text(bar), "vx": width + 6, "vy": y + 11.5,
                "vanchor": "start",
            }
        )  # fmt: skip
    return {
        "width": LYING["plot"] + LYING["value"],
        "height": len(bars) * LYING["row"] + 4,
        "bars": drawn,
        "gridlines": [],
        "breaks": [],
    }


def _part(bar: Bar, *, x: float, y: float, w: float, h: float) -> dict[str, float] | None:
    return {"x": x, "y": y, "w": w, "h": h} if bar.part else None


def _columns(bars: Sequence[Bar], *, top: int, every: int) -> dict[str, Any]:
    room = STANDING["plot"] / max(1, len(bars))
    floor = STANDING["top"] + STANDING["height"]
    scale = STANDING["height"] / top
    drawn, breaks = [], []
    for place, bar in enumerate(bars):
        x = STANDING["left"] + place * room
        height, part = (bar.value or 0) * scale, (bar.part or 0) * scale
        middle, wide = round(x + room / 2, 1), round(min(room * 0.72, 40), 1)
        left = round(middle - wide / 2, 1)
        drawn.append(
            {
                "x": left, "y": round(floor - height, 1), "w": wide, "h": round(height, 1),
                "part": _part(bar, x=left, y=round(floor - part, 1), w=wide, h=round(part, 1)),
                "url": bar.url, "missing": bar.missing,
                "label": bar.label if place % every == 0 else "", "lx": middle, "ly": floor + 16,
                "anchor": "middle", "value_text": "", "vx": 0, "vy": 0, "vanchor": "middle",
            }
        )  # fmt: skip
        if bar.break_before:
            breaks.append(
                {"x1": round(x, 1), "x2": round(x, 1), "y1": 2, "y2": floor, "tx": round(x + 4, 1), "ty": 10,
                 "text": bar.break_before}
            )  # fmt: skip
    return {
        "width": STANDING["left"] + STANDING["plot"] + 6,
        "height": floor + STANDING["foot"],
        "bars": drawn,
        "gridlines": _gridlines(top, floor=floor, scale=scale),
        "breaks": breaks,
    }


def _gridlines(top: int, *, floor: int, scale: float) -> list[dict[str, Any]]:
    parts = 2 if top % 2 == 0 else 1
    lines = []
    for step in range(parts + 1):
        value = top * step // parts
        y = round(floor - value * scale, 1)
        lines.append(
            {"x1": STANDING["left"], "x2": STANDING["left"] + STANDING["plot"], "y1": y, "y2": y,
             "tx": STANDING["left"] - 6, "ty": y + 4, "anchor": "end", "text": str(value)}
        )  # fmt: skip
    return lines


def heat_step(value: int, largest: int) -> int:
    """Shade 0-5 of a cell in a heat table; nought is only for nothing."""
    return 0 if value <= 0 or largest <= 0 else min(5, 1 + (value - 1) * 5 // largest)
