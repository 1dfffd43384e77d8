from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from lygte.apps.contacts.models import Contact
from lygte.interfaces.cli.main import main
from tests.world import World

HEAD = "dato;klokken;henvendelsesmåde;krisegrad;minutter;cpr"
ROW = "02-11-2025;20.30;telefon;let;20;"
CPR = "011360-1234"


@pytest.fixture
def run(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("LANGUAGE", "LC_ALL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")

    def invoke(*arguments: str) -> Result:
        where = ("--service", world.here.service.slug, "--municipality", world.here.municipality.key)
        return CliRunner().invoke(main, ["--home", str(tmp_path / "home"), *arguments, *where])

    return invoke


def contacts(world: World) -> int:
    with world.here.scope():
        return Contact.objects.count()


def written(tmp_path: Path, *rows: str) -> str:
    path = tmp_path / "gamle.csv"
    path.write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    return str(path)


def test_contacts_of_a_file_are_stored_once(run: Any, world: World, tmp_path: Path) -> None:
    file = written(tmp_path, ROW, ROW)
    first, again = run("import", "contacts", file), run("import", "contacts", file)
    assert first.exit_code == 0 and "2 contacts are stored" in first.output, first.output
    assert again.exit_code == 0 and "0 contacts are stored, 2 were here already" in again.output
    assert contacts(world) == 2


def test_a_dry_run_checks_and_stores_nothing(run: Any, world: World, tmp_path: Path) -> None:
    result = run("import", "contacts", written(tmp_path, ROW), "--dry-run")
    assert result.exit_code == 0 and "1 contacts are new" in result.output
    assert contacts(world) == 0


def test_the_first_wrong_row_is_told_and_nothing_is_stored(run: Any, world: World, tmp_path: Path) -> None:
    result = run(
        "import", "contacts", written(tmp_path, ROW, f"x;20.30;{CPR};let;20;", "y;20.30;telefon;let;20;")
    )
    assert result.exit_code == 1
    assert "Row 3, date: is not a date." in result.output and "Row 4" not in result.output
    assert CPR not in result.output and "Nothing is stored." in result.output
    assert contacts(world) == 0


def test_everything_that_is_wrong_is_reported_to_a_file(run: Any, world: World, tmp_path: Path) -> None:
    report = tmp_path / "fejl.csv"
    file = written(tmp_path, f"x;20.30;{CPR};let;20;", ROW, "y;20.30;telefon;let;20;")
    result = run("import", "contacts", file, "--on-error", "report", "--report", str(report))
    assert result.exit_code == 1 and "3 problems are written" in result.output
    lines = report.read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(";")[0] for line in lines] == ["row", "2", "2", "4"]
    assert CPR not in "".join(lines) and contacts(world) == 0


def test_the_report_lies_beside_the_file_when_no_place_is_named(
    run: Any, world: World, tmp_path: Path
) -> None:
    run("import", "contacts", written(tmp_path, "x;20.30;telefon;let;20;"), "--on-error", "report")
    assert (tmp_path / "gamle.errors.csv").exists()


def test_a_file_that_cannot_be_read_says_why(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "ark.csv"
    path.write_bytes(b"PK\x03\x04")
    result = run("import", "contacts", str(path))
    assert result.exit_code == 1 and "This is a spreadsheet" in result.output


def test_an_unknown_service_is_answered_with_those_that_there_are(world: World, tmp_path: Path) -> None:
    file = written(tmp_path, ROW)
    command = ["--home", str(tmp_path / "home"), "import", "contacts", file, "--service", "nowhere"]
    unclear = CliRunner().invoke(main, command)
    assert unclear.exit_code == 1 and "fyrnes, lysborg" in unclear.output
    unknown = CliRunner().invoke(main, [*command, "--municipality", "lysborg"])
    assert unknown.exit_code == 1 and "lysborg-havnegade" in unknown.output


def test_what_is_exported_can_be_imported_again(run: Any, world: World, tmp_path: Path) -> None:
    run("import", "contacts", written(tmp_path, ROW + CPR, ROW))
    out = tmp_path / "ud.csv"
    result = run("export", "contacts", "--output", str(out))
    assert result.exit_code == 0, result.output
    assert out.stat().st_mode & 0o777 == 0o600
    assert len(out.read_text(encoding="utf-8-sig").splitlines()) == 3
    again = run("export", "contacts", "--output", str(out))
    assert again.exit_code == 1
    checked = run("import", "contacts", str(out), "--dry-run")
    assert checked.exit_code == 0, checked.output
    assert "0 contacts are new, 2 are here already" in checked.output


def test_the_pseudonymous_export_holds_no_number(run: Any, tmp_path: Path) -> None:
    run("import", "contacts", written(tmp_path, ROW + CPR))
    full = run("export", "contacts", "--from", "2025-11-02", "--to", "2025-11-02")
    pseudonymous = run("export", "contacts", "--pseudonymous")
    assert CPR.replace("-", "") in full.output
    assert CPR.replace("-", "") not in pseudonymous.output and "20:30" not in pseudonymous.output
    assert run("export", "contacts", "--to", "2025-11-01").output.count("\n") == 1
