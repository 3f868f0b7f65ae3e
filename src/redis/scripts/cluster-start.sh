#!/bin/bash
# Starts a server of a cluster. A server with a new volume knows nobody and has no slots, so that it can do no harm; what it becomes is
# done beside it, by cluster-keep.sh.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=member.sh
. "${BASH_SOURCE%/*}/member.sh"
# shellcheck source-path=SCRIPTDIR source=cluster-member.sh
. "${BASH_SOURCE%/*}/cluster-member.sh"
# shellcheck source-path=SCRIPTDIR source=volume.sh
. "${BASH_SOURCE%/*}/volume.sh"

# wait_for_a_person TEXT
wait_for_a_person() {
  while :; do
    say_each 10 "$1"
    pause "$FOUNDING_PAUSE"
  done
}

# The server makes nodes.conf first, then the append-only file. Keys without nodes.conf would make it take their slots.
check_volume() {
  local name='' flag
  flag=$(phase)
  if has_data && [ ! -s "$NODES_CONF" ]; then
    wait_for_a_person "the volume has data, but no nodes.conf that says which part of the cluster it is: another database, or a volume that has lost a file. Not starting: the server would take the slots of these keys. If the data is not needed, delete the claim of $HOSTNAME, and its Pod."
  fi
  [ -s "$NODES_CONF" ] || { rm -f "$PHASE"; return 0; }
  name=$(table <"$NODES_CONF" | awk '$3 ~ /(^|,)myself(,|$)/ { print $2 }')
  if [ -n "$name" ] && [ "$name" != - ] && [ "$name" != "$HOSTNAME" ]; then
    refuse "the volume is that of $name, not of $HOSTNAME. Nothing was changed."
  fi
  # Also where an earlier release has served, and where all that is left is a list of the others: a server that knows them has had an append-only file.
  if ! has_append_only_file && { [ "$flag" = formed ] || { ! has_snapshot && [ "$(table <"$NODES_CONF" | wc -l)" -gt 1 ]; }; }; then : >"$USED"; fi
  if has_lost_data; then
    say "$(left): this member starts over, as with a new volume."
    mv "$NODES_CONF" "$NODES_CONF.lost"
    rm -f "$PHASE"
  fi
}

is_new() { [ "$(phase)" = new ] && [ "$(table <"$NODES_CONF" 2>/dev/null | wc -l)" -le 1 ]; }

# is_loading  whether one of those who know the cluster reads its data, and so does not say what it knows
is_loading() {
  local pod
  for pod in $(seeds); do
    [[ $(tell "$(host_of "$pod")" "$PORT" ping) != LOADING* ]] || return 0
  done
  return 1
}

# A new server at the address of one that is lost would keep the others from seeing that this one is down: its replica would never
# replace it. So it waits until they have seen it. Where data was lost there may be others who only do not answer yet: it asks them for some time. Those
# who have met a new server at its address know no address of it any more (noaddr), and will not see more.
await_failover() {
  local views held patience=15
  while is_new; do
    views=$(views)
    held=$(awk -v pod="$HOSTNAME" '$1 == "of" { by = $2; next } $2 == pod && $7 != "-" && $3 !~ /(^|,)fail(,|$)|noaddr/ { print by; exit }' <<<"$views")
    if [ -n "$held" ]; then
      say_each 10 "the volume is new, but $held still counts on the master that had it: waiting until a majority of the masters has seen that it is down."
    elif [ -z "$views" ] && has_lost_data && { [ "$patience" -gt 0 ] || is_loading; }; then
      patience=$((patience - 1))
      say_each 10 "no member that knows the cluster answers: waiting, because they may still consider the old master up."
    else
      return 0
    fi
    pause "$FOUNDING_PAUSE"
  done
}

trap 'exit 143' TERM
: >"$WAITING"
rm -f "$DECISION_FILE"
lock_volume "$DATA/.lock"
check_volume
adopt_snapshot
await_failover
# For as long as there is the server that this shell becomes.
(
  trap - TERM
  while kill -0 $$ 2>/dev/null; do
    bash "$FILES/cluster-keep.sh" || :
    sleep 2
  done
) 9>&- &
coverage=yes copies=off
[ "$(phase)" != formed ] || { coverage=${FULL_COVERAGE:-yes} copies=on; }
# shellcheck disable=SC2034 # used by serve
ACCOUNTS="user $COPIER $copies $(copier_rules)"
serve "masteruser $COPIER" "cluster-announce-ip $POD_IP" "cluster-announce-hostname $(host_of "$HOSTNAME")" "cluster-require-full-coverage $coverage"
