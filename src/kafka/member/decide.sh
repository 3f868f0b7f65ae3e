#!/bin/bash
# What an operator decides for a member that waits: decide.sh found | start. Refuses what the member does not wait for.
FILES=$(dirname "$0")
# shellcheck source=/dev/null
for part in member.conf founding.sh member.sh; do . "$FILES/$part"; done
waiting=$(cat "$MARKS/waiting" 2>/dev/null)
if [ "${1-}" = '' ] || [ "$1" != "$waiting" ]; then
  echo "refused: $HOSTNAME waits for ${waiting:-no decision}, not for '${1-}'. Its log shows what it waits for." >&2
  exit 1
fi
echo "$1" >"$DECISION_FILE"
echo "decided: $1. The log of $HOSTNAME shows what it does next." >&2
