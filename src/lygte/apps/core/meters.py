"""Counters of all processes of a host: each keeps its own file, and whoever asks adds them up.

A process writes its file at most once a second, so counting costs next to nothing. What a process counted
that has ended is kept, since a counter never goes back.
"""

import fcntl
import json
import os
import threading
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
WRITE_SECONDS = 1.0
ENDED = "ended.json"
_GROWING = ("_total", "_bucket", "_sum", "_count")
Series = dict[str, float]


def series(name: str, **labels: str) -> str:
    """Return the name of one line, with its labels as OpenMetrics writes them."""
    if not labels:
        return name
    inside = ",".join(f'{key}="{_escaped(value)}"' for key, value in labels.items())
    return f"{name}{{{inside}}}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


class Meters:
    """What one process has counted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._values: Counter[str] = Counter()
        self._process = 0
        self._changed = threading.Event()

    def add(self, key: str, amount: float = 1) -> None:
        """Raise a counter."""
        with self._lock:
            self._values[key] += amount  # type: ignore[assignment]
        self._note()

    def put(self, key: str, value: float) -> None:
        """Set what goes up and down."""
        with self._lock:
            self._values[key] = value  # type: ignore[assignment]
        self._note()

    def observe(self, name: str, seconds: float, **labels: str) -> None:
        """Add a duration to a histogram."""
        with self._lock:
            for bound in BUCKETS:
                if seconds <= bound:
                    self._values[series(f"{name}_bucket", **labels, le=str(bound))] += 1
            self._values[series(f"{name}_bucket", **labels, le="+Inf")] += 1
            self._values[series(f"{name}_count", **labels)] += 1
            self._values[series(f"{name}_sum", **labels)] += seconds  # type: ignore[assignment]
        self._note()

    def _note(self) -> None:
        if self._process != os.getpid():  # a forked worker has a file, and a writer, of its own
            with self._lock:
                if self._process == os.getpid():
                    return
                inherited, self._process = bool(self._process), os.getpid()
                if inherited:
                    self._values.clear()
                self._changed = threading.Event()
            threading.Thread(target=self._write_for_ever, name="meters", daemon=True).start()
        self._changed.set()

    def _write_for_ever(self) -> None:
        while True:
            self._changed.wait()
            self._changed.clear()
            self.write()
            time.sleep(WRITE_SECONDS)

    def write(self) -> None:
        """Write the file of this process, whole or not at all. A full disk costs figures, nothing else."""
        with self._lock:
            values: Series = dict(self._values)
        values[series("lygte_process_resident_bytes", process=str(os.getpid()))] = _resident_bytes()
        path = self._folder / f"{os.getpid()}.json"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = path.with_suffix(".part")
            draft.write_text(json.dumps(values), encoding="utf-8")
            draft.replace(path)
        except OSError:
            return


def _resident_bytes() -> float:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return 0.0
    return float(pages * os.sysconf("SC_PAGE_SIZE"))


def sums(folder: Path) -> Series:
    """Return the sums over all processes of this host, those that have ended included."""
    found: Counter[str] = Counter()
    try:
        with (folder / "lock").open("w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            _keep_ended(folder)
            for path in folder.glob("*.json"):
                found.update(_read(path))
    except OSError:
        return dict(found)
    return dict(found)


def _keep_ended(folder: Path) -> None:
    """Add the counters of processes that have ended to one file, and remove theirs."""
    gone = [path for path in folder.glob("[0-9]*.json") if not Path(f"/proc/{path.stem}").exists()]
    if not gone:
        return
    kept: Counter[str] = Counter(_read(folder / ENDED))
    for path in gone:
        kept.update(
            {key: value for key, value in _read(path).items() if key.partition("{")[0].endswith(_GROWING)}
        )
    draft = folder / "ended.part"
    draft.write_text(json.dumps(kept), encoding="utf-8")
    draft.replace(folder / ENDED)
    for path in gone:
        path.unlink()


def _read(path: Path) -> Series:
    try:
        values: Series = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return values


def rendered(values: Mapping[str, float], helps: Mapping[str, tuple[str, str]]) -> str:
    """Return series as OpenMetrics text; `helps` names type and meaning of each family."""
    lines: list[str] = []
    for family, (kind, meaning) in helps.items():
        own = {key: value for key, value in values.items() if _family(key) == family}
        if own:
            lines += [f"# TYPE {family} {kind}", f"# HELP {family} {meaning}"]
            lines += [f"{key} {value:.10g}" for key, value in sorted(own.items(), key=_in_order)]
    return "\n".join([*lines, "# EOF", ""])


def _family(key: str) -> str:
    name = key.partition("{")[0]
    for ending in _GROWING:
        name = name.removesuffix(ending)
    return name


def _in_order(item: tuple[str, float]) -> tuple[str, float, str]:
    """Sort the buckets of one histogram by their bound."""
    key = item[0]
    rest, _, bound = key.partition('le="')
    return rest, float(bound.split('"')[0]) if bound else 0.0, key


_own: list[Meters] = []


def meters() -> Meters:
    """Return the meters of this process."""
    if not _own:
        _own.append(Meters(Path(settings.LYGTE_METRICS_FOLDER)))
    return _own[0]
