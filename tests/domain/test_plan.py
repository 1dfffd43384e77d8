"""The crisis plan: comparison of versions and what a reader may see."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lygte.domain.plan import SECTIONS, ChangeKind, PieceOp, compare, visible_sections
from lygte.domain.vocab import PlanSection

words = st.text(alphabet="abæøå ,.\n\t1_-", max_size=40) | st.text(max_size=20)
plans = st.dictionaries(st.sampled_from(PlanSection), words)
HELPS = PlanSection.HELPS


@given(plans, plans)
@example({HELPS: "ring  til Anna.\n"}, {HELPS: "Ring til Anna, og gå en tur"})
def test_the_pieces_put_together_are_both_texts(
    old: dict[PlanSection, str], new: dict[PlanSection, str]
) -> None:
    changes = compare(old, new)
    assert tuple(change.section for change in changes) == SECTIONS
    for change in changes:
        before = "".join(text for op, text in change.pieces if op is not PieceOp.ADDED)
        after = "".join(text for op, text in change.pieces if op is not PieceOp.REMOVED)
        assert (before, after) == (old.get(change.section, ""), new.get(change.section, ""))
        assert all(text for _, text in change.pieces)


@given(plans)
def test_a_plan_is_the_same_as_itself(plan: dict[PlanSection, str]) -> None:
    changes = compare(plan, plan)
    assert {change.kind for change in changes} == {ChangeKind.SAME}
    assert {op for change in changes for op, _ in change.pieces} <= {PieceOp.SAME}


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("", "gå en tur", ChangeKind.ADDED),
        ("  ", "gå en tur", ChangeKind.ADDED),
        ("gå en tur", "", ChangeKind.REMOVED),
        ("gå en tur", "gå to ture", ChangeKind.CHANGED),
        ("gå en tur", "gå en tur", ChangeKind.SAME),
        ("", " \n", ChangeKind.SAME),
    ],
)
def test_a_section_is_added_removed_or_changed(old: str, new: str, kind: ChangeKind) -> None:
    change = compare({HELPS: old}, {HELPS: new})[SECTIONS.index(HELPS)]
    assert change.kind is kind


def test_a_change_is_told_word_by_word() -> None:
    change = compare({HELPS: "gå en tur"}, {HELPS: "gå en lang tur"})[SECTIONS.index(HELPS)]
    assert [text.strip() for op, text in change.pieces if op is PieceOp.ADDED] == ["lang"]
    assert not [text for op, text in change.pieces if op is PieceOp.REMOVED]


def test_a_version_of_no_sections_lacks_them_all() -> None:
    assert {change.kind for change in compare({}, {})} == {ChangeKind.SAME}


@given(plans, st.frozensets(st.sampled_from(PlanSection)))
def test_a_reader_sees_shared_sections_with_text_in_order_and_nothing_else(
    plan: dict[PlanSection, str], shared: frozenset[PlanSection]
) -> None:
    seen = visible_sections(plan, shared)
    assert set(seen) == {section for section in shared if plan.get(section, "").strip()}
    assert list(seen) == [section for section in SECTIONS if section in seen]
    assert all(plan[section] == text for section, text in seen.items())
