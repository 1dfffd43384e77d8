#!/usr/bin/env bash
# Collect every text from code and templates into the Danish catalogue, without guessing, then compile it.
set -euo pipefail
cd "$(dirname "$0")/../src/lygte/locale/da/LC_MESSAGES"

known=$(mktemp)
trap 'rm -f "$known"' EXIT
msgattrib --translated --no-fuzzy --no-obsolete --no-wrap --output-file="$known" django.po
head -n "$(grep -n -m1 '^$' django.po | cut -d: -f1)" django.po >"$known.head"
rm django.po
(cd ../../.. && env -u DJANGO_SETTINGS_MODULE ../../.venv/bin/python -m django makemessages \
    --locale da --no-wrap --no-location --no-obsolete --verbosity 0)
# Onto the bare head: onto itself, msgmerge takes a plural without words for translated and leaves it empty.
msgmerge --quiet --no-fuzzy-matching --no-wrap --compendium="$known" --output-file=django.po "$known.head" django.po
{ cat "$known.head"; sed '1,/^$/d' django.po; } >"$known" && cp "$known" django.po && rm "$known.head"
msgfmt --check --statistics --output-file=django.mo django.po
