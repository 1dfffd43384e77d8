#!/usr/bin/env bash
# Write the lock files anew from the .in files: every version, every hash, no address.
# New releases wait a week before they are taken: LYGTE_LOCK_DATE=2026-11-15 make lock
set -euo pipefail
cd "$(dirname "$0")/.."

newest=${LYGTE_LOCK_DATE:-$(date -u -d '7 days ago' +%F)}
for name in web dev; do
    .venv/bin/uv pip compile "requirements/$name.in" --output-file "requirements/$name.lock" \
        --universal --python-version 3.11 --exclude-newer "$newest" \
        --generate-hashes --no-emit-index-url --no-header --no-annotate --no-config --quiet
done
scripts/bootstrap.sh dev
.venv/bin/python scripts/sbom.py write
echo "Locked with releases up to $newest"
