"""Two scanners that know nothing of each other read the source: bandit, and dlint by way of flake8.

usage: scan.py FOLDER...

What either finds of medium weight or above fails, unless security/accepted.toml gives a reason. dlint does
not weigh, so all of it counts. A reason for something that is no longer found fails too.
"""

import json
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ACCEPTED = ROOT / "security" / "accepted.toml"


@dataclass(frozen=True, order=True)
class Finding:
    """What a scanner says of one line."""

    path: str
    line: int
    rule: str
    says: str

    @property
    def text(self) -> str:
        return (ROOT / self.path).read_text(encoding="utf-8").splitlines()[self.line - 1].strip()


def bandit(folders: list[str]) -> list[Finding]:
    """Return what bandit finds of medium severity or above."""
    told = json.loads(
        _said("bandit", "--quiet", "--severity-level=medium", "--format=json", "--recursive", *folders)
    )
    return [
        Finding(one["filename"].removeprefix("./"), one["line_number"], one["test_id"], one["issue_text"])
        for one in told["results"]
    ]


def dlint(folders: list[str]) -> list[Finding]:
    """Return all that dlint finds."""
    said = _said(
        "flake8", "--isolated", "--select=DUO", "--format=%(path)s|%(row)d|%(code)s|%(text)s", *folders
    )
    split = [line.split("|", 3) for line in said.splitlines()]
    return [Finding(path.removeprefix("./"), int(row), rule, text) for path, row, rule, text in split]


def _said(module: str, *words: str) -> str:
    """Return what a scanner printed. It ends with 1 when it found something; more is a failure of its own."""
    command = [sys.executable, "-m", module, *words]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    if answer.returncode not in (0, 1):
        raise SystemExit(f"{module} did not work:\n{answer.stderr}")
    return answer.stdout


def judged(findings: list[Finding], accepted: list[dict[str, str]]) -> list[str]:
    """Return one sentence for each finding without a reason, and for each reason without a finding."""
    reasons = [one for one in accepted if one["reason"].strip()]
    open_ones = [one for one in sorted(findings) if not any(_covers(reason, one) for reason in reasons)]
    idle = [reason for reason in reasons if not any(_covers(reason, one) for one in findings)]
    return [f"{one.path}:{one.line} {one.rule} {one.says}" for one in open_ones] + [
        f"security/accepted.toml: nothing is found any more: {reason['rule']} {reason['path']}"
        for reason in idle
    ]


def _covers(reason: dict[str, str], finding: Finding) -> bool:
    """Tell whether a reason is about a finding: by rule, path (a pattern), part of the line."""
    about = reason["rule"] == finding.rule and fnmatch(finding.path, reason["path"])
    return about and reason.get("line", "") in finding.text


def main(folders: list[str]) -> int:
    if not folders:
        print(__doc__, file=sys.stderr)
        return 2
    accepted = tomllib.loads(ACCEPTED.read_text(encoding="utf-8"))["accepted"]
    first, second = bandit(folders), dlint(folders)
    wrong = judged(first + second, accepted)
    print(f"· bandit: {len(first)} of medium or above; dlint: {len(second)}; with a reason: {len(accepted)}")
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
