#!/bin/bash
# What a member of a cluster does for as long as it runs: gossip does the rest. Sourced by cluster-keep.sh.
# shellcheck disable=SC2153,SC2154 # from the environment, and from `round`

# heal TABLE  tells the server where those are that it cannot reach: after a full stop everybody has another address. Only a server that has
# the id that is looked for: a server of another cluster at that address would merge the two.
heal() {
  local id pod flags link address
  while read -r id pod flags _ link address _; do
    if [ "$pod" = - ] || has_flag "$flags" myself; then continue; fi
    if [ "$link" = connected ] && ! [[ $flags =~ fail|noaddr ]]; then continue; fi
    in_background show_the_way "$pod" "$id" "$address"
  done <<<"$1"
  finish
}

# show_the_way POD ID ADDRESS  if it has another address than this one
show_the_way() {
  local now
  now=$(address_of "$1")
  if [ -n "$now" ] && [ "$now" != "$3" ] && [ "$(id_of "$now")" = "$2" ]; then own_server cluster meet "$now" "$PORT" >/dev/null; fi
}

# heal_link TABLE  a server that has learned the new address of its master by gossip goes on to copy it from the old one
heal_link() {
  local state known
  has_flag "$own_flags" slave || return 0
  known=$(awk -v id="$own_master" '$1 == id { print $6 }' <<<"$1")
  state=$(own_server info replication)
  if [ "$(field master_link_status <<<"$state")" != down ] || [ -z "$known" ] || [ "$known" = - ]; then return 0; fi
  if [ "$(field master_host <<<"$state")" != "$known" ]; then
    say "copies its master from its new address: $(own_server cluster replicate "$own_master")"
  else
    give_account "$known"
  fi
}

# give_account ADDRESS  to the own master, if it does not let this member replicate: it was started by an earlier release, which had no such account, or with
# another password. A new server at that address has another id.
give_account() {
  if [ "$(tell "$1" "$PORT" --user "$COPIER" ping)" = PONG ] || [ "$(id_of "$1")" != "$own_master" ]; then return 0; fi
  # On the standard input: arguments can be read by every process of the node.
  say "its master does not accept the account for replication: creates it there: $(echo "acl setuser $COPIER on $(copier_rules)" | timeout "$TELL_SECONDS" "$PRODUCT-cli" -h "$1" -p "$PORT" 2>&1)"
}

# forget TABLE  forgets those who are down, have no slots, and will not come back: their name is not declared any more, or belongs to a
# server with another id
forget() {
  local id pod flags slots shard ordinal shards count now
  shards=$(shards) && count=$(members) || return 0
  while read -r id pod flags _ _ _ slots; do
    if [ "$slots" != - ] || [ "$id" = "$own_master" ] || ! [[ $flags =~ fail|noaddr ]] || ! parse_pod "$pod"; then continue; fi
    if [ "$shard" -lt "$shards" ] && [ "$ordinal" -lt "$count" ]; then
      now=$(id_of "$(host_of "$pod")")
      unset "undeclared[$pod]"
      if [ -z "$now" ] || [ "$now" = "$id" ]; then continue; fi
      say "forgets the member that had the lost volume of $pod: $(own_server cluster forget "$id")"
    elif has_flag "$flags" fail && long_undeclared "$pod"; then
      say "forgets $pod, which is not declared any more: $(own_server cluster forget "$id")"
    fi
  done <<<"$1"
}

# long_undeclared POD  whether it has not been declared for some time: the file with the numbers reaches each Pod when it does
declare -A undeclared=()
long_undeclared() {
  : "${undeclared[$1]:=$SECONDS}"
  [ $((SECONDS - undeclared[$1])) -ge "${UNDECLARED_SECONDS:-120}" ]
}

