"""What import-linter cannot say: the standard library alone below, nothing heavy in the web process."""

import ast
import configparser
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "lygte"
HEAVY = ["polars", "numpy", "scipy", "matplotlib", "ortools", "weasyprint", "numba", "pandas", "statsmodels"]


def imported_by(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add("." * node.level + (node.module or ""))
    return names


def test_the_domain_stands_on_the_standard_library_alone() -> None:
    foreign = {
        f"{path.name}: {name}"
        for path in (SOURCE / "domain").rglob("*.py")
        for name in imported_by(path)
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("lygte.domain")
    }
    assert foreign == set()


def test_imports_are_absolute_everywhere() -> None:
    relative = [
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if any(name.startswith(".") for name in imported_by(path))
    ]
    assert relative == []


def test_the_models_of_every_app_are_protected_by_a_contract() -> None:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter", encoding="utf-8")
    protected = {
        contracts[name]["protected_modules"].strip()
        for name in contracts.sections()
        if contracts[name].get("type") == "protected"
    }
    apps = {path.parent.name for path in (SOURCE / "apps").glob("*/models*") if path.stem == "models"}
    assert {f"lygte.apps.{app}.models" for app in apps} == protected


def test_the_web_process_loads_nothing_heavy() -> None:
    script = f"import sys, lygte.config.wsgi; print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.strip() == "[]"
