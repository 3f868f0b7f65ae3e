# shellcheck shell=bash
# Follows cluster-join.sh, in the same file, in a cluster that begins with a backup. The first member of each shard starts with the data and the
# slots of that shard, and knows nobody. The member of ordinal 0 of shard 0 brings them together when every one has the data of the same backup, and all
# others are new; then the cluster serves, and the others join their shards. Nothing is ever reset.
# shellcheck disable=SC2153,SC2154 # from the environment, and from `round`

# The lines after the first one of the file with the progress: the backup, and the slots of this shard in it.
restored_backup() { sed -n 2p "$PHASE"; }
restored_slots() { sed -n 3p "$PHASE"; }

# knows_others TABLE
knows_others() { [ "$(awk '$3 !~ /handshake/' <<<"$1" | wc -l)" -gt 1 ]; }

# begin TABLE  a round of a member that has not been part of a cluster that serves
begin() {
  local view=$1
  case $(phase) in
    restored* | meeting*)
      gather "$1"
      return
      ;;
  esac
  [ "$(assigned "$view")" = "$SLOTS" ] || view=$(formed_view)
  if [ -n "$view" ] && ! has_names "$view"; then
    say_each 10 'knows the cluster, but not yet the names of all members that have slots: waiting for them.'
  elif [ -n "$view" ]; then
    now_says ''
    join "$1" "$view"
  elif knows_others "$1"; then
    now_says ''
    say_each 10 'has met other members, and waits for the rest of the cluster.'
  else
    now_says empty
    if [ "${HOSTNAME##*-}" = 0 ]; then
      say_each 30 "is new, and has restored nothing: the cluster has data, and nobody who knows it answers yet, or this volume is older than 'restoreFrom'. Then delete the claim of $HOSTNAME, and its Pod: it restores its shard."
    else
      say_each 30 "is new: waiting for $CLUSTER-shard-0-0, which brings the restored shards together."
    fi
  fi
}

# gather TABLE  a round of a first member that has restored its shard
gather() {
  if knows_others "$1"; then
    now_says ''
  elif [ "$own_slots" = "$(restored_slots)" ]; then
    now_says "restored $(restored_backup)"
  else
    now_says ''
    say_each 10 "has the slots $own_slots, and those of the backup are $(restored_slots): not joining. Delete the claim of $HOSTNAME, and its Pod: it restores again."
    return
  fi
  if [ "$(assigned "$1")" = "$SLOTS" ] && has_names "$1"; then
    join "$1" "$1"
  elif is_founder; then
    bring_together "$1"
  else
    say_each 30 "has restored its shard: waiting for $CLUSTER-shard-0-0, which brings the shards together."
  fi
}

# bring_together TABLE  the founder meets the first members of all other shards; gossip does the rest
bring_together() {
  local shards count pods pod shard ordinal id backup lost firsts='' missing=() unlike=()
  shards=$(shards) && count=$(members) || return 0
  backup=$(restored_backup)
  mapfile -t pods < <(declared "$shards" "$count")
  ask_all "$shards" "$count"
  declare -A ids=()
  for pod in "${pods[@]}"; do
    parse_pod "$pod"
    id=$(own_line "$pod" | awk '{ print $1 }')
    ids[$pod]=$id
    [ "$ordinal" != 0 ] || firsts+=$(own_line "$pod")$'\n'
    if [ "$pod" = "$HOSTNAME" ] || has_met "$1" "$id"; then continue; fi
    case "$ordinal $(sed -n 's/^says //p' "$looks/$pod")" in
      "0 restored $backup $pod") [ -n "$id" ] || missing+=("$pod") ;;
      "0 restored "*" $pod") unlike+=("$pod") ;;
      0\ *) missing+=("$pod") ;;
      *" empty $pod") [ "$(looked "$pod" keys)" = '0 ' ] || missing+=("$pod") ;;
      *) [[ $(phase) == meeting* ]] || missing+=("$pod") ;; # they join once the first ones have met
    esac
  done
  lost=$(awk '$7 != "-" { print $1 }' <<<"$1" | grep -vxF "$(printf '%s\n' "${ids[@]}")" || :)
  if [ ${#unlike[@]} != 0 ]; then
    say_each 10 "has restored the backup ${backup%@*}, and ${unlike[*]} another one: not bringing them together. Name a backup in 'restoreFrom', with 'named()', delete the claims of all members, and their Pods: the restore begins anew."
  elif [ ${#missing[@]} != 0 ]; then
    say_each 10 "has restored its shard of the backup ${backup%@*}: not bringing the cluster together before every first member has, and all others are new. No answer about that from: ${missing[*]}."
  elif [ -n "$lost" ]; then
    say_each 10 'has met a member that has slots, and is lost: not bringing others together.'
  elif [[ $(phase) != meeting* ]] && [ "$(assigned "$firsts")" != "$SLOTS" ]; then
    say_each 10 "the first members have $(assigned "$firsts") of $SLOTS slots: not bringing them together."
  else
    [[ $(phase) == meeting* ]] || set_phase meeting "$backup" "$own_slots"
    for ((shard = 1; shard < shards; shard++)); do
      pod=$CLUSTER-shard-$shard-0
      is_connected "$1" "${ids[$pod]}" || meet "$pod" "${ids[$pod]}"
    done
    say_each 10 "brings the $shards restored shards together."
  fi
}

own_line() { look_of "$1" | awk '$3 ~ /(^|,)myself(,|$)/'; }

# has_met TABLE ID
has_met() { [ -n "$2" ] && awk '{ print $1 }' <<<"$1" | grep -qxF "$2"; }

# is_connected TABLE ID
is_connected() { awk -v id="$2" '$1 == id && $5 == "connected" && $3 !~ /fail|noaddr/' <<<"$1" | grep -q .; }
