from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lygte.domain.backups import Keep, kept, pieces

KEYS = st.lists(st.binary(min_size=4, max_size=8).map(bytes.hex), unique=True, max_size=200).map(sorted)
MOMENTS = st.integers(1_700_000_000, 1_790_000_000).map(lambda at: datetime.fromtimestamp(at, tz=UTC))
MASK = 0x7  # a cut about every eighth line


def lines_of(keys: list[str]) -> list[bytes]:
    return [f"{key}\ttext\n".encode() for key in keys]


def cut(keys: list[str], **limits: int) -> list[bytes]:
    return [content for content, _ in pieces(lines_of(keys), **{"mask": MASK, **limits})]


@given(KEYS)
def test_the_pieces_together_are_the_lines(keys: list[str]) -> None:
    found = list(pieces(lines_of(keys), mask=MASK))
    assert b"".join(content for content, _ in found) == b"".join(lines_of(keys))
    assert all(content.count(b"\n") == rows > 0 for content, rows in found)


@given(KEYS.filter(bool), st.data())
def test_a_line_that_goes_alters_one_piece_or_joins_two(keys: list[str], data: st.DataObject) -> None:
    gone = data.draw(st.sampled_from(keys))
    before, after = cut(keys), cut([key for key in keys if key != gone])
    assert len(set(after) - set(before)) <= 1
    assert len(set(before) - set(after)) <= 2


@given(KEYS, st.integers(1, 5))
def test_no_piece_has_more_lines_than_it_may(keys: list[str], most: int) -> None:
    assert all(content.count(b"\n") <= most for content in cut(keys, most_rows=most))


@given(
    st.lists(MOMENTS, unique=True, min_size=1, max_size=60),
    st.builds(Keep, st.integers(0, 5), st.integers(0, 5), st.integers(0, 5)),
)
def test_the_newest_copy_stays_and_the_rules_keep_no_more_than_they_say(
    moments: list[datetime], keep: Keep
) -> None:
    staying = kept(moments, keep=keep)
    assert max(moments) in staying <= set(moments)
    assert len(staying) <= 1 + keep.days + keep.weeks + keep.months


def test_two_copies_a_day_for_a_year_become_days_weeks_and_months() -> None:
    first = datetime(2026, 1, 1, 3, tzinfo=UTC)
    moments = [first + timedelta(hours=12 * step) for step in range(730)]
    staying = kept(moments, keep=Keep(days=14, weeks=8, months=12))
    assert len(staying) == 14 + 6 + 10  # two weeks lie within the days, two months within days and weeks
    assert all(moment.hour == 15 for moment in staying)