# introduce_again TABLE  asks another one each time whether it knows this member. It has forgotten who was not declared for a time, and tells nothing
# to those whom it does not know, who do not see that.
asked=0
introduce_again() {
  local peers id pod theirs shards count
  mapfile -t peers < <(awk '$2 != "-" && $3 !~ /myself|handshake/ { print $1, $2 }' <<<"$1")
  shards=$(shards) && count=$(members) || return 0
  if [ ${#peers[@]} = 0 ] || [ "$SHARD" -ge "$shards" ] || [ "${HOSTNAME##*-}" -ge "$count" ]; then return 0; fi
  read -r id pod <<<"${peers[asked % ${#peers[@]}]}"
  asked=$((asked + 1))
  theirs=$(nodes_of "$(host_of "$pod")")
  if [ -z "$theirs" ] || grep -q "^$own_id " <<<"$theirs"; then return 0; fi
  say "is not known to $pod any more: introduces itself again."
  meet "$pod" "$id"
}

# watch TABLE  leaves a master that is gone for good, and says what only a person can mend
watch() {
  local masters master advice
  # A master without slots has no keys: whoever copied it loses nothing, and no replica replaces it.
  if has_flag "$own_flags" slave; then
    master=$(awk -v id="$own_master" '$1 == id' <<<"$1")
    if [ -z "$master" ] || [[ $master =~ ^[^\ ]+\ [^\ ]+\ [^\ ]*(fail|noaddr)[^\ ]*\ .*\ -$ ]]; then
      read -r master _ < <(awk -v prefix="$CLUSTER-shard-$SHARD-" 'index($2, prefix) == 1 && $3 ~ /master/ && $3 !~ /fail|noaddr|handshake/' <<<"$1") &&
        say "copies the new master of its shard: $(own_server cluster replicate "$master")"
    fi
  fi
  if [ "$(own_server cluster info | field cluster_state)" = fail ]; then
    masters=$(awk '$3 ~ /fail|noaddr/ && $7 != "-" { print "no answer from " $2 " (slots " $7 ")" }' <<<"$1")
    say_each 10 "the cluster does not serve: ${masters:-it has just started, or $((SLOTS - $(assigned "$1"))) slots have no owner}$(advice_for_replica "$1")"
  else
    warn "$1"
    advice=$(advice_for_replica "$1" 60) # not in the seconds before a replica is elected
    [ -z "$advice" ] || say_each 10 "its master is down, and was not replaced$advice"
  fi
}

# advice_for_replica TABLE [SECONDS]  if this member could take over from its master, but does not, as its data may be old; with SECONDS only if it has had
# no connection to it for so long
advice_for_replica() {
  local down
  awk -v id="$own_master" '$1 == id && $3 ~ /(^|,)fail(,|$)|noaddr/ && $7 != "-"' <<<"$1" | grep -q . || return 0
  down=$(own_server info replication | field master_link_down_since_seconds)
  down=${down:--1}
  if [ "$down" -ge 0 ] && [ "$down" -lt "${2:-0}" ]; then return 0; fi
  echo ". This member copied its master last $down s ago (-1: before it started), so that it may not replace it by itself. If the master is lost permanently: $(to_decide takeover)."
}

# warn TABLE
warn() {
  local pod slots shard ordinal shards
  shards=$(shards) || return 0
  while read -r _ pod _ _ _ _ slots; do
    if [ "$slots" = - ] || ! parse_pod "$pod" || [ "$shard" -lt "$shards" ] || ! long_undeclared "$pod"; then continue; fi
    say_each 30 "$pod is not declared any more, but has slots: move them first. $(to_decide drain "$shard")."
  done <<<"$1"
  if [ "$own_slots" = - ] && has_flag "$own_flags" master && ! follow_own_shard "$1"; then
    say_each 30 "is a master without slots: no slots are moved automatically. To give it its share: $(to_decide rebalance)."
  fi
}

# follow_own_shard TABLE  a master without slots has no keys: if another member has the slots of the shard, it copies that one
follow_own_shard() {
  local master pod
  read -r master pod _ < <(awk -v prefix="$CLUSTER-shard-$SHARD-" 'index($2, prefix) == 1 && $7 != "-" && $3 !~ /myself|fail|noaddr|handshake/' <<<"$1") || return 1
  say "has no slots, and $pod has those of its shard: copies it. $(own_server cluster replicate "$master")"
}
