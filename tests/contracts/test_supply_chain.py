"""What `make check` says of packages and of the source is right: each check finds what it is made to find."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


advisories, scan, sbom = script("advisories"), script("scan"), script("sbom")
STORE = json.loads(advisories.STORE.read_text(encoding="utf-8"))


# ----- advisories -----
@pytest.mark.parametrize(
    ("package", "version", "known"),
    [
        ("django", "4.2.14", "PYSEC-2024-70"),
        ("django", "4.2.15", None),
        ("cryptography", "41.0.0", "PYSEC-2023-112"),
        ("gunicorn", "19.4.0", "PYSEC-2018-55"),
        ("urllib3", "2.0.5", "PYSEC-2023-192"),  # its ranges are not written in order
    ],
)
def test_a_version_that_an_advisory_speaks_of_is_named(package: str, version: str, known: str | None) -> None:
    found = advisories.findings({package: version}, STORE)
    assert (
        any(known in line for line in found) if known else not any("PYSEC-2024-70" in line for line in found)
    )


def test_an_accepted_advisory_is_not_named() -> None:
    assert advisories.findings({"django": "4.2.14"}, STORE)
    named = {one["id"]: "a reason" for one in STORE["packages"]["django"]}
    assert advisories.findings({"django": "4.2.14"}, STORE | {"accepted": named}) == []


@pytest.mark.parametrize(
    ("version", "touched"),
    [
        ("0.9", False),
        ("1.0", True),
        ("1.4.9", True),
        ("1.5", False),
        ("2.1", True),
        ("2.2", True),
        ("2.3", False),
    ],
)
def test_a_range_begins_and_ends_where_it_says(version: str, touched: bool) -> None:
    events = [{"introduced": "1.0"}, {"fixed": "1.5"}, {"introduced": "2.0"}, {"last_affected": "2.2"}]
    assert advisories.touches(version, {"versions": [], "ranges": [events]}) is touched


# ----- scanners -----
def test_each_scanner_finds_a_planted_fault(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text("import pickle\n\ndef read(data):\n    return pickle.loads(data)\n", encoding="utf-8")
    assert {one.rule for one in scan.bandit([str(planted)])} == {"B301"}
    assert {one.rule for one in scan.dlint([str(planted)])} == {"DUO103"}


def test_a_finding_needs_a_reason_and_a_reason_needs_a_finding() -> None:
    finding = scan.Finding("scripts/scan.py", 1, "X1", "unsafe")
    fitting = {"rule": "X1", "path": "scripts/*.py", "reason": "a reason"}
    assert scan.judged([finding], [fitting]) == []
    assert len(scan.judged([finding], [])) == 1
    assert len(scan.judged([finding], [fitting | {"reason": " "}])) == 1
    assert len(scan.judged([finding], [fitting | {"rule": "X2"}])) == 2
    assert len(scan.judged([finding], [fitting | {"line": "not there"}])) == 2


# ----- bill of materials -----
def test_the_bill_names_every_locked_package_with_its_version_and_digests() -> None:
    written = json.loads(sbom.BILL.read_text(encoding="utf-8"))
    locked = advisories.pins(sbom.LOCK.read_text(encoding="utf-8"))
    assert {one["name"]: one["version"] for one in written["components"]} == locked
    assert all(one.get("properties") or one.get("hashes") for one in written["components"])


def test_the_bill_is_the_same_whenever_it_is_made() -> None:
    assert sbom.bill() == sbom.bill()
    assert "timestamp" not in sbom.bill()
