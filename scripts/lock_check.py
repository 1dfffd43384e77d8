"""Say what is wrong with a lock file: an address, a path, a line without version or hash.

usage: lock_check.py FILE...
"""

import re
import sys
from pathlib import Path

_PIN = re.compile(r"^[a-z0-9][a-z0-9.-]*==[^\s;]+( ; [^\\]+)?$")
_HASH = re.compile(r"^--hash=sha256:[0-9a-f]{64}$")
_FOREIGN = re.compile(r"://|^\s*-[^-]|^\s*--(?!hash=)|(?<![\w.])/[a-z]", re.MULTILINE)


def faults(text: str) -> list[str]:
    """Return one sentence per fault of a lock file's text."""
    found = [f"foreign to a lock file: {line.strip()}" for line in text.splitlines() if _FOREIGN.search(line)]
    for entry in re.sub(r"\\\n\s*", "\n", text).strip().split("\n"):
        if entry.startswith("#"):
            continue
        if not (_PIN.match(entry.strip()) or _HASH.match(entry.strip())):
            found.append(f"neither a pinned package nor a hash: {entry.strip()}")
    for block in re.split(r"\n(?=[a-z0-9])", text.strip()):
        if block and not block.startswith("#") and "--hash=sha256:" not in block:
            found.append(f"no hash: {block.splitlines()[0]}")
    return found


def main(paths: list[str]) -> int:
    count = 0
    for path in paths:
        for fault in faults(Path(path).read_text(encoding="utf-8")):
            sys.stdout.write(f"{path}: {fault}\n")
            count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
