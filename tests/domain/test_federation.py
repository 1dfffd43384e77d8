import base64
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lygte.domain import federation
from lygte.domain.access import Grant
from lygte.domain.federation import Fault, Level, Mapped, NotOpened, Privilege, Statement
from lygte.domain.vocab import Role

OWN, OTHER = "11111111", "22222222"
NAMESPACE = "http://digst.dk/oiosaml/basic_privilege_profile"
SERVICE = UUID(int=7)
WORKER = Mapped("http://lygte.example/roles/worker/1", Grant(Role.WORKER, SERVICE))
EVALUATOR = Mapped("http://lygte.example/roles/evaluator/1", Grant(Role.EVALUATOR), Level.LOW)


def group(*names: str, cvr: str = OWN, more: str = "") -> str:
    rights = "".join(f"<Privilege>{name}</Privilege>" for name in names)
    return f'<PrivilegeGroup Scope="{federation.SCOPE_OF_CVR}{cvr}">{more}{rights}</PrivilegeGroup>'


def encoded(*groups: str, before: str = "") -> str:
    xml = f'{before}<p:PrivilegeList xmlns:p="{NAMESPACE}">{"".join(groups)}</p:PrivilegeList>'
    return base64.b64encode(xml.encode()).decode()


def _statement(*privileges: Privilege, level: Level = Level.SUBSTANTIAL, cvr: str = OWN) -> Statement:
    return Statement("subject", "Opdigtet Bo", cvr, level, privileges)


def _claims(**changed: object) -> dict[str, object]:
    names = {"version": federation.SPEC_VERSION, "subject": federation.SUBJECT, "cvr": federation.CVR}
    names |= {"level": federation.LEVEL, "privileges": federation.PRIVILEGES}
    claims: dict[str, object] = {
        federation.SPEC_VERSION: "OIO-SAML-3.0",
        federation.SUBJECT: "urn:uuid:bo",
        federation.CVR: OWN,
        federation.LEVEL: "Substantial",
        federation.FULL_NAME: "Opdigtet Bo",
        federation.PRIVILEGES: encoded(group(WORKER.privilege)),
    }
    return claims | {names[key]: value for key, value in changed.items()}


def test_a_statement_is_read_with_level_organisation_and_privileges() -> None:
    found = federation.read_statement(_claims())
    assert (found.subject, found.name, found.cvr) == ("urn:uuid:bo", "Opdigtet Bo", OWN)
    assert found.level is Level.SUBSTANTIAL
    assert found.privileges == (Privilege(WORKER.privilege, OWN),)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"version": "DK-SAML-2.0"}, Fault.VERSION),
        ({"subject": ""}, Fault.SUBJECT),
        ({"subject": ["a", "b"]}, Fault.SUBJECT),
        ({"cvr": "1234567"}, Fault.CVR),
        ({"cvr": "١٢٣٤٥٦٧٨"}, Fault.CVR),
        ({"level": "3"}, Fault.LEVEL),
        ({"privileges": 7}, Fault.PRIVILEGES),
        ({"privileges": "not base64!"}, Fault.PRIVILEGES),
    ],
)
def test_a_statement_that_cannot_be_read_opens_nothing(changed: dict[str, object], fault: Fault) -> None:
    with pytest.raises(NotOpened) as problem:
        federation.read_statement(_claims(**changed))
    assert problem.value.fault is fault


def test_groups_keep_their_organisation_and_a_constraint_narrows_its_own_group_only() -> None:
    limit = '<Constraint Name="urn:kle">25.*</Constraint>'
    groups = (group("a", more=limit), group("b", "c", cvr=OTHER), group("d"))
    assert federation.read_privileges(encoded(*groups)) == (
        Privilege("a", OWN, narrowed=True),
        Privilege("b", OTHER),
        Privilege("c", OTHER),
        Privilege("d", OWN),
    )


BOMB = '<!DOCTYPE a [<!ENTITY x "xxxxxxxx"><!ENTITY y "&x;&x;&x;&x;">]>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    "listed",
    [
        encoded(group("&y;"), before=BOMB),
        encoded(group("&x;"), before=OUTSIDE),
        encoded("<Other/>"),
        base64.b64encode(b"<PrivilegeGroup/>").decode(),
        base64.b64encode(b"<PrivilegeList><PrivilegeGroup>").decode(),
        base64.b64encode(b'<?xml version="1.0" encoding="utf-99"?><PrivilegeList/>').decode(),
        "A" * (federation.LONGEST_LIST + 4),
    ],
)
def test_entities_foreign_elements_and_half_lists_are_refused(listed: str) -> None:
    with pytest.raises(NotOpened, match="privileges"):
        federation.read_privileges(listed)


@given(st.binary(max_size=200).map(lambda raw: base64.b64encode(raw).decode()) | st.text(max_size=200))
def test_garbage_never_makes_a_privilege_for_an_organisation(listed: str) -> None:
    try:
        found = federation.read_privileges(listed)
    except NotOpened:
        found = ()
    assert not any(one.cvr for one in found)


def test_mapped_privileges_of_the_own_organisation_give_their_roles() -> None:
    held = [Privilege(WORKER.privilege, OWN), Privilege(EVALUATOR.privilege, OTHER), Privilege("x", OWN)]
    assert federation.grants_of(_statement(*held), [WORKER, EVALUATOR], cvr=OWN) == {WORKER.grant}


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (_statement(Privilege(WORKER.privilege, OTHER), cvr=OTHER), Fault.CVR),
        (_statement(), Fault.NO_ROLE),
        (_statement(Privilege(WORKER.privilege, OTHER)), Fault.NO_ROLE),
        (_statement(Privilege(WORKER.privilege, OWN, narrowed=True)), Fault.NO_ROLE),
        (_statement(Privilege(WORKER.privilege, OWN), level=Level.LOW), Fault.LEVEL),
    ],
)
def test_another_organisation_no_privilege_or_a_low_level_opens_nothing(
    statement: Statement, fault: Fault
) -> None:
    with pytest.raises(NotOpened) as problem:
        federation.grants_of(statement, [WORKER, EVALUATOR], cvr=OWN)
    assert problem.value.fault is fault


def test_a_low_level_gives_only_the_roles_that_ask_for_no_more() -> None:
    both = _statement(Privilege(WORKER.privilege, OWN), Privilege(EVALUATOR.privilege, OWN), level=Level.LOW)
    assert federation.grants_of(both, [WORKER, EVALUATOR], cvr=OWN) == {EVALUATOR.grant}
