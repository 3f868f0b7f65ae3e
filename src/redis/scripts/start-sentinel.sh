#!/bin/bash
# Starts a sentinel. What it knows (the master, the other sentinels, the epoch of its last vote) is on its volume. A new one learns the master
# and the epoch from a majority of all sentinels, or, if all are new, the master from the one server that runs as such.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=member.sh
. "${BASH_SOURCE%/*}/member.sh"
# shellcheck source-path=SCRIPTDIR source=../../kit/founding/lock.sh
. "${BASH_SOURCE%/*}/lock.sh"

SENTINELS_FILE=$MEMBERS_FILE
CONF=$DATA/sentinel.conf

# last_epoch ORDINAL  the last epoch in which a sentinel has voted, or heard that a master was chosen: without a vote, if somebody asked for the
# failover. 0 if it is new; nothing if it does not answer. Who asks for a vote in epoch 0 gets none, but hears of the last one, if the server that is
# asked for is the master: the one that `sentinel master` names, while in a failover `get-master-addr-by-name` names the next one already.
last_epoch() {
  local state known chosen voted
  read -r state known chosen _ < <(view_of "$1")
  case $state in
    empty) echo 0 ;;
    known)
      voted=$(tell "$(sentinel_host "$1")" "$SENTINEL_PORT" sentinel is-master-down-by-addr "$known" "$PORT" 0 "$HOSTNAME" | sed -n 3p)
      if [[ $voted =~ ^[0-9]+$ && $(view_of "$1") = "known $known "* ]]; then echo $((voted > chosen ? voted : chosen)); fi
      ;;
  esac
}

# learn_epoch COUNT  says in `epoch` the last one of which another sentinel knows: this one may have voted in it before its volume was lost, and must not
# do so twice, nor ask for votes in it. Fails if fewer than a majority of all have said that, or that they are new: with as many, one of them has taken
# part in each election that was won with the vote of this one. As many must have said, to `look`, which master they know.
learn_epoch() {
  local ordinal last told=0 needed=$(($1 / 2 + 1))
  [ "$needed" -lt "$1" ] || needed=$(($1 - 1))
  for ((ordinal = 0; ordinal < $1; ordinal++)); do
    [ "$SENTINEL_SET-$ordinal" != "$HOSTNAME" ] || continue
    last=$(last_epoch "$ordinal")
    [ -n "$last" ] || continue
    told=$((told + 1))
    if [ "$last" -gt "$epoch" ]; then epoch=$last; fi
  done
  [ "$told" -ge "$needed" ] && [ $((known + empty)) -ge "$needed" ]
}

# learn_master  says in `master` which server is the master, and in `epoch` up to which one this sentinel must not vote
learn_master() {
  local servers sentinels found state known empty silent
  answer_empty
  while :; do
    counts
    look "$sentinels"
    if [ "$known" != 0 ] && learn_epoch "$sentinels"; then break; fi
    if [ -s "$DECISION_FILE" ]; then
      master=$(<"$DECISION_FILE")
      break
    fi
    if [ "$known" != 0 ]; then
      state="is new, and may have voted before its volume was lost: too few sentinels say in which epoch they voted last.${silent[*]:+ No answer from ${silent[*]}.}"
    elif [ "$empty" = $((sentinels - 1)) ]; then
      mapfile -t found < <(masters "$servers")
      if [ ${#found[@]} = 1 ]; then
        master=${found[0]}
        break
      fi
      state="is new, as all sentinels are, and ${#found[@]} servers run as the master."
    else
      state="is new, and does not know whether the others are: no answer from ${silent[*]}."
    fi
    say_each 10 "$state Waiting for a master to watch. Or name it: $(to_decide watch "$SET-0")."
    pause "$FOUNDING_PAUSE"
  done
  stop_answering
}

# kept SET COUNT LINES  the lines about the first COUNT members of a set: the others are not declared any more
kept() {
  local line
  while read -r line; do
    [[ $line =~ \ $1-([0-9]+)\. ]] && [ "${BASH_REMATCH[1]}" -lt "$2" ] && echo "$line"
  done <<<"$3" || :
}

# The accounts of clients may ask for the master and hear of a new one, and nothing else.
write_users() {
  local name _
  while read -r name _; do
    echo "user $name on $(password_hash "$USERS/$name/password") allchannels -@all +@connection +@pubsub -publish +info +role" \
      '+sentinel|get-master-addr-by-name +sentinel|master +sentinel|masters +sentinel|replicas +sentinel|slaves +sentinel|sentinels'
  done <"$FILES/users"
}

# The settings of this revision, and what the sentinel has learned.
write_conf() {
  local servers sentinels learned=$CONF
  counts
  [ -e "$learned" ] || learned=/dev/null
  (
    umask 077
    {
      echo "port $SENTINEL_PORT"
      echo "dir $RUN"
      echo 'protected-mode yes'
      echo "requirepass $(quoted "$REDISCLI_AUTH")"
      write_users
      echo "sentinel sentinel-pass $(quoted "$REDISCLI_AUTH")"
      echo 'sentinel resolve-hostnames yes'
      echo 'sentinel announce-hostnames yes'
      echo "sentinel announce-ip $(sentinel_host "$(own_ordinal)")"
      echo "sentinel announce-port $SENTINEL_PORT"
      grep -E '^sentinel myid ' "$learned" || :
      echo "sentinel monitor $MASTER_NAME $1 $PORT $((sentinels / 2 + 1))"
      echo "sentinel auth-pass $MASTER_NAME $(quoted "$REDISCLI_AUTH")"
      echo "sentinel down-after-milliseconds $MASTER_NAME $DOWN_AFTER_MILLIS"
      echo "sentinel failover-timeout $MASTER_NAME $((DOWN_AFTER_MILLIS > 5000 ? 2 * DOWN_AFTER_MILLIS : 10000))" # for twice as long no other one begins
      echo "sentinel parallel-syncs $MASTER_NAME 1"
      [ "$epoch" = 0 ] || printf '%s\n' "sentinel leader-epoch $MASTER_NAME $epoch" "sentinel current-epoch $epoch"
      grep -E "^sentinel (config-epoch|leader-epoch) $MASTER_NAME |^sentinel current-epoch " "$learned" || :
      kept "$SET" "$servers" "$(grep -E "^sentinel known-(replica|slave) $MASTER_NAME " "$learned")"
      kept "$SENTINEL_SET" "$sentinels" "$(grep -E "^sentinel known-sentinel $MASTER_NAME " "$learned")"
    } >"$CONF.new"
  )
  if ! { sync "$CONF.new" && mv "$CONF.new" "$CONF"; }; then refuse "cannot write $CONF: is the volume full?"; fi
}

trap 'exit 143' TERM
: >"$WAITING"
rm -f "$DECISION_FILE"
lock_volume "$DATA/.lock"
# The master that it knows already.
master=$(sed -n "s/^sentinel monitor $MASTER_NAME \([^ ]*\) .*/\1/p" "$CONF" 2>/dev/null || :)
epoch=0
[ -n "$master" ] || learn_master
say "watches $(pod_of "$master") as the master."
require_passwords
write_conf "$master"
rm -f "$WAITING"
unset REDISCLI_AUTH
exec "$PRODUCT-sentinel" "$CONF"
