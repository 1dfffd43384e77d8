"""Compare the locked packages with the published advisories on Python packages.

usage: advisories.py check LOCK...     compare with the advisories in this repository, and say their age
       advisories.py renew FOLDER      take them from a checkout of the Python packaging advisory database

`make check` asks no other machine, so it compares with a copy. `make audit` asks the service itself.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
STORE = ROOT / "security" / "advisories.json"
LOCKS = ("requirements/web.lock", "requirements/dev.lock")
_PIN = re.compile(r"^([a-z0-9][a-z0-9.-]*)==([^\s;\\]+)", re.MULTILINE)


def pins(text: str) -> dict[str, str]:
    """Return the version of each package of a lock file."""
    return dict(_PIN.findall(text))


def touches(version: str, advisory: dict[str, Any]) -> bool:
    """Tell whether an advisory speaks of a version: listed, or inside a range that it gives."""
    return version in advisory["versions"] or any(
        _inside(Version(version), events) for events in advisory["ranges"]
    )


def _inside(version: Version, events: list[dict[str, str]]) -> bool:
    """Follow the events in the order of their versions, which is not always the order they are written in."""
    inside = False
    bounds = [
        (Version("0.dev0" if at == "0" else at), kind) for event in events for kind, at in event.items()
    ]
    for bound, kind in sorted(bounds):
        if kind == "introduced" and version >= bound:
            inside = True
        elif (kind == "fixed" and version >= bound) or (kind == "last_affected" and version > bound):
            inside = False
    return inside


def findings(locked: dict[str, str], store: dict[str, Any]) -> list[str]:
    """Return one sentence per locked version that an advisory speaks of and nobody gave a reason for."""
    return [
        f"{package} {locked[package]}: {advisory['id']} ({', '.join(advisory['aliases']) or 'no other name'})"
        for package, advisories in sorted(store["packages"].items())
        if package in locked
        for advisory in advisories
        if touches(locked[package], advisory) and advisory["id"] not in store["accepted"]
    ]


def check(paths: list[str]) -> int:
    """Print what was found and how old the advisories are."""
    store = json.loads(STORE.read_text(encoding="utf-8"))
    found = [
        f"{path}: {line}"
        for path in paths
        for line in findings(pins((ROOT / path).read_text(encoding="utf-8")), store)
    ]
    age = (datetime.now(UTC).date() - datetime.fromisoformat(store["as_of"]).date()).days
    many = sum(len(advisories) for advisories in store["packages"].values())
    print(f"· {many} advisories as of {store['as_of']}, {age} days old; `make audit` asks for today's")
    for line in found:
        print(line)
    return 1 if found else 0


def renew(folder: str) -> int:
    """Write the advisories on every locked package anew."""
    wanted = sorted({name for lock in LOCKS for name in pins((ROOT / lock).read_text(encoding="utf-8"))})
    packages = {name: found for name in wanted if (found := list(_advisories(folder, name)))}
    accepted = json.loads(STORE.read_text(encoding="utf-8"))["accepted"] if STORE.exists() else {}
    store = {
        "source": "Python Packaging Advisory Database, CC-BY-4.0",
        "as_of": _git(folder, "log", "-1", "--format=%cs").strip(),
        "accepted": accepted,
        "packages": packages,
    }
    text = json.dumps(store, indent=1, sort_keys=True, ensure_ascii=False)
    STORE.write_text(text + "\n", encoding="utf-8")
    return 0


def _advisories(folder: str, package: str) -> Iterator[dict[str, Any]]:
    """Give what counts of each advisory that was not withdrawn: its names, versions and ranges."""
    listed = _git(folder, "ls-tree", "--name-only", "HEAD", f"vulns/{package}/").split()
    for path in sorted(listed):
        told = yaml.safe_load(_git(folder, "show", f"HEAD:{path}"))
        if "withdrawn" in told:
            continue
        ours = [one for one in told["affected"] if one["package"]["name"] == package]
        spans = [span for one in ours for span in one.get("ranges", []) if span["type"] == "ECOSYSTEM"]
        ranges = [
            [{kind: str(at) for kind, at in event.items()} for event in span["events"]] for span in spans
        ]
        yield {
            "id": told["id"],
            "aliases": sorted(told.get("aliases", [])),
            "versions": [] if ranges else sorted({str(v) for one in ours for v in one.get("versions", [])}),
            "ranges": ranges,
        }


def _git(folder: str, *words: str) -> str:
    answer = subprocess.run(["git", "-C", folder, *words], check=True, capture_output=True, text=True)  # noqa: S603, S607
    return answer.stdout


def main(words: list[str]) -> int:
    match words:
        case ["check", *paths] if paths:
            return check(paths)
        case ["renew", folder]:
            return renew(folder)
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
