#!/bin/bash
# How a member with a new volume becomes part of a cluster: as a replica of the master of its shard, whoever that is by now. It never takes
# slots by itself. Sourced by cluster-keep.sh.
# shellcheck disable=SC2153,SC2154 # from the environment, and from `round`

# formed_view  the table of a member that knows the whole cluster, if possible with the names of all who have slots; nothing if none answers
formed_view() {
  views | awk '
    $1 == "of" { count++; next }
    { table[count] = table[count] $0 "\n"; if ($7 != "-" && $2 == "-") unnamed[count] }
    END {
      for (i = 1; i <= count && i in unnamed; i++) continue
      printf "%s", table[i <= count ? i : 1]
    }'
}

# has_names TABLE  of all who have slots: a server learns the name of another one later than its slots
has_names() { ! awk '$7 != "-" && $2 == "-"' <<<"$1" | grep -q .; }

# begin TABLE  a round of a member that has not been part of a cluster that serves
begin() {
  local view shards count
  view=$1
  # Half-made, or made: what it knows itself counts as much as what others say.
  if [ "$(assigned "$view")" != "$SLOTS" ] || [ "$(wc -l <<<"$view")" -lt 2 ]; then
    view=$(formed_view)
  elif ! has_names "$view"; then
    view=$(formed_view)
    view=${view:-$1}
  fi
  if [ -n "$view" ] && ! has_names "$view"; then
    say_each 10 'knows the cluster, but not yet the names of all members that have slots: waiting for them.'
  elif [ -n "$view" ]; then
    join "$1" "$view"
  elif is_founder; then
    create
  else
    shards=$(shards) && count=$(members) || return 0
    if is_prepared "$1" "$shards" "$count"; then now_says prepared; else now_says empty; fi
    say_each 30 "is ${says/empty/new}: waiting for $CLUSTER-shard-0-0, which creates the cluster, or for an answer of a member that knows it."
  fi
}

# join OWN_TABLE TABLE
join() {
  local owners failed id pod
  if [ "$own_slots" != - ]; then
    become_formed 'is part of the cluster, as a master.'
    return
  fi
  owners=$(awk -v prefix="$CLUSTER-shard-$SHARD-" 'index($2, prefix) == 1 && $7 != "-"' <<<"$2")
  failed=$(awk '$3 ~ /(^|,)fail(,|$)/ || $3 ~ /noaddr/' <<<"$owners")
  if [ -z "$owners" ]; then
    join_new_shard "$1" "$2"
  elif [ -n "$failed" ]; then
    say_each 10 "the volume is new, and $(awk '{ print $2 }' <<<"$failed"), the master of the shard, is down: waiting until it is back or a replica has taken over. If all copies of the shard are lost permanently: $(to_decide empty)."
  elif [ "$(wc -l <<<"$owners")" != 1 ]; then
    say_each 10 "several members of the shard have slots, and none can be chosen to follow: $(awk '{ print $2 }' <<<"$owners" | tr '\n' ' ')"
  else
    read -r id pod _ <<<"$owners"
    follow "$1" "$id" "$pod"
  fi
}

# meet POD ID  if it is this server that has its address
meet() {
  local address
  address=$(address_of "$1")
  [ -n "$address" ] && [ "$(id_of "$address")" = "$2" ] || return 0
  own_server cluster meet "$address" "$PORT" >/dev/null
}

# follow OWN_TABLE ID POD
follow() {
  if [ "$own_master" = "$2" ]; then
    if [ "$(own_server info replication | field master_link_status)" = up ]; then
      become_formed "is part of the cluster, as a replica of $3."
    else
      say_each 10 "copies $3, the master of its shard."
    fi
  elif awk '$3 !~ /handshake/' <<<"$1" | grep -q "^$2 "; then
    say_each 10 "becomes a replica of $3: $(own_server cluster replicate "$2")"
  else
    meet "$3" "$2"
    say_each 10 "gets to know the cluster by $3."
  fi
}

# A shard without slots is a new one: its first member waits for slots, the others copy it.
join_new_shard() {
  local id pod first
  if [ "${HOSTNAME##*-}" = 0 ]; then
    if [ "$(assigned "$1")" = "$SLOTS" ]; then
      become_formed 'is part of the cluster, as a master without slots.'
    else
      read -r id pod _ < <(awk -v own="$HOSTNAME" '$7 != "-" && $2 != "-" && $2 != own && $3 !~ /fail/' <<<"$2") || return 0
      meet "$pod" "$id"
      say_each 10 "gets to know the cluster by $pod."
    fi
  else
    first=$(awk -v prefix="$CLUSTER-shard-$SHARD-" -v own="$HOSTNAME" 'index($2, prefix) == 1 && $2 != own && $3 ~ /master/ && $3 !~ /fail|noaddr|handshake/' <<<"$2")
    read -r id pod _ <<<"$first"
    if [ -n "$id" ]; then
      follow "$1" "$id" "$pod"
    else
      say_each 10 'waits for the first member of its shard, which has no slots yet.'
    fi
  fi
}

# serve_empty OWN_TABLE  what a person decided: the slots of this shard, whose copies are all lost, are served by this member, with nothing in
# them. Every other member forgets who had them, then this one takes them.
serve_empty() {
  local pod range wanted held=''
  wanted=$(awk 'NR > 1' "$PHASE")
  if [ "$(awk '$3 !~ /handshake/' <<<"$1" | wc -l)" -lt 2 ]; then
    for pod in $(seeds); do
      [ "$(nodes_of "$(host_of "$pod")" | wc -l)" -lt 2 ] || meet "$pod" "$(id_of "$(host_of "$pod")")"
    done
    return
  fi
  say_each 10 "decided with decide.sh: taking the slots $(tr '\n' ' ' <<<"$wanted")with no data."
  if [ "$own_slots" = - ]; then
    held=$(awk -v own="$HOSTNAME" '$2 != own && $2 != "-" { print $2 }' <<<"$1" | sort -u | while read -r pod; do forget_lost_owners "$pod"; done)
    [ -z "$held" ] || return 0
    for range in $wanted; do own_server cluster addslotsrange "${range%-*}" "${range#*-}" >/dev/null; done
    # Whoever had them, and is found one day, must not take them back from those who have written here since.
    own_server cluster bumpepoch >/dev/null
  elif [ "$(assigned "$1")" = "$SLOTS" ]; then
    become_formed 'is part of the cluster, as a master with empty slots.'
  fi
}

# forget_lost_owners POD  makes it forget the lost members of this shard; prints something while it has not
forget_lost_owners() {
  local id
  nodes_of "$(host_of "$1")" | awk -v prefix="$CLUSTER-shard-$SHARD-" 'index($2, prefix) == 1 && $3 ~ /(^|,)fail(,|$)|noaddr/ && $7 != "-" { print $1 }' | while read -r id; do
    echo "$1 $(tell "$(host_of "$1")" "$PORT" cluster forget "$id")"
  done
}
