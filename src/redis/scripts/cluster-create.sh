#!/bin/bash
# How a cluster is created: by the member of ordinal 0 of shard 0, once every member has said that its volume is new. Each round looks at
# what is there and does what is missing, so that it can be interrupted at any point and begun again. The last step gives the founder
# its slots: before it, all slots but these have owners, no server takes a write, and every other member has said that it is ready for it.
# Sourced by cluster-keep.sh.
# shellcheck disable=SC2153,SC2154 # from the environment, and from `round`

is_founder() { [ "$HOSTNAME" = "$CLUSTER-shard-0-0" ]; }

declared() {
  local shard ordinal
  for ((shard = 0; shard < $1; shard++)); do
    for ((ordinal = 0; ordinal < $2; ordinal++)); do echo "$CLUSTER-shard-$shard-$ordinal"; done
  done
}

# is_prepared TABLE SHARDS MEMBERS  whether nothing is missing but the slots of the founder
is_prepared() {
  local range first
  range=$(range_of 0 "$2")
  [ "$(assigned "$1")" = $((SLOTS - ${range#*-} - 1)) ] || return 1
  [ "$(awk '$3 ~ /handshake/ { next } { print $2 }' <<<"$1" | sort)" = "$(declared "$2" "$3" | sort)" ] || return 1
  ! awk '$3 !~ /myself/ && $5 != "connected"' <<<"$1" | grep -q . || return 1
  if [ "${HOSTNAME##*-}" = 0 ]; then
    [ "$own_slots" = "$(range_of "$SHARD" "$2")" ]
  else
    first=$(awk -v pod="$CLUSTER-shard-$SHARD-0" '$2 == pod { print $1 }' <<<"$1")
    [ "$own_master" = "$first" ]
  fi
}

# ask_all SHARDS MEMBERS  what each member knows, in a file each of the folder $looks: its table; then `keys N`, `says WORD`, `at ADDRESS`
ask_all() {
  local pod
  looks=$RUN/looks
  rm -rf "$looks"
  mkdir -p "$looks"
  for pod in $(declared "$1" "$2"); do in_background ask_one "$pod"; done
  finish
}

ask_one() {
  local host
  host=$(host_of "$1")
  {
    nodes_of "$host"
    echo "keys $(tell "$host" "$PORT" dbsize)"
    if [ "$1" = "$HOSTNAME" ]; then echo "says founder $1"; else echo "says $(ask "$host")"; fi
    echo "at $(address_of "$1")"
  } >"$looks/$1"
}

looked() { awk -v key="$2" '$1 == key { print $2, $3 }' "$looks/$1"; }
look_of() { awk 'length($1) == 40' "$looks/$1"; }

# Starts over. Nothing is lost: no server of this cluster ever took a write.
reset_all() {
  local pod
  say "begins to create the cluster anew: $1."
  for pod in "${pods[@]}"; do in_background tell "$(host_of "$pod")" "$PORT" cluster reset soft >/dev/null; done
  finish
}

# contradiction SHARDS  why what is there is no part of the cluster that is to be; nothing if it is
contradiction() {
  local pod shard ordinal id flags master slots
  for pod in "${pods[@]}"; do
    parse_pod "$pod"
    while read -r id _ flags master _ _ slots; do
      has_flag "$flags" handshake && continue
      [ -n "${by_id[$id]-}" ] || { echo "$pod knows a member that is lost"; return 0; }
      has_flag "$flags" myself || continue
      if has_flag "$flags" slave; then
        if [ "$ordinal" = 0 ] || [ "$master" != "${ids[$CLUSTER-shard-$shard-0]}" ]; then
          echo "$pod is the replica of a wrong master"
          return 0
        fi
      elif [ "$slots" != - ]; then
        if [ "$ordinal" != 0 ] || [ "$shard" = 0 ] || [ "$slots" != "$(range_of "$shard" "$1")" ]; then
          echo "$pod has wrong slots"
          return 0
        fi
      fi
    done < <(look_of "$pod")
  done
}

# say_who_is_missing  fails if nobody is
say_who_is_missing() {
  local pod says missing=()
  for pod in "${pods[@]}"; do
    says=$(looked "$pod" says)
    case $says in
      "founder $pod" | "empty $pod" | "prepared $pod") [ -n "$(look_of "$pod")" ] || missing+=("$pod") ;;
      *) missing+=("$pod") ;;
    esac
  done
  [ ${#missing[@]} != 0 ] || return 1
  say_each 10 "the volume is new, and it is not certain that this is the first start of the cluster: not creating one beside members that may have data. No answer that they are new from: ${missing[*]}."
}

# introduce  the founder to all others; gossip does the rest. A member that was away since, and has another address now, to each
# one who still looks for it at the old one, and may not even have learned its name.
introduce() {
  local pod id flags link address known
  declare -A addresses=()
  for pod in "${pods[@]}"; do addresses[$pod]=$(looked "$pod" at | tr -d ' '); done
  known=$(look_of "$HOSTNAME")
  for pod in "${pods[@]}"; do
    [[ $known == *"${ids[$pod]} "* ]] || own_server cluster meet "${addresses[$pod]}" "$PORT" >/dev/null
    while read -r id _ flags _ link address _; do
      if [ "$link" = connected ] && ! [[ $flags =~ fail|noaddr ]]; then continue; fi
      if [ -z "${by_id[$id]-}" ] || [ "$address" = "${addresses[${by_id[$id]}]}" ]; then continue; fi
      tell "$(host_of "$pod")" "$PORT" cluster meet "${addresses[${by_id[$id]}]}" "$PORT" >/dev/null
    done < <(look_of "$pod")
  done
}

create() {
  local shards count pods=() pod says prepared=0 reason id shard ordinal line slots first
  declare -A ids=() by_id=()
  shards=$(shards) && count=$(members) || return 0
  if [ "$(phase)" = forming ] && [ "$own_slots" != - ]; then
    become_formed 'has created the cluster.'
    return
  fi
  mapfile -t pods < <(declared "$shards" "$count")
  ask_all "$shards" "$count"
  ! say_who_is_missing || return 0
  for pod in "${pods[@]}"; do
    id=$(look_of "$pod" | awk '$3 ~ /(^|,)myself(,|$)/ { print $1 }')
    ids[$pod]=$id by_id[$id]=$pod
    [ "$(looked "$pod" says)" != "prepared $pod" ] || prepared=$((prepared + 1))
    if [ "$(looked "$pod" keys)" != '0 ' ]; then
      say_each 10 "$pod has keys, but no member has ever been part of a cluster that served: not creating one. If they are not needed, delete the claim of $pod, and its Pod."
      return
    fi
  done
  if [ "$(phase)" = new ]; then
    if [ "$prepared" != 0 ] && [ "$(cat "$DECISION_FILE" 2>/dev/null)" != found ]; then
      say_each 10 "the volume is new, but other members have waited for the one that had it to create the cluster, which may have taken writes at the last moment. If this is the first start: $(to_decide found)."
      return
    fi
    rm -f "$DECISION_FILE"
    set_phase founding
    say "creates the cluster: $shards shards of $count members, all of them new."
  fi
  reason=$(contradiction "$shards")
  [ -z "$reason" ] || { reset_all "$reason"; return; }
  # An epoch of its own for each master, which only one that knows nobody can be given.
  for ((shard = 0; shard < shards; shard++)); do
    pod=$CLUSTER-shard-$shard-0
    [ "$(look_of "$pod" | wc -l)" != 1 ] || tell "$(host_of "$pod")" "$PORT" cluster set-config-epoch $((shard + 1)) >/dev/null
  done
  introduce
  for pod in "${pods[@]}"; do
    parse_pod "$pod"
    line=$(look_of "$pod" | awk '$3 ~ /(^|,)myself(,|$)/')
    first=${ids[$CLUSTER-shard-$shard-0]}
    slots=$(range_of "$shard" "$shards")
    if [ "$ordinal" != 0 ]; then
      if [ "$(awk '{ print $4 }' <<<"$line")" != "$first" ] && look_of "$pod" | awk '$3 !~ /handshake/' | grep -q "^$first "; then
        tell "$(host_of "$pod")" "$PORT" cluster replicate "$first" >/dev/null
      fi
    elif [ "$shard" != 0 ] && [ "$(awk '{ print $7 }' <<<"$line")" = - ]; then
      tell "$(host_of "$pod")" "$PORT" cluster addslotsrange "${slots%-*}" "${slots#*-}" >/dev/null
    fi
  done
  if [ "$prepared" = $((${#pods[@]} - 1)) ] && is_ready_to_found "$(look_of "$HOSTNAME")" "$shards" "$count"; then
    set_phase forming
    slots=$(range_of 0 "$shards")
    [ "$(own_server cluster addslotsrange "${slots%-*}" "${slots#*-}")" = OK ] || return 0
    become_formed 'has created the cluster.'
  else
    say_each 10 "creates the cluster: $prepared of $((${#pods[@]} - 1)) other members are ready for it."
  fi
}

# is_ready_to_found TABLE SHARDS MEMBERS  as is_prepared, of the founder
is_ready_to_found() {
  local own_slots
  own_slots=$(range_of 0 "$2")
  is_prepared "$@"
}
