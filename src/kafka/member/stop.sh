#!/bin/bash
# Before this member stops: waits until the others can do without it, for a rolling update only asks about those that it has
# already replaced, and a deletion about nobody. Limited: then the stop goes on.
set -u
FILES=$(dirname "$0")
# shellcheck source=/dev/null
for part in member.conf founding.sh member.sh; do . "$FILES/$part"; done
exec 2>>"${CONTAINER_LOG:-/proc/1/fd/1}"
export TOOL_SECONDS=30
end=$((SECONDS + STOP_SECONDS))

# quorum_without_me  fails, with the reason in why, unless a majority of the voters is there without this one
quorum_without_me() {
  local rows
  rows=$(tool kafka-metadata-quorum --bootstrap-controller "127.0.0.1:$CONTROLLER_PORT" describe --replication 2>/dev/null) ||
    { why='the leader of the controllers does not answer'; return 1; }
  # Times are those of the leader, which fetches from nobody: its own are its clock.
  why=$(awk -v me="$NODE_ID" '
    NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
    $column["Status"] == "Observer" { next }
    { voters++; id[voters] = $column["NodeId"]; seen[voters] = $column["LastCaughtUpTimestamp"] }
    $column["Status"] == "Leader" { now = $column["LastFetchTimestamp"] }
    END {
      for (i = 1; i <= voters; i++) {
        if (id[i] == me) mine = 1
        else if (now - seen[i] < 10000) others++
        else missing = missing " " id[i]
      }
      if (mine && voters > 1 && others < int(voters / 2) + 1) print "the controllers would lose their majority: of " voters " voters these are missing or behind:" missing
    }' <<<"$rows")
  [ -z "$why" ]
}

# Only copies that can come back are waited for: those of a partition that has none missing cannot get more.
partitions_without_me() {
  local which partitions held
  for which in at under; do
    partitions=$(tool kafka-topics --bootstrap-server "127.0.0.1:$BROKER_PORT" --describe "--$which-min-isr-partitions" 2>/dev/null) ||
      { why='no answer about the in-sync replicas'; return 1; }
    held=$(partitions_with 'has(value["Isr"]) && count(value["Isr"]) < count(value["Replicas"])' <<<"$partitions")
    [ -z "$held" ] || { why="without this broker, too few in-sync replicas would be left for $held"; return 1; }
  done
}

can_stop() {
  if is controller && ! quorum_without_me; then return 1; fi
  ! is broker || partitions_without_me
}

# Who does not serve is missed by nobody; who is alone is missed whenever it stops.
listens 127.0.0.1 "${BROKER_PORT:-$CONTROLLER_PORT}" || exit 0
until can_stop; do
  if [ $SECONDS -ge $end ]; then
    say "stopping anyway, after $STOP_SECONDS s: $why"
    exit 0
  fi
  say_each 30 "delaying the shutdown for at most $STOP_SECONDS s: $why"
  pause 3
done
