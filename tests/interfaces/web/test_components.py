"""The builders and tags of the design system."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from lygte.interfaces.web.ui import components
from lygte.interfaces.web.ui.components import Bar, Choice
from lygte.interfaces.web.ui.templatetags import ui

NOW = datetime(2025, 11, 28, 19, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def group(selected=None):
    return components.choice_group(
        "level",
        legend="How severe?",
        kind="levels",
        selected=selected,
        choices=[Choice("mild", "Mild", "needs care"), ("severe", "Severe"), ("not_stated", "not stated")],
    )


def test_number_keys_follow_the_order_and_not_stated_is_nought():
    assert [choice["key"] for choice in group()["choices"]] == ["1", "2", "0"]


def test_an_unrecorded_answer_leaves_every_choice_empty():
    assert not any(choice["checked"] for choice in group(None)["choices"])


def test_not_stated_is_a_choice_of_its_own_and_looks_different():
    chosen = group("not_stated")["choices"][2]
    assert chosen["checked"] and chosen["muted"]


def test_the_definition_stands_where_the_choice_is_made():
    page = render_to_string("ui/choice.html", {"group": group("mild")})
    assert "needs care" in page
    assert 'aria-describedby="id_level_mild_def"' in page
    assert page.count(" checked") == 1


@pytest.mark.parametrize(
    ("waited", "state", "text"),
    [(38, "calm", "0:38"), (60, "near", "1:00"), (120, "over", "2:00"), (3900, "over", "1 h 5 min")],
)
def test_a_waiting_clock_says_how_long_and_how_close(waited, state, text):
    clock = components.running_clock(now=NOW, since=NOW - timedelta(seconds=waited), near=60, over=120)
    assert (clock["state"], clock["text"]) == (state, text)


@pytest.mark.parametrize(
    ("left", "state", "text"),
    [
        (3700, "calm", "in 1 h 1 min"),
        (380, "near", "in 6 min"),
        (0, "near", "now"),
        (-250, "over", "4 min over"),
    ],
)
def test_a_promise_clock_counts_down_and_then_over(left, state, text):
    clock = components.running_clock(now=NOW, until=NOW + timedelta(seconds=left), near=600)
    assert (clock["state"], clock["text"]) == (state, text)


def test_a_clock_without_a_moment_is_refused():
    with pytest.raises(ValueError, match="moment"):
        components.running_clock(now=NOW)


def test_a_chart_has_its_table_its_n_and_its_missing_count():
    bars = [Bar("00", 2, url="/rows?hour=0", part=1), Bar("01", None, missing=True)]
    chart = components.bar_chart("hours", title="By hour", kind="columns", bars=bars, n=2, missing=1)
    page = render_to_string("ui/chart_bars.html", {"chart": chart})
    assert 'href="/rows?hour=0"' in page and "<table" in page
    assert "N = 2" in page and "1 missing" in page and "not recorded" in page


def test_chart_geometry_is_written_with_points_in_danish_too():
    chart = components.bar_chart("x", title="T", kind="columns", bars=[Bar("a", 1), Bar("b", 3)], n=4)
    with translation.override("da"):
        page = render_to_string("ui/chart_bars.html", {"chart": chart})
    assert f'x="{chart["bars"][0]["x"]}"' in page


def test_days_and_clock_times_are_written_as_people_write_them():
    with translation.override("da"):
        assert ui.danish_day(NOW) == "fredag 28/11"
    assert ui.clock_time(NOW) == "20.30"
    assert ui.ago(NOW - timedelta(seconds=1), NOW) == "1 second ago"


def test_a_shortcut_is_printed_and_announced():
    assert ui.key_attrs("ctrl+enter") == 'data-key="ctrl+enter" aria-keyshortcuts="Control+Enter"'
    assert "Ctrl</kbd>" in ui.key("ctrl+enter")


def test_heat_is_nought_only_for_nothing():
    assert [components.heat_step(value, 9) for value in (0, 1, 9)] == [0, 1, 5]
