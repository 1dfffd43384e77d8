from typing import Any

import pytest

from lygte.apps.accounts import provisioning, selectors, services
from lygte.apps.accounts.models import Grant, User
from lygte.apps.accounts.provisioning import Step
from lygte.apps.audit.models import AuditEvent
from lygte.apps.core.refusals import Refused
from lygte.domain.access import AccessDenied, system
from lygte.domain.events import Verb
from lygte.domain.provisioning import read
from lygte.domain.time import day_of
from lygte.domain.vocab import Role
from tests.world import NOW, World, client_of


def _follow(world: World, *lines: str, dry_run: bool = False) -> tuple[list[Any], list[Any]]:
    heads = ("username", "name", "state", "roles")
    rows = [dict(zip(heads, line.split(";"), strict=True)) for line in lines]
    wanted, wrong = read(rows)
    assert wrong == []
    return provisioning.follow(
        actor=system(world.here.municipality.pk), now=NOW, wanted=wanted, dry_run=dry_run
    )


def _roles(username: str) -> set[tuple[str, Any]]:
    rows = selectors.running_grants(day_of(NOW)).filter(user__username=username)
    return {(row.role, row.service_id) for row in rows}


def test_a_joiner_gets_an_account_with_roles_and_no_known_password(world: World) -> None:
    with world.here.scope():
        done, wrong = _follow(world, "ny;Opdigtet Ny;active;worker@lysborg-havnegade leader@lysborg-skovbryn")
        assert wrong == []
        assert [one.step for one in done] == [Step.MADE, Step.ROLE_GIVEN, Step.ROLE_GIVEN]
        here = world.here
        assert _roles("ny") == {("worker", here.service.pk), ("leader", here.other_service.pk)}


def test_the_same_list_twice_changes_nothing_the_second_time(world: World) -> None:
    line = "ny;Opdigtet Ny;active;worker@lysborg-havnegade"
    with world.here.scope():
        _follow(world, line)
        assert _follow(world, line) == ([], [])


def test_a_mover_loses_the_old_service_and_gets_the_new_one_with_days(world: World) -> None:
    worker = world.here.users[Role.WORKER]
    with world.here.scope():
        _follow(world, f"{worker.username};;active;worker@lysborg-skovbryn")
        old, new = Grant.objects.filter(user=worker).order_by("valid_from")
        assert _roles(worker.username) == {("worker", world.here.other_service.pk)}
        assert old.valid_to is not None
        assert new.valid_from == day_of(NOW)


def test_the_next_request_of_a_mover_is_judged_by_the_new_roles(world: World) -> None:
    worker = world.here.users[Role.WORKER]
    browser = client_of(worker)
    board = f"/tilbud/{world.here.service.slug}/vagten/"
    assert browser.get(board).status_code == 200
    with world.here.scope():
        _follow(world, f"{worker.username};;active;worker@lysborg-skovbryn")
    assert browser.get(board).status_code in (403, 404)


def test_the_sessions_of_a_leaver_end_at_once(world: World) -> None:
    worker = world.here.users[Role.WORKER]
    browser = client_of(worker)
    with world.here.scope():
        done, wrong = _follow(world, f"{worker.username};;closed;")
        assert ([one.step for one in done], wrong) == ([Step.CLOSED], [])
        assert AuditEvent.objects.filter(verb=Verb.USER_CLOSED.value, subject_id=worker.pk).exists()
    answer = browser.get("/")
    assert answer.status_code == 302
    assert "/konto/login/" in answer.headers["Location"]


def test_somebody_who_comes_back_begins_without_role_password_or_second_step(world: World) -> None:
    worker = world.here.users[Role.WORKER]
    with world.here.scope():
        _follow(world, f"{worker.username};;closed;")
        done, _wrong = _follow(world, f"{worker.username};;active;")
        assert [one.step for one in done] == [Step.REOPENED]
        worker.refresh_from_db()
        assert worker.is_active
        assert worker.must_change_password
        assert _roles(worker.username) == set()
        assert selectors.second_factors([worker.pk]) == {}


def test_one_wrong_line_undoes_the_whole_list(world: World) -> None:
    with world.here.scope():
        _done, wrong = _follow(
            world,
            "ny;Opdigtet Ny;active;worker@lysborg-havnegade",
            "ny2;Opdigtet Ny;active;worker@findes-ikke",
            "ny3;;active;",
            "ukendt;;closed;",
            f"{world.there.users[Role.WORKER].username};;closed;",
        )
        assert [(one.line, one.code) for one in wrong] == [
            (3, "unknown_service"),
            (4, "required"),
            (5, "unknown_user"),
            (6, "unknown_user"),
        ]
    assert not User.objects.filter(username__startswith="ny").exists()


def test_a_trial_tells_and_does_nothing(world: World) -> None:
    with world.here.scope():
        done, wrong = _follow(world, "ny;Opdigtet Ny;active;", dry_run=True)
        assert ([one.step for one in done], wrong) == ([Step.MADE], [])
    assert not User.objects.filter(username="ny").exists()


def test_an_administrator_can_hand_over_to_the_next_within_one_list(world: World) -> None:
    old = world.here.users[Role.ADMINISTRATOR].username
    with world.here.scope():
        alone = _follow(world, f"{old};;closed;")[1]
        assert [one.code for one in alone] == ["last_administrator"]
        both = _follow(world, f"{old};;closed;", "ny;Ny;active;administrator@lysborg-havnegade")
        assert both[1] == []


def test_nobody_but_who_manages_users_can_follow_a_list(world: World) -> None:
    with world.here.scope(), pytest.raises(AccessDenied):
        provisioning.follow(actor=world.here.worker, now=NOW, wanted=[])


def test_an_open_account_cannot_be_opened_again(world: World) -> None:
    with world.here.scope(), pytest.raises(Refused, match="open"):
        services.reopen_user(
            actor=system(world.here.municipality.pk), now=NOW, user_id=world.here.users[Role.WORKER].pk
        )


def test_an_administrator_opens_a_closed_account_on_its_page_and_sees_a_password_once(world: World) -> None:
    worker = world.here.users[Role.WORKER]
    with world.here.scope():
        _follow(world, f"{worker.username};;closed;")
    browser = world.here.client(Role.ADMINISTRATOR)
    page = f"/tilbud/{world.here.service.slug}/indstillinger/brugere/{worker.pk}/"
    assert f"{page}genaabn/" in browser.get(page).content.decode()
    answer = browser.post(f"{page}genaabn/")
    worker.refresh_from_db()
    assert answer.status_code == 200
    assert worker.is_active
    assert any(worker.check_password(word) for word in answer.context["secret"].split())
    assert f"{page}genaabn/" not in browser.get(page).content.decode()
