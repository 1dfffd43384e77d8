"""The software bill of materials: what the running service is made of, in CycloneDX 1.6.

usage: sbom.py write     renew sbom.cdx.json from requirements/web.lock
       sbom.py check     compare it with the lock file, and validate it against the standard's schema

The same lock file gives the same bytes: no time, no serial number, no address of a registry.
"""

import json
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
BILL = ROOT / "sbom.cdx.json"
LOCK = ROOT / "requirements" / "web.lock"
DIRECT = ROOT / "requirements" / "web.in"
_LICENCES = LicenseFactory()
_OLDEST = {"extra": "", "python_version": "3.11", "python_full_version": "3.11.0"}  # whatever runs this
_ENTRY = re.compile(
    r"^([a-z0-9][a-z0-9.-]*)==([^\s;\\]+)(?: ; ([^\\\n]+?))?\s*\\?$((?:\n\s+--hash=\S+(?: \\)?)*)", re.M
)


def bill() -> str:
    """Return the bill as JSON."""
    entries = [match.groups() for match in _ENTRY.finditer(LOCK.read_text(encoding="utf-8"))]
    parts = {entry[0]: _component(*entry) for entry in entries}
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M)
    whole = Component(
        name="lygte",
        version=version[1] if version else None,
        type=ComponentType.APPLICATION,
        bom_ref="lygte",
        licenses=[_LICENCES.make_from_string("EUPL-1.2")],
    )
    found = Bom(components=parts.values())
    found.metadata.component = whole
    direct = DIRECT.read_text(encoding="utf-8").splitlines()
    wanted = [_name(Requirement(line).name) for line in direct if line and not line.startswith("#")]
    found.register_dependency(whole, [parts[name] for name in wanted])
    for name, part in parts.items():
        found.register_dependency(part, [parts[needed] for needed in _needs(name) if needed in parts])
    written = json.loads(JsonV1Dot6(found).output_as_string())
    written["metadata"].pop("timestamp", None)
    written["metadata"].pop("tools", None)
    written.pop("serialNumber", None)
    return json.dumps(written, indent=1, sort_keys=True) + "\n"


def _component(name: str, version: str, marker: str | None, hashes: str) -> Component:
    """Return one package: what it is called, its licence, the digests that an installation accepts."""
    sums = sorted(re.findall(r"sha256:([0-9a-f]{64})", hashes))
    return Component(
        name=name,
        version=version,
        type=ComponentType.LIBRARY,
        bom_ref=f"{name}@{version}",
        purl=PackageURL("pypi", None, name, version),
        licenses=[_LICENCES.make_from_string(text) for text in _licences(name)],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=sums[0])] if len(sums) == 1 else [],
        properties=[Property(name="lygte:sha256", value=one) for one in sums if len(sums) > 1]
        + ([Property(name="lygte:only-where", value=marker)] if marker else []),
    )


def _licences(name: str) -> Iterator[str]:
    """Give the licence that the installed package declares; one for other systems is not installed here."""
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return
    expression = told.get("License-Expression")
    classifiers = told.get_all("Classifier", [])
    classified = [line.rpartition(" :: ")[2] for line in classifiers if line.startswith("License :: ")]
    short = told.get("License", "").strip()
    if expression:
        yield expression
    elif short and "\n" not in short and len(short) < 60:
        yield short
    else:
        yield from classified


def _needs(name: str) -> list[str]:
    """Return what an installed package asks for, extras left out."""
    try:
        asked = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []
    found = [Requirement(line) for line in asked]
    return [_name(one.name) for one in found if one.marker is None or one.marker.evaluate(_OLDEST)]


def _name(written: str) -> str:
    return re.sub(r"[-_.]+", "-", written).lower()


def faults() -> list[str]:
    """Return what is wrong with the bill that lies in the repository."""
    written = BILL.read_text(encoding="utf-8")
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(written)
    found = [f"against the schema: {error}"] if error else []
    if written != bill():
        found.append("it tells something else than requirements/web.lock; renew it: make lock")
    return found


def main(words: list[str]) -> int:
    if words == ["write"]:
        BILL.write_text(bill(), encoding="utf-8")
        return 0
    if words != ["check"]:
        print(__doc__, file=sys.stderr)
        return 2
    found = faults()
    for line in found:
        print(f"sbom.cdx.json: {line}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
