from hypothesis import given
from hypothesis import strategies as st

from lygte.domain.provisioning import COLUMNS, State, WantedRole, read, read_roles
from lygte.domain.vocab import Role


def _row(username: str = "bo", name: str = "Bo", state: str = "active", roles: str = "") -> dict[str, str]:
    return dict(zip(COLUMNS, (username, name, state, roles), strict=True))


def test_a_line_says_who_and_which_roles_where() -> None:
    wanted, wrong = read([_row(" Bo ", " Opdigtet Bo ", "", "worker@havnegade leader@*")])
    assert wrong == []
    assert (wanted[0].line, wanted[0].username, wanted[0].name) == (2, "bo", "Opdigtet Bo")
    assert wanted[0].state is State.ACTIVE
    assert wanted[0].roles == {WantedRole(Role.WORKER, "havnegade"), WantedRole(Role.LEADER)}


def test_a_wrong_line_is_named_with_its_fault_and_the_others_are_read() -> None:
    rows = [
        _row(""),
        _row("bo"),
        _row("BO"),
        _row("al", state="away"),
        _row("it", roles="worker"),
        _row("ea", state="closed", roles="worker@x"),
    ]
    wanted, wrong = read(rows)
    assert [one.username for one in wanted] == ["bo"]
    assert [(one.line, one.code) for one in wrong] == [
        (2, "username"),
        (4, "twice"),
        (5, "state"),
        (6, "role"),
        (7, "roles_of_closed"),
    ]


@given(st.lists(st.dictionaries(st.sampled_from([*COLUMNS, "more"]), st.text(max_size=30)), max_size=6))
def test_whatever_stands_in_a_file_each_line_is_wanted_or_wrong(rows: list[dict[str, str]]) -> None:
    wanted, wrong = read(rows)
    assert sorted([*(one.line for one in wanted), *(one.line for one in wrong)]) == [*range(2, len(rows) + 2)]


@given(st.text(max_size=40))
def test_no_text_makes_a_role_that_does_not_exist(text: str) -> None:
    roles = read_roles(text)
    assert roles is None or all(isinstance(one.role, Role) for one in roles)
