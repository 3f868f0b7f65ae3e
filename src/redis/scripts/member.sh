#!/bin/bash
# What all scripts of servers and sentinels share. Environment, beside that of founding.sh: PRODUCT (redis or valkey), and where there
# are sentinels SET and DOMAIN of the servers, SENTINEL_SET and SENTINEL_DOMAIN of the sentinels.

: "${FILES:=/etc/cdk8s-stateful/files}"
: "${DATA:=/data}"
: "${RUN:=/run/redis}" # for what ends with the Pod
: "${PASSWORD_FILE:=/etc/cdk8s-stateful/credentials/password}"
: "${USERS:=/etc/cdk8s-stateful/users}"
: "${SERVERS_FILE:=/etc/cdk8s-stateful/servers/members}"
: "${SENTINELS_FILE:=/etc/cdk8s-stateful/sentinels/members}"
: "${DECISION_FILE:=$RUN/decision}"
: "${TELL_SECONDS:=2}" # how long an answer may take

# shellcheck disable=SC2034 # used by the scripts that source this one, as the answers of `look` are
WAITING=$RUN/waiting # a member that has no server yet
PORT=6379
SENTINEL_PORT=26379
MASTER_NAME=mymaster

# shellcheck source-path=SCRIPTDIR source=../../kit/founding/founding.sh
. "${BASH_SOURCE%/*}/founding.sh"

# Not on a command line, where every process of the node can read it.
REDISCLI_AUTH=$(<"$PASSWORD_FILE")
export REDISCLI_AUTH

# counts  in `servers` and `sentinels` how many of each the manifests declare
# shellcheck disable=SC2034
counts() {
  if ! servers=$(MEMBERS_FILE=$SERVERS_FILE members) || ! sentinels=$(MEMBERS_FILE=$SENTINELS_FILE members); then
    refuse 'cannot read how many members there are.'
  fi
}

# refuse TEXT  ends this container with a reason, which `kubectl describe` shows too
refuse() {
  say "$*"
  echo "$*" >"${TERMINATION_LOG:-/dev/termination-log}" 2>/dev/null || :
  exit 1
}

# to_decide DECISION...  what an operator types to decide in this member
to_decide() {
  local container=$PRODUCT
  [[ $HOSTNAME != "${SENTINEL_SET-}"-* ]] || container=sentinel
  in_pod "${DOMAIN-${SUFFIX-}}" "$container" bash "$FILES/decide.sh" "$@"
}

# tell HOST PORT COMMAND...  what it answers; nothing if it does not
tell() {
  timeout "$TELL_SECONDS" "$PRODUCT-cli" -h "$1" -p "$2" "${@:3}" </dev/null 2>/dev/null | tr -d '\r' || :
}

# field NAME  its value in what INFO answered
field() { sed -n "s/^$1://p"; }

# role_of HOST  master or slave, also while it loads its data; nothing if it does not answer
role_of() { tell "$1" "$PORT" info replication | field role; }

server_host() { echo "$SET-$1.$DOMAIN"; }
sentinel_host() { echo "$SENTINEL_SET-$1.$SENTINEL_DOMAIN"; }
# pod_of HOST  the first label of the name of a member
pod_of() { echo "${1%%.*}"; }

# quoted TEXT  as one word of a configuration file
quoted() {
  local text=${1//\\/\\\\}
  echo "\"${text//\"/\\\"}\""
}

# password_hash FILE  as access lists have it
password_hash() {
  local hash
  hash=$(printf '%s' "$(<"$1")" | sha256sum)
  echo "#${hash%% *}"
}

# require_passwords  a server with an account whose password is empty would let everybody in
require_passwords() {
  local name _
  require_password "$PASSWORD_FILE"
  while read -r name _; do require_password "$USERS/$name/password"; done <"$FILES/users"
}

require_password() {
  [ -n "$(cat "$1")" ] || refuse "does not start: there is no password in $1, so everyone could log in. Give the Secret a password under this key, then delete this Pod."
}

# masters COUNT  the servers among the first COUNT, but for this Pod, that say that they are the master
masters() {
  local ordinal
  for ((ordinal = 0; ordinal < $1; ordinal++)); do
    [ "$SET-$ordinal" != "$HOSTNAME" ] || continue
    { [ "$(role_of "$(server_host "$ordinal")")" != master ] || server_host "$ordinal"; } &
  done
  wait
}

# view_of ORDINAL  what a sentinel knows: 'known HOST EPOCH FLAGS', 'empty' if its volume is, 'silent POD' if it does not answer
view_of() {
  local host key value ip='' epoch='' flags=''
  host=$(sentinel_host "$1")
  while read -r key && read -r value; do
    case $key in
      ip) ip=$value ;;
      flags) flags=$value ;;
      config-epoch) epoch=$value ;;
    esac
  done < <(tell "$host" "$SENTINEL_PORT" sentinel master "$MASTER_NAME")
  if [ -n "$ip" ] && [[ $epoch =~ ^[0-9]+$ ]]; then
    echo "known $ip $epoch $flags"
  elif [ "$(ask "$host")" = "empty $SENTINEL_SET-$1" ]; then
    echo empty
  else
    echo "silent $SENTINEL_SET-$1"
  fi
}

# look COUNT  asks the sentinels, but for this Pod, and says in `known` how many know a master, in `master` the one that was chosen
# last, in `agreed` how many know that one, in `failing` and `down` whether one of them replaces it or believes it down; in `empty` how
# many are new, in `silent` who does not answer
# shellcheck disable=SC2034
look() {
  local views ordinal state who epoch flags last=-1
  views=$(
    for ((ordinal = 0; ordinal < $1; ordinal++)); do
      [ "$SENTINEL_SET-$ordinal" = "$HOSTNAME" ] || view_of "$ordinal" &
    done
    wait
  )
  known=0 empty=0 silent=() master='' failing='' down=''
  while read -r state who epoch flags; do
    case $state in
      known)
        known=$((known + 1))
        if [ "$epoch" -gt "$last" ]; then last=$epoch master=$who; fi
        [[ $flags != *failover_in_progress* ]] || failing=1
        [[ $flags != *o_down* ]] || down=1
        ;;
      empty) empty=$((empty + 1)) ;;
      silent) silent+=("$who") ;;
    esac
  done <<<"$views"
  agreed=$(grep -cF "known $master " <<<"$views" || :)
}

# say_each SECONDS TEXT  unless something was said within that time
say_each() {
  [ $((SECONDS - ${said:--$1})) -ge "$1" ] || return 0
  said=$SECONDS
  say "$2"
}
