"""Promises that the repository makes about its own files."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from scripts.lock_check import faults

ROOT = Path(__file__).resolve().parents[2]
THIRD_PARTY = ("tests/e2e/vendor/", "LICENSE", "src/lygte/interfaces/web/ui/static/lygte/vendor/")
TEXT = {""} | {
    f".{kind}" for kind in re.findall(r"\w+", "cfg css html in js lock md po py sh svg toml txt yml")
}

# Written in pieces, so that this file does not hold what it looks for.
MACHINE_PATH = re.compile(r"(?<![\w.>)}\]-])/(?:work|tmp|root|home|Users)/\w")
REGISTRY = re.compile(
    r"(?<!emit-)index[-]url|find[-]links|pypi\.org/simple|pythonhosted\.org|registry\.npm", re.IGNORECASE
)
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|NotImplemented" + r"Error)\b")
LEFT_OUT = re.compile(
    r"\bmark\.(?:sk" + r"ip|skip" + r"if|xf" + r"ail)\b|\bpytest\.(?:sk" + r"ip|xf" + r"ail)\b"
)
MOCKS = re.compile(r"\bunittest" + r"\.mock\b|\bunittest import" + r" mock\b")


@cache
def tracked() -> tuple[str, ...]:
    """The files of the repository, committed or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    names = {name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()}
    return tuple(sorted(name for name in names if not name.startswith(THIRD_PARTY)))


def texts() -> Iterator[tuple[str, str]]:
    for name in tracked():
        if Path(name).suffix in TEXT:
            yield name, (ROOT / name).read_text(encoding="utf-8")


def places(pattern: re.Pattern[str], under: str = "") -> list[str]:
    return [
        f"{name}:{number}"
        for name, text in texts()
        if name.startswith(under)
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert places(MACHINE_PATH) == []


def test_no_file_names_a_package_registry() -> None:
    assert places(REGISTRY) == []


def test_nothing_is_left_unfinished() -> None:
    assert places(UNFINISHED) == []


def test_no_test_is_left_out() -> None:
    assert places(LEFT_OUT, under="tests/") == []


def test_no_test_uses_a_mocking_library() -> None:
    assert places(MOCKS, under="tests/") == []


@pytest.mark.parametrize("name", ["web", "dev"])
def test_a_lock_file_holds_versions_and_hashes_and_nothing_else(name: str) -> None:
    assert faults((ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "click>=8",
        "click==8.1.0",
        "-e .",
        "--extra-" + "index" + "-url https://example.org/simple",
        "click @ https://example.org/click.whl",
        "click @ file:///srv/click.whl",
    ],
)
def test_the_check_of_lock_files_sees_what_does_not_belong(line: str) -> None:
    assert faults(f"{line}\n") != []


def pins(name: str) -> dict[str, str]:
    lines = (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8").splitlines()
    found = (re.match(r"([a-z0-9.-]+)==([^\s;]+)", line) for line in lines)
    return {match[1]: match[2] for match in found if match}


def test_tests_run_on_the_versions_that_the_service_runs_on() -> None:
    assert pins("web").items() <= pins("dev").items()


def test_the_package_declares_what_the_lock_file_was_made_from() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    lines = (ROOT / "requirements/web.in").read_text(encoding="utf-8").splitlines()
    listed = {line for line in lines if line and not line.startswith("#")}
    assert listed - {"editables", "hatchling"} == set(declared)


def test_publiccode_describes_the_product() -> None:
    described = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
    required = {
        *("publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType"),
        *("description", "legal", "maintenance", "localisation"),
    }
    assert required <= described.keys()
    assert described["legal"]["license"] == "EUPL-1.2"
    assert {"da", "en"} <= described["description"].keys()
    for text in described["description"].values():
        assert len(text["shortDescription"]) <= 150
        assert 150 <= len(text["longDescription"]) <= 10_000
        assert text["features"]


def test_version_is_the_same_wherever_it_is_told() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    described = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
    code = (ROOT / "src/lygte/__init__.py").read_text(encoding="utf-8")
    assert described["softwareVersion"] == project["version"]
    assert f'__version__ = "{project["version"]}"' in code


def python_files(under: str) -> list[str]:
    return [name for name in tracked() if name.startswith(under) and name.endswith(".py")]


def test_no_module_is_longer_than_400_lines() -> None:
    long = {
        name: count
        for name in python_files("src/")
        if "/migrations/" not in name and not name.endswith("return_words.py")
        if (count := len((ROOT / name).read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}


def functions_of(name: str) -> list[ast.FunctionDef]:
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
    return [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


def asserts(function: ast.FunctionDef) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            called = node.func
            word = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if word in ("raises", "expect") or "assert" in word:
                return True
    return False


def test_every_test_asserts_something() -> None:
    silent = [
        f"{name}: {one.name}"
        for name in python_files("tests/")
        for one in functions_of(name)
        if not asserts(one)
    ]
    assert silent == []


def test_the_name_of_a_test_is_a_sentence() -> None:
    short = [
        f"{name}: {one.name}"
        for name in python_files("tests/")
        for one in functions_of(name)
        if one.name.count("_") < 3
    ]
    assert short == []


def test_vendored_files_keep_their_licence_beside_them() -> None:
    vendor = ROOT / "tests/e2e/vendor"
    listed = {line.split()[1] for line in (vendor / "SHA256SUMS").read_text(encoding="utf-8").splitlines()}
    assert listed == {path.name for path in vendor.iterdir()} - {"SHA256SUMS"}
    assert "axe-core.LICENSE" in listed
