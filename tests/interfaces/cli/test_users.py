from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lygte.apps.accounts import selectors
from lygte.apps.accounts.models import User
from lygte.apps.tenancy import selectors as tenancy
from lygte.domain.time import day_of
from lygte.domain.vocab import Role
from lygte.interfaces.cli.main import main
from tests.world import PASSWORD, World

OWN = "en-anden-lang-opdigtet-saetning"


def _run(*arguments: str, typed: str = "") -> Any:
    return CliRunner().invoke(main, list(arguments), input=typed)


def test_an_installation_begins_with_a_municipality_a_service_and_an_administrator(db: None) -> None:
    made = _run("municipality", "add", "--key", "lysborg", "--name", "Lysborg Kommune")
    assert made.exit_code == 0, made.output
    service = (
        "service",
        "add",
        "--municipality",
        "lysborg",
        "--name",
        "Akuttilbuddet",
        "--slug",
        "havnegade",
    )
    assert _run(*service, "--model", "integrated").exit_code == 0
    added = _run(
        *(
            "user",
            "--municipality",
            "lysborg",
            "add",
            "bo",
            "--name",
            "Opdigtet Bo",
            "--role",
            "administrator",
        ),
        typed=f"{OWN}\n{OWN}\n",
    )
    assert added.exit_code == 0, added.output
    assert OWN not in added.output
    with tenancy.scope_of_key("lysborg") as found:
        assert not found.is_invented
        bo = selectors.user_by_name("bo")
        grants = selectors.grants_of([bo.pk])[bo.pk]
    assert bo.check_password(OWN)
    assert [(grant.role, grant.service_id) for grant in grants] == [(Role.ADMINISTRATOR.value, None)]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("municipality", "add", "--key", "lysborg", "--name", "x"), "in use already"),
        (("municipality", "add", "--key", "Lys Borg", "--name", "x"), "small letters"),
        (
            ("service", "add", "--municipality", "x", "--name", "x", "--slug", "xx", "--model", "integrated"),
            "no municipality",
        ),
        (("user", "--municipality", "lysborg", "role", "x", "--role", "worker"), "no such user"),
        (
            (
                "user",
                "--municipality",
                "lysborg",
                "role",
                "lysborg-worker",
                "--role",
                "worker",
                "--service",
                "x",
            ),
            "no such service",
        ),
        (("user", "--municipality", "lysborg", "reset", "fyrnes-worker"), "no such user"),
        (("user", "--municipality", "x", "close", "lysborg-worker"), "no such municipality"),
        (("user", "--municipality", "lysborg", "close", "lysborg-administrator"), "Somebody must be left"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    world: World, arguments: tuple[str, ...], sentence: str
) -> None:
    answer = _run(*arguments)
    assert answer.exit_code == 1
    assert sentence in answer.output


def test_a_weak_password_is_refused_and_nobody_is_made(world: World) -> None:
    add = ("user", "--municipality", "lysborg", "add", "ny", "--name", "Ny")
    assert _run(*add, typed="kort\nkort\n").exit_code == 1
    assert not User.objects.filter(username="ny").exists()


def test_a_wrong_service_makes_no_half_user(world: World) -> None:
    add = (
        "user",
        "--municipality",
        "lysborg",
        "add",
        "ny",
        "--name",
        "Ny",
        "--role",
        "worker",
        "--service",
        "x",
    )
    assert _run(*add, typed=f"{OWN}\n{OWN}\n").exit_code == 1
    assert not User.objects.filter(username="ny").exists()


def test_a_reset_prints_a_password_that_must_be_exchanged(world: World) -> None:
    answer = _run("user", "--municipality", "lysborg", "reset", "lysborg-worker", "--second-factor", "lost")
    user = User.objects.get(username="lysborg-worker")
    assert user.check_password(answer.output.strip())
    assert user.must_change_password
    assert not user.check_password(PASSWORD)


def test_a_closed_user_holds_no_role(world: World) -> None:
    assert _run("user", "--municipality", "lysborg", "close", "lysborg-worker").exit_code == 0
    user = User.objects.get(username="lysborg-worker")
    with world.here.scope():
        from django.utils import timezone

        assert selectors.actor_for(user, today=day_of(timezone.now())).grants == ()
    assert not user.is_active


def test_a_list_of_staff_is_tried_then_followed(world: World, tmp_path: Path) -> None:
    file = tmp_path / "staff.csv"
    file.write_text("username;name;state;roles\nny;Opdigtet Ny;active;worker@lysborg-havnegade\n")
    tried = _run("user", "--municipality", "lysborg", "sync", str(file), "--dry-run")
    assert tried.output == "ny: account made\nny: role given\nNothing is changed: this was a trial.\n"
    assert not User.objects.filter(username="ny").exists()
    followed = _run("user", "--municipality", "lysborg", "sync", str(file))
    assert followed.output.endswith("2 changes are made.\n")
    assert User.objects.get(username="ny").is_active


def test_a_list_with_wrong_lines_names_each_and_changes_nothing(world: World, tmp_path: Path) -> None:
    file = tmp_path / "staff.csv"
    file.write_text("username;name;state;roles\nny;Ny;active;\nny;Ny;active;\nbo;Bo;active;worker@nowhere\n")
    ended = _run("user", "--municipality", "lysborg", "sync", str(file))
    assert ended.exit_code == 1
    assert "Line 3: The username stands on the list twice." in ended.output
    assert "Line 4: There is no such service." in ended.output
    assert not User.objects.filter(username="ny").exists()


def test_a_closed_account_is_opened_again_with_a_one_time_password(world: World) -> None:
    name = world.here.users[Role.WORKER].username
    assert _run("user", "--municipality", "lysborg", "close", name).exit_code == 0
    opened = _run("user", "--municipality", "lysborg", "reopen", name)
    assert User.objects.get(username=name).check_password(opened.output.strip())
