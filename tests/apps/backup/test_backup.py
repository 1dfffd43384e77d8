from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, connections

from drills.restore import digests
from lygte.apps.backup import restoring, selectors, services
from lygte.apps.backup.problems import BackupProblem
from lygte.apps.backup.tables import is_copied, kind_of_field
from lygte.apps.backup.vault import Vault
from lygte.apps.people import selectors as people
from lygte.domain.backups import Keep
from tests.apps.backup.conftest import KEY, live_on
from tests.world import NOW, Place, World

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def pieces_of(vault: Vault, copy_id: str) -> set[tuple[str, str, int]]:
    """Return the pieces, without the table that notes when the copy was taken."""
    found = set(services.listed_pieces(vault.read_list(copy_id)))
    return {piece for piece in found if piece[0] != "jobs_dutyrun"}


def piece_of(vault: Vault, table: str, copy_id: str) -> Path:
    return next(vault.piece(name) for held, name, _ in pieces_of(vault, copy_id) if held == table)


def is_guarded() -> bool:
    """Return whether nobody sees the trail without a scope, or whether nobody can change it."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_auditevent")
        if connections["default"].vendor == "postgresql":
            return bool(cursor.fetchone()[0] == 0)
        with pytest.raises(DatabaseError, match="only grows"):
            cursor.execute("UPDATE audit_auditevent SET verb = 'none'")
        return True


def is_found(place: Place, alias: str) -> bool:
    with place.scope():
        return len(people.search(actor=place.worker, now=NOW, service=place.service, term=alias)) == 1


def test_every_column_of_every_model_has_a_kind() -> None:
    for model in apps.get_models(include_auto_created=True):
        if is_copied(model._meta.db_table):
            assert all(kind_of_field(field) for field in model._meta.concrete_fields)


def test_a_copy_comes_back_equal_in_every_kind_of_database_also_after_a_cut(
    lived_in: World, vault: Vault, empty_database: Callable[[str], Any]
) -> None:
    taken = services.take(vault, now=NOW)
    assert taken.rows > 100
    of_tomorrow = {**vault.read_list(taken.id), "migrations": [["contacts", "9999_of_tomorrow"]]}
    vault.keep_list("of-tomorrow", of_tomorrow)
    exports = digests(NOW)
    for vendor in sorted({"sqlite", connection.vendor}):
        with empty_database(vendor):
            with pytest.raises(BackupProblem, match="contacts 9999_of_tomorrow"):
                restoring.restore(vault, at="of-tomorrow")
            with pytest.raises(KeyboardInterrupt):
                restoring.restore(vault, at=taken.id, progress=cut_off)
            assert restoring.unfinished()
            assert restoring.restore(vault, at=taken.id) == (taken.id, taken.rows)
            assert not restoring.unfinished()
            again = services.take(vault, now=NOW + HOUR)
            assert again.vendor == vendor
            assert pieces_of(vault, again.id) == pieces_of(vault, taken.id)
            assert is_found(lived_in.here, "Zebrastribe")
            assert is_guarded()
            assert digests(NOW) == exports
            with pytest.raises(BackupProblem, match="is not empty"):
                restoring.restore(vault, at=taken.id)


def cut_off(done: int, of: int) -> None:
    if done > of // 4:
        raise KeyboardInterrupt


def test_what_is_unchanged_is_written_once_and_cleaning_keeps_what_copies_need(
    lived_in: World, vault: Vault
) -> None:
    assert selectors.last_good_backup() is None
    seen: list[tuple[int, int]] = []
    first = services.take(vault, now=NOW, progress=lambda done, of: seen.append((done, of)))
    assert seen[-1] == (first.rows, first.rows)
    assert selectors.last_good_backup() == NOW
    for day in (1, 2):
        before = set(vault.piece_files())
        live_on(lived_in.here)
        newest = services.take(vault, now=NOW + day * DAY)
        assert 0 < len(set(vault.piece_files()) - before) < newest.pieces / 3
    gone, pieces = services.prune(vault, keep=Keep(days=2, weeks=0, months=0))
    assert gone == [first.id]
    assert pieces > 0
    assert [copy.id for copy in services.copies(vault)][-1] == newest.id
    assert services.verify(vault) == (len(set(vault.piece_files())), [])


def test_a_file_that_was_harmed_and_a_key_that_is_not_the_right_one_are_named_with_the_remedy(
    lived_in: World, vault: Vault, settings: Any
) -> None:
    taken = services.take(vault, now=NOW)
    path = piece_of(vault, "people_person", taken.id)
    sealed = path.read_bytes()
    of_another_place = piece_of(vault, "contacts_contact", taken.id).read_bytes()
    for harmed in (sealed[:-1] + bytes([sealed[-1] ^ 1]), sealed[: len(sealed) // 2], of_another_place, None):
        path.write_bytes(harmed) if harmed else path.unlink()
        _, (wrong,) = services.verify(vault, at=taken.id)
        assert str(path) in str(wrong)
        assert "lygte backup" in str(wrong)
    services.take(vault, now=NOW + HOUR)  # the remedy
    assert services.verify(vault)[1] == []
    with pytest.raises(BackupProblem, match="another backup key"):
        services.copies(Vault(vault.folder, bytes(32)))
    settings.LYGTE_MASTER_KEY = bytes(32)
    with pytest.raises(BackupProblem, match="another master key"):
        restoring.restore(vault)


def test_a_list_that_was_renamed_opens_nothing_and_stops_cleaning(lived_in: World, vault: Vault) -> None:
    taken = services.take(vault, now=NOW)
    (vault.folder / "copies" / taken.id).rename(vault.folder / "copies" / "20990101T000000Z-ffffff")
    with pytest.raises(BackupProblem, match="20990101T000000Z-ffffff is damaged"):
        restoring.restore(vault)
    before = set(vault.piece_files())
    with pytest.raises(BackupProblem, match="is damaged"):
        services.prune(vault, keep=Keep())
    assert set(vault.piece_files()) == before


def test_a_full_disk_leaves_no_copy_that_counts_and_the_next_one_goes_on(
    lived_in: World, vault: Vault
) -> None:
    first = services.take(vault, now=NOW)
    live_on(lived_in.here)
    with pytest.raises(BackupProblem, match="No space left"):
        services.take(FullDisk(vault.folder, KEY, room=1), now=NOW + DAY)
    assert [copy.id for copy in services.copies(vault)] == [first.id]
    assert not list(vault.folder.rglob("*.part"))
    assert selectors.last_good_backup() == NOW
    services.take(vault, now=NOW + DAY)
    assert services.verify(vault)[1] == []


class FullDisk(Vault):
    """A folder that takes so many more files; then the device that is always full stands in its place."""

    def __init__(self, folder: Path, key: bytes, *, room: int) -> None:
        super().__init__(folder, key)
        self.room = room

    def write(self, path: Path, content: bytes) -> None:
        self.room -= 1
        if self.room < 0:
            path.with_name(f"{path.name}.part").symlink_to("/dev/full")
        super().write(path, content)
