"""The folder of a backup: sealed pieces that are never written twice, and a sealed list for each copy.

    lygte-backup.json     the form of the folder, and a check of the key
    pieces/ab/ab12…       compressed and sealed; the name is a keyed digest of the content
    copies/ID             what belongs to the copy; written last, so that a copy without its list is none

All keys come from the backup key. The name of a file is authenticated with its content, so that one put in
the place of another does not open.
"""

import fcntl
import hashlib
import hmac
import json
import os
import secrets
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lygte.apps.backup.problems import BackupProblem, Damaged

FORM = 1
MARK = "lygte-backup.json"
NONCE = 12
LEVEL = 1


class Vault:
    """A folder of copies, opened with the backup key."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self.folder = folder
        self._names = _derived(key, "names")
        self._sealing = AESGCM(_derived(key, "sealing"))
        self._check = _derived(key, "check").hex()[:16]

    def prepare(self) -> None:
        """Make the folder unless it is there; refuse one that holds something else or has another key."""
        mark = self.folder / MARK
        if not mark.exists():
            if self.folder.exists() and any(self.folder.iterdir()):
                raise BackupProblem(f"{self.folder} holds other things. Name an empty or a new folder.")
            for part in ("pieces", "copies"):
                (self.folder / part).mkdir(parents=True, exist_ok=True, mode=0o700)
            self.write(mark, json.dumps({"form": FORM, "key": self._check}).encode() + b"\n")
        self.recognise()

    def recognise(self) -> None:
        """Raise `BackupProblem` unless the folder is a backup of ours and of this key."""
        mark = self.folder / MARK
        try:
            told = json.loads(mark.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise BackupProblem(f"{self.folder} is no backup: {MARK} is missing.") from None
        except ValueError:
            raise Damaged(f"{mark} is damaged. Copy it from another copy of this folder.") from None
        if told.get("form") != FORM:
            raise BackupProblem(f"{mark} tells of another form. Use the version of Lygte that wrote it.")
        if told.get("key") != self._check:
            raise BackupProblem(f"{self.folder} was made with another backup key. Give that key.")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other backups and cleanings of the folder out."""
        with (self.folder / "lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BackupProblem(f"Another command works in {self.folder}. Wait for it to end.") from None
            yield

    # Pieces

    def put(self, table: str, content: bytes) -> tuple[str, int]:
        """Keep a piece unless it is kept already; return its name and the bytes written."""
        name = self.name_of(table, content)
        path = self.piece(name)
        if path.exists():
            return name, 0
        path.parent.mkdir(exist_ok=True, mode=0o700)
        sealed = self._seal(name, zlib.compress(content, LEVEL))
        self.write(path, sealed)
        return name, len(sealed)

    def get(self, table: str, name: str) -> bytes:
        """Return a piece. Raises `Damaged` with the file when it is not what was written."""
        path = self.piece(name)
        content = self._opened(path, name)
        if not hmac.compare_digest(self.name_of(table, content), name):
            raise Damaged(f"{path} holds something else than its name says. {_REMEDY}")
        return content

    def piece(self, name: str) -> Path:
        return self.folder / "pieces" / name[:2] / name

    def name_of(self, table: str, content: bytes) -> str:
        """Return the keyed digest of a piece, by which it is named and compared."""
        return hmac.new(self._names, table.encode() + b"\0" + content, hashlib.sha256).hexdigest()

    def piece_files(self) -> Iterator[Path]:
        return (path for path in (self.folder / "pieces").glob("*/*") if path.is_file())

    # Lists

    def keep_list(self, copy_id: str, told: dict[str, Any]) -> Path:
        """Write the list of a copy; from now on the copy counts."""
        path = self.folder / "copies" / copy_id
        for folder in {*(self.folder / "pieces").iterdir(), self.folder / "pieces"}:
            _sync_folder(folder)
        self.write(path, self._seal(f"copy {copy_id}", zlib.compress(json.dumps(told).encode())))
        _sync_folder(path.parent)
        return path

    def read_list(self, copy_id: str) -> dict[str, Any]:
        path = self.folder / "copies" / copy_id
        if not path.exists():
            raise BackupProblem(f"{self.folder} holds no copy {copy_id}. `lygte backup list` names them.")
        told: dict[str, Any] = json.loads(self._opened(path, f"copy {copy_id}"))
        return told

    def copies(self) -> list[str]:
        """Return the ids of the copies, the oldest first."""
        found = (self.folder / "copies").glob("*")
        return sorted(path.name for path in found if not path.name.endswith(".part"))

    def write(self, path: Path, content: bytes) -> None:
        """Write a file whole and safe on the disk, or not at all."""
        part = path.with_name(f"{path.name}.part")
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError as problem:
            part.unlink(missing_ok=True)
            raise BackupProblem(
                f"{path} cannot be written: {problem.strerror}. The copy does not count; earlier ones stand "
                "as they were. Make room or mend the disk, and run it again: it goes on where it stopped."
            ) from problem

    def _seal(self, bound_to: str, content: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._sealing.encrypt(nonce, content, bound_to.encode())

    def _opened(self, path: Path, bound_to: str) -> bytes:
        try:
            sealed = path.read_bytes()
            return zlib.decompress(self._sealing.decrypt(sealed[:NONCE], sealed[NONCE:], bound_to.encode()))
        except FileNotFoundError:
            raise Damaged(f"{path} is missing. {_REMEDY}") from None
        except OSError as problem:
            raise Damaged(f"{path} cannot be read: {problem.strerror}. {_REMEDY}") from None
        except (InvalidTag, ValueError, zlib.error):
            raise Damaged(f"{path} is damaged, cut short or not of this name. {_REMEDY}") from None


_REMEDY = (
    "Fetch the file from another place where this folder is kept. Is there none, delete it and run "
    "`lygte backup`: what the database still holds is written anew."
)


def _derived(key: bytes, use: str) -> bytes:
    return hmac.new(key, f"lygte backup {FORM} {use}".encode(), hashlib.sha256).digest()


def _sync_folder(folder: Path) -> None:
    if not folder.is_dir():
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
