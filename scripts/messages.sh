#!/usr/bin/env bash
# Collect every text from code and templates into the Danish catalogue, then compile it.
set -euo pipefail
cd "$(dirname "$0")/../src/lygte"

mkdir -p locale/da/LC_MESSAGES
env -u DJANGO_SETTINGS_MODULE ../../.venv/bin/python -m django makemessages --locale da --no-wrap --add-location file --no-obsolete
msgfmt --check --statistics --output-file=locale/da/LC_MESSAGES/django.mo locale/da/LC_MESSAGES/django.po
