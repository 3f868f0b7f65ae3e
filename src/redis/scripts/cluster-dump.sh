#!/bin/bash
# dump.sh FOLDER  writes what each master of a cluster has to FOLDER/shard-N.rdb, and its slots to a line of FOLDER/SLOTS; prints the release of
# the servers.
#
# The cluster is the same before and after: the same masters, with the same slots and epochs, which change with every move, and all members agree
# on it. So each key is in the file of its slot, as of the moment at which that file was made.
#
# Environment: HOSTS (all members), PORT, PRODUCT (redis-cluster or valkey-cluster), PASSWORD_FILE, COPY_SECONDS (how long a replica may take to have
# what its master had when the backup began).
set -euo pipefail
folder=$1
tool=${PRODUCT%-cluster}
: "${COPY_SECONDS:=10}"
REDISCLI_AUTH=$(<"$PASSWORD_FILE")
export REDISCLI_AUTH
SLOTS=16384

say() { echo "$*" >&2; }
fail() { say "$*"; exit 1; }

# ask HOST COMMAND...  what it answers; nothing if it does not
ask() { timeout 5 "$tool-cli" -h "$1" -p "$PORT" "${@:2}" </dev/null 2>/dev/null | tr -d '\r' || :; }
field() { sed -n "s/^$1://p"; }

# owners  of what CLUSTER NODES prints: `id epoch slots` of all who have slots, with commas
owners() {
  awk '{
    slots = ""
    for (i = 9; i <= NF; i++) if ($i !~ /^\[/) slots = slots (slots == "" ? "" : ",") $i
    if (slots != "") print $1, $7, slots
  }' | sort
}

# missing_slots  of the lines `id epoch slots`: those that none has, or more than one
missing_slots() {
  awk -v all="$SLOTS" '
    { n = split($3, ranges, ","); for (i = 1; i <= n; i++) { m = split(ranges[i], ends, "-"); for (s = ends[1] + 0; s <= ends[m] + 0; s++) count[s]++ } }
    END { for (s = 0; s < all; s++) if (count[s] != 1) wrong++; print wrong + 0 }
  '
}

# layout  asks all members, and prints the masters with slots: `id epoch slots host`, in the order of their shards
layout() {
  local host own missing whole looks=$work/looks asked=0
  mkdir -p "$looks"
  for host in $HOSTS; do
    ask "$host" cluster nodes >"$looks/$host" &
    asked=$((asked + 1))
    [ $((asked % 10)) != 0 ] || wait # they share the memory of the Job
  done
  wait
  whole=$(for host in $HOSTS; do awk '$3 ~ /(^|,)myself(,|$)/ && $3 ~ /(^|,)master(,|$)/' "$looks/$host" | owners | sed "s/$/ $host/"; done)
  missing=$(missing_slots <<<"$whole")
  [ "$missing" = 0 ] ||
    fail "$missing of $SLOTS slots have no master that answers, or more than one: not making a backup of a part of the cluster. No answer from: $(silent "$looks")"
  for host in $HOSTS; do
    own=$(owners <"$looks/$host")
    # A member that is silent, or whose volume is new and which knows nobody yet, is not read.
    if [ ! -s "$looks/$host" ] || { [ -z "$own" ] && [ "$(wc -l <"$looks/$host")" = 1 ]; }; then continue; fi
    [ "$own" = "$(cut -d ' ' -f -3 <<<"$whole" | sort)" ] || fail "${host%%.*} does not agree with the masters on who has which slots: not making a backup while the cluster changes."
    [ -z "$(awk '{ for (i = 9; i <= NF; i++) if ($i ~ /^\[/) print $i }' "$looks/$host")" ] || fail "${host%%.*} has slots on the move: not making a backup before they have arrived. If the move was interrupted, finish it with 'redis-cli --cluster fix'."
  done
  rm -r "$looks"
  sort -t ' ' -k 4V <<<"$whole"
}

silent() {
  local host
  for host in $HOSTS; do [ -s "$1/$host" ] || echo "${host%%.*}"; done | tr '\n' ' '
}

# is_copy HOST ID  whether it copies the master with this id now
is_copy() { awk -v id="$2" '$3 ~ /(^|,)myself(,|$)/ && $4 == id' <(ask "$1" cluster nodes) | grep -q . && [ "$(ask "$1" info replication | field master_link_status)" = up ]; }

# reaches HOST OFFSET  whether it has what its master had there, or has it soon
reaches() {
  local offset deadline=$((SECONDS + COPY_SECONDS))
  while :; do
    offset=$(ask "$1" info replication | field slave_repl_offset)
    [ "${offset:--1}" -lt "$2" ] || return 0
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.5
  done
}

# source_of ID MASTER OFFSET  a replica of this master that has all that it had there, else the master
source_of() {
  local host
  for host in $HOSTS; do
    if [ "$host" = "$2" ] || ! is_copy "$host" "$1"; then continue; fi
    if reaches "$host" "$3"; then echo "$host"; return 0; fi
    say "${host%%.*} is more than $COPY_SECONDS s behind ${2%%.*}: not reading it."
  done
  echo "$2"
}

# life HOST  what changes with each start of its server, and with each other server at that name
life() { ask "$1" cluster myid; ask "$1" info server | field run_id; }

# dump HOST FILE  what this server has, and its release to FILE.release
dump() {
  local before report
  before=$(life "$1")
  [ "$(wc -l <<<"$before")" = 2 ] || fail "${1%%.*} does not answer any more."
  "$tool-cli" -h "$1" -p "$PORT" --rdb "$2" >&2 || fail "${1%%.*} did not send all that it has."
  [ "$(life "$1")" = "$before" ] || fail "${1%%.*} has restarted, or is another server, while it was read."
  report=$("$tool-check-rdb" "$2") || {
    say "$report"
    fail "what arrived from ${1%%.*} is not a complete snapshot."
  }
  ask "$1" info server | field "${tool}_version" >>"$work/releases"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
layout >"$work/masters"
count=$(wc -l <"$work/masters")
[ "$count" -ge 3 ] || fail "only $count masters have slots, and a cluster is restored into as many shards, of which there are at least 3. Give the others slots: decide.sh rebalance."
while read -r id _ _ master; do
  offset=$(ask "$master" info replication | field master_repl_offset)
  [ -n "$offset" ] || fail "${master%%.*} does not answer any more."
  echo "$offset"
done <"$work/masters" >"$work/offsets"
number=0
while read -r id _ slots master offset; do
  host=$(source_of "$id" "$master" "$offset")
  say "slots $slots: reading from ${host%%.*}$([ "$host" = "$master" ] || echo ", a replica of ${master%%.*}")."
  dump "$host" "$folder/shard-$number.rdb"
  if [ "$host" != "$master" ] && ! is_copy "$host" "$id"; then fail "${host%%.*} does not follow ${master%%.*} any more: what it sent may be old."; fi
  echo "shard-$number.rdb $slots" >>"$folder/SLOTS"
  number=$((number + 1))
done < <(paste -d ' ' "$work/masters" "$work/offsets")
layout >"$work/masters-after"
cmp -s "$work/masters" "$work/masters-after" || fail 'masters or slots have changed while the cluster was read: what was read may lack keys.'
sort -V "$work/releases" | tail -n 1
