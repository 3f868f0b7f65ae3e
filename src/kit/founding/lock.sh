#!/bin/bash
# One server a volume, whatever Kubernetes believes: a node that is cut off still runs its Pods. Sourced by the scripts of
# the products, which define `say` and `refuse`.

: "${LOCK_PAUSE:=2}" # seconds between two tries

# lock_volume FILE
#
# Returns when no other Pod has the volume of FILE. The lock is on file descriptor 9, which the server inherits: it lasts as
# long as one of its processes. Refuses where FILE cannot be written. Where there are no locks it says so and goes on: to wait
# for one would be to wait without end.
lock_volume() {
  local error said=-10
  if ! { exec 9>>"$1"; } 2>/dev/null; then
    refuse "cannot write to ${1%/*}: is the volume read-only or full, or not owned by user $(id -u) or group $(id -g)? Nothing was changed. $(df -h "${1%/*}" 2>/dev/null | tail -n 1)"
  fi
  # That another one has the lock is an exit status of 1 without a word, in util-linux as in BusyBox.
  until error=$(flock -n 9 2>&1); do
    if [ $? != 1 ] || [ -n "$error" ]; then
      say "cannot lock the volume${error:+ ($error)}: only the server's own checks prevent a second server from using it."
      return 0
    fi
    if [ $((SECONDS - said)) -ge 10 ]; then
      said=$SECONDS
      say "another Pod is still using this volume, perhaps on a node that is unreachable: waiting for it to end. If that node is lost permanently, power it off."
    fi
    sleep "$LOCK_PAUSE" & wait "$!" # a sleep that does not keep a trap waiting
  done
}
