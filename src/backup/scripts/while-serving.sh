#!/bin/sh
# while-serving.sh SHELL SCRIPT PROBE...  runs a script as long as the server answers the probe. This Pod has the volume of the server, which can therefore not be
# mounted on another node. If the server is down for longer than a restart takes, it may be waiting there: the script is ended, and the Pod with it.
#
# Environment: DATABASE, EVERY (seconds between two probes), PATIENCE (seconds that the server may be down).
set -eu

say() { echo "$DATABASE: $*" >&2; }

main() {
  setsid "$1" "$2" & # in a group of its own, which ends as a whole
  script=$!
  shift 2
  watch "$@" &
  watcher=$!
  trap 'kill "$watcher" 2>/dev/null; end; exit 143' TERM INT # the first process of a container has no other way to stop
  status=0
  wait "$script" || status=$?
  kill "$watcher" 2>/dev/null || :
  exit "$status"
}

watch() {
  last=$(date +%s)
  while sleep "$EVERY"; do
    if "$@" </dev/null >/dev/null 2>&1; then
      last=$(date +%s)
    elif [ $(($(date +%s) - last)) -ge "$PATIENCE" ]; then
      say "the server does not answer: giving up, as it may have moved to another node, where it waits for its volume."
      end
      return
    fi
  done
}

end() {
  for signal in TERM 0 0 0 0 KILL; do
    kill "-$signal" "-$script" 2>/dev/null || return 0
    sleep 1
  done
}

main "$@"
