#!/usr/bin/env bash
# Make this clone ready: Debian packages that are missing, .venv from the lock file, the texts.
# usage: scripts/bootstrap.sh web|dev
set -euo pipefail
cd "$(dirname "$0")/.."

kind=${1:-web}
lock=requirements/$kind.lock
log=$(mktemp)
trap 'rm -f "$log"' EXIT

say() { echo "· $*"; }

fail() {
    echo "Stopped: $*" >&2
    exit 1
}

# Run a command quietly; when it fails, show all it said.
quietly() {
    if ! "$@" >"$log" 2>&1; then
        cat "$log" >&2
        fail "'$*' did not succeed; what it said stands above."
    fi
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

install_packages() {
    [ $# -gt 0 ] || return 0
    local by_hand="install these packages and try again: $*"
    command -v apt-get >/dev/null || fail "$by_hand"
    [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null || fail "as root, $by_hand"
    say "Installing Debian packages: $*"
    if ! as_root apt-get install -y -qq --no-install-recommends "$@" >"$log" 2>&1; then
        quietly as_root apt-get update -qq
        quietly as_root apt-get install -y -qq --no-install-recommends "$@"
    fi
}

# A Python of 3.11 or newer: $PYTHON if set, else python3, else a versioned one.
find_python() {
    local name
    for name in ${PYTHON:-} python3 python3.11 python3.12 python3.13 python3.14; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    fail "Python 3.11 or newer is needed and was not found. Set PYTHON to its path."
}

# 1. What Debian must have
missing=()
python=$(find_python)
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
"$python" -c 'import ensurepip, venv' 2>/dev/null || missing+=("python$version-venv")
command -v msgfmt >/dev/null || missing+=(gettext)
if [ "$kind" = dev ]; then
    command -v chromium >/dev/null || missing+=(chromium)
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
    # Playwright's driver needs it, and a small Debian lacks it.
    ls /usr/lib/*/libatomic.so.1 >/dev/null 2>&1 || missing+=(libatomic1)
    # A browser without a single font measures every text as nothing.
    ls /usr/share/fonts/truetype/*/*.ttf >/dev/null 2>&1 || missing+=(fonts-dejavu-core)
fi
install_packages ${missing[@]+"${missing[@]}"}

# 2. A virtual environment that belongs to this folder (a copied clone brings one that does not)
home=$(pwd -P)
if ! [ -x .venv/bin/python ] || ! [ "$(.venv/bin/python -c 'import sys; print(sys.prefix)' 2>/dev/null)" -ef "$home/.venv" ] \
    || ! grep -qF "$home/.venv" .venv/bin/activate 2>/dev/null; then
    say "Making .venv with Python $version"
    rm -rf .venv
    quietly "$python" -m venv .venv
fi

# 3. The packages of the lock file, each with its hash; nothing to do when the lock is unchanged
stamp=.venv/lygte-$kind.sha256
wanted=$(sha256sum pyproject.toml requirements/web.lock "$lock")
if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    say "Installing Python packages from $lock"
    quietly .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: -r "$lock"
    quietly .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
    echo "$wanted" >"$stamp"
    # dev.lock holds all of web.lock in the same versions.
    sha256sum pyproject.toml requirements/web.lock requirements/web.lock >.venv/lygte-web.sha256
fi

# 4. The texts: only catalogues newer than what was compiled from them
compiled=0
while IFS= read -r po; do
    mo=${po%.po}.mo
    if ! [ -e "$mo" ] || [ "$po" -nt "$mo" ]; then
        quietly msgfmt -o "$mo" "$po"
        compiled=$((compiled + 1))
    fi
done < <(find src -name '*.po')
[ "$compiled" -eq 0 ] || say "Compiled $compiled text catalogue(s)"
