import os
import re
from pathlib import Path

from lygte.apps.outbox.gateway import SmsFailed

_SAFE_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")


class FileGateway:
    """Writes each message to a file of its own that only the running user can read.

    For trying out and for a service without a gateway: somebody, or another program, takes the files from
    there.
    """

    def __init__(self, folder: Path, *, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    def send(self, *, to: str, text: str, reference: str) -> str:
        """Write the message to `<reference>.txt`, whole or not at all; writing it again changes nothing
        more.
        """
        if not _SAFE_NAME.fullmatch(reference):
            raise SmsFailed("bad_reference", final=True)
        try:
            self._write(self._folder / f"{reference}.txt", f"To: {to}\nFrom: {self._sender}\n\n{text}\n")
        except OSError as problem:
            raise SmsFailed(type(problem).__name__, final=False) from None
        return f"file:{reference}"

    def _write(self, path: Path, content: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_suffix(".part")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
