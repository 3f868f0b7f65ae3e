#!/bin/bash
# What a person decides for a member that waits: decide.sh found | start. Refuses what the member does not wait for.
FILES=$(dirname "$0")
# shellcheck source=/dev/null
for part in member.conf founding.sh member.sh; do . "$FILES/$part"; done
waiting=$(cat "$MARKS/waiting" 2>/dev/null)
if [ "${1-}" = '' ] || [ "$1" != "$waiting" ]; then
  say "refused: this member waits for ${waiting:-no decision}, not for '${1-}'. What it waits for is in its log."
  exit 1
fi
echo "$1" >"$DECISION_FILE"
say "decided: $1"
