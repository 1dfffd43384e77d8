#!/usr/bin/env bash
# Everything a machine can say about the code without running its tests.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH" PYTHONDONTWRITEBYTECODE=1
# The settings insist on secrets; these guard nothing.
export LYGTE_TEST=1 LYGTE_SECRET_KEY=check LYGTE_DATABASE_URL=sqlite:///:memory:
LYGTE_MASTER_KEY=$(printf '%032d' 0 | base64)
export LYGTE_MASTER_KEY

log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=0

step() {
    local name=$1
    shift
    if "$@" >"$log" 2>&1; then
        echo "✓ $name$(sed -n 's/^· \(.*\)$/ (\1)/p' "$log")" # a line that begins with a dot is worth showing
    else
        echo "✗ $name"
        cat "$log"
        failed=1
    fi
}

catalogues() {
    local po
    while IFS= read -r po; do
        msgfmt --check --output-file=/dev/null "$po"
    done < <(find src -name '*.po')
}

vendored() {
    (cd tests/e2e/vendor && sha256sum --check --quiet SHA256SUMS)
}

step "ruff: lint" ruff check --no-cache .
step "ruff: format" ruff format --no-cache --check .
step "mypy: types" mypy
step "import-linter: architecture" lint-imports --no-cache
step "djlint: templates" djlint --lint --quiet src/lygte
step "lock files: versions, hashes, no address" python scripts/lock_check.py requirements/web.lock requirements/dev.lock
step "texts: catalogues are sound" catalogues
step "vendored files: checksums" vendored
step "scanners: bandit and dlint" python scripts/scan.py src scripts bench
step "advisories: no locked version is known to be unsafe" python scripts/advisories.py check requirements/web.lock requirements/dev.lock
step "bill of materials: as the lock file says" python scripts/sbom.py check
step "migrations: none is missing" lygte manage makemigrations --check --dry-run
exit $failed
