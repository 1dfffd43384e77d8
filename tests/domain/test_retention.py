from datetime import UTC, datetime

import pytest

from lygte.domain.retention import LONGEST_MONTHS, RULES, Act, Ground, allowed, cutoff
from lygte.domain.time import local


@pytest.mark.parametrize(
    ("now", "months", "day"),
    [
        (datetime(2026, 11, 20, 18, tzinfo=UTC), 1, "2026-10-20"),
        (datetime(2026, 3, 31, 12, tzinfo=UTC), 1, "2026-02-28"),
        (datetime(2028, 3, 31, 12, tzinfo=UTC), 1, "2028-02-29"),
        (datetime(2026, 1, 15, 12, tzinfo=UTC), 1, "2025-12-15"),
        (datetime(2026, 12, 31, 12, tzinfo=UTC), 60, "2021-12-31"),
        (datetime(2026, 5, 31, 22, 30, tzinfo=UTC), 12, "2025-06-01"),
    ],
)
def test_a_term_ends_at_midnight_in_denmark_on_the_same_day_of_an_earlier_month(
    now: datetime, months: int, day: str
) -> None:
    assert f"{local(cutoff(months, now=now)):%Y-%m-%d %H:%M}" == f"{day} 00:00"


def test_every_ground_has_a_rule_with_a_basis_and_a_suggestion_within_its_bounds() -> None:
    assert set(RULES) == set(Ground)
    for ground, rule in RULES.items():
        assert rule.basis
        assert rule.anchor
        assert allowed(ground, rule.months)
        assert not allowed(ground, rule.least - 1)
        assert not allowed(ground, LONGEST_MONTHS + 1)


def test_only_the_audit_trail_is_kept_for_good() -> None:
    assert [ground for ground, rule in RULES.items() if rule.act is Act.KEEP] == [Ground.AUDIT_EVENT]
