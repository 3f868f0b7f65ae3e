#!/bin/bash
# A person decides what a member does that cannot know, and what is never done without one.
#
# In any member:
#   decide.sh show            who has which slots, on which Pod
#   decide.sh rebalance       give each master an equal share of the slots, new ones too
#   decide.sh drain 3         move all slots off shard 3, before it is removed
# In a replica:
#   decide.sh lead            make it the master; nothing is lost; refused unless the master answers
#   decide.sh takeover        make it the master of what it has; refused while the master answers
# In a member with a new volume:
#   decide.sh empty           all copies of this shard are lost permanently: serve its slots with nothing in them; refused while a member of the shard
#                             that does not answer could have one
#   decide.sh empty anyway    also then
#   decide.sh found           in the first member: this is the first start
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=member.sh
. "${BASH_SOURCE%/*}/member.sh"
# shellcheck source-path=SCRIPTDIR source=cluster-member.sh
. "${BASH_SOURCE%/*}/cluster-member.sh"

refuse() { echo "refused: $*" >&2; exit 1; }

# failover WORD  tells the own server
failover() {
  local answer
  answer=$(tell 127.0.0.1 "$PORT" cluster failover "$@")
  [ "$answer" = OK ] || refuse "the server says: ${answer:-nothing}."
  pause 3
  if has_flag "$(own "$(nodes_of 127.0.0.1)" && echo "$own_flags")" master; then return 0; fi
  return 1
}

# Without the bars that show how it goes on.
manage() { "$PRODUCT-cli" --cluster "$@" --cluster-yes | sed '/^#*$/d'; }

nodes=$(nodes_of 127.0.0.1)
own "$nodes" || refuse 'the server does not answer.'
master_pod=$(awk -v id="$own_master" '$1 == id { print $2 }' <<<"$nodes")
is_replica() { has_flag "$own_flags" slave || refuse "$HOSTNAME is not a replica."; }

case "${1-}" in
  show) awk '{ print $2, $3, $6, $7 }' <<<"$nodes" | sort -V ;;
  rebalance) manage rebalance "127.0.0.1:$PORT" --cluster-use-empty-masters ;;
  drain)
    [[ ${2-} =~ ^[0-9]+$ ]] || refuse "'${2-}' is the number of no shard."
    mapfile -t weights < <(awk -v prefix="$CLUSTER-shard-$2-" 'index($2, prefix) == 1 && $7 != "-" { print $1 "=0" }' <<<"$nodes")
    [ ${#weights[@]} != 0 ] || refuse "shard $2 has no slots."
    manage rebalance "127.0.0.1:$PORT" --cluster-weight "${weights[@]}"
    ;;
  lead)
    is_replica
    [ "$(id_of "$(host_of "$master_pod")")" = "$own_master" ] || refuse "$master_pod, the master, does not answer. If it is lost permanently: decide.sh takeover."
    failover || refuse 'the other masters have not agreed within 3 s: try again.'
    echo "$HOSTNAME is the master of its shard."
    ;;
  takeover)
    is_replica
    [ "$(id_of "$(host_of "$master_pod")")" != "$own_master" ] || refuse "$master_pod, the master, answers. Say 'lead'."
    # With the votes of the other masters where there is a majority of them, else without.
    failover force || failover takeover || refuse 'the server did not become the master.'
    echo "$HOSTNAME is the master of its shard, with what it has."
    ;;
  empty)
    [ "$(phase)" = new ] || refuse "$HOSTNAME is part of the cluster."
    view=$(views | awk '$1 == "of" { if (seen++) exit; next } { print }')
    [ -n "$view" ] || refuse 'no member answers that knows the whole cluster.'
    owners=$(awk -v prefix="$CLUSTER-shard-$SHARD-" 'index($2, prefix) == 1 && $7 != "-"' <<<"$view")
    [ -n "$owners" ] || refuse 'no member of this shard has slots: nothing to decide.'
    ! awk '$3 !~ /(^|,)fail(,|$)|noaddr/' <<<"$owners" | grep -q . || refuse "the master of this shard is not down: $HOSTNAME will follow it."
    for ((i = 0; i < $(members); i++)); do
      pod=$CLUSTER-shard-$SHARD-$i
      [ "$pod" != "$HOSTNAME" ] || continue
      theirs=$(nodes_of "$(host_of "$pod")")
      ! awk '$3 ~ /myself/ && $3 ~ /slave/' <<<"$theirs" | grep -q . || refuse "$pod has a copy. There: decide.sh takeover."
      [ -n "$theirs" ] || [ "${2-}" = anyway ] || refuse "$pod does not answer, and could have a copy: wait for it. If its volume is lost permanently, too: decide.sh empty anyway."
    done
    awk '{ print $7 }' <<<"$owners" | tr ',' '\n' | { mapfile -t slots; set_phase emptying "${slots[@]}"; }
    echo "decided: $1. The log of $HOSTNAME shows what it does next."
    ;;
  found)
    { [ "$HOSTNAME" = "$CLUSTER-shard-0-0" ] && [ "$(phase)" = new ]; } || refuse "only $CLUSTER-shard-0-0 with a new volume creates a cluster."
    echo found >"$DECISION_FILE"
    echo "decided: $1. The log of $HOSTNAME shows what it does next."
    ;;
  *) refuse "'$*' is not a decision: see the head of $FILES/decide.sh." ;;
esac
