import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from lygte.apps.insight.synth.make import exists
from lygte.apps.tenancy import selectors as tenancy
from lygte.interfaces.cli.call import kept_line
from lygte.interfaces.cli.demo import make_when_empty
from lygte.interfaces.cli.main import main

NOW = "2026-11-20T19:00+01:00"


def demo(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--home", str(home), "demo", "--size", "small", *arguments])


@pytest.fixture
def made(db: None, tmp_path: Path) -> Result:
    return demo(tmp_path, "--now", NOW, "--expected", str(tmp_path / "also.json"))


def test_it_invents_the_municipalities_and_says_who_may_be_tried_on(made: Result) -> None:
    assert made.exit_code == 0, made.output
    assert exists()
    assert "mette" in made.output
    assert "Lysborg Kommune" in made.output


def test_it_writes_the_right_answers_in_the_home_folder_and_where_asked(made: Result, tmp_path: Path) -> None:
    sheet = json.loads((tmp_path / "expected.json").read_text(encoding="utf-8"))
    assert sheet == json.loads((tmp_path / "also.json").read_text(encoding="utf-8"))
    assert (sheet["size"], sheet["seed"], sheet["now"]) == ("small", 1, "2026-11-20T18:00:00+00:00")


def test_it_keeps_what_a_telephone_in_a_terminal_needs_to_know(made: Result, tmp_path: Path) -> None:
    line = kept_line(tmp_path, "havnegade")
    assert line is not None
    assert line.municipality == "lysborg"
    assert line.secret
    assert line.secret not in made.output


def test_it_refuses_to_invent_them_twice(made: Result, tmp_path: Path) -> None:
    again = demo(tmp_path)
    assert again.exit_code == 1
    assert "already" in again.output
    assert len(tenancy.municipalities()) == 2


@pytest.mark.parametrize("moment", ["yesterday", "2026-11-20T19:00"])
def test_a_moment_that_is_none_or_has_no_offset_is_refused(moment: str, tmp_path: Path) -> None:
    refused = demo(tmp_path, "--now", moment)
    assert refused.exit_code == 2
    assert "--now" in refused.output


@pytest.mark.django_db
def test_a_server_with_invented_people_makes_them_once(tmp_path: Path) -> None:
    with click.Context(main, info_name="lygte") as context:
        context.params["home"] = tmp_path
        make_when_empty(size="small")
        first = (tmp_path / "expected.json").read_bytes()
        make_when_empty(size="small")
    assert (tmp_path / "expected.json").read_bytes() == first
    assert len(tenancy.municipalities()) == 2
