#!/bin/bash
# Starts a sentinel. What it knows (the master, the other sentinels, the epochs of their votes) is on its volume; a new one learns the
# master from another sentinel, or, if all are new, from the one server that runs as the master.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=member.sh
. "${BASH_SOURCE%/*}/member.sh"
# shellcheck source-path=SCRIPTDIR source=../../kit/founding/lock.sh
. "${BASH_SOURCE%/*}/lock.sh"

SENTINELS_FILE=$MEMBERS_FILE
CONF=$DATA/sentinel.conf

# learn_master  says in `master` which server is the master
learn_master() {
  local servers sentinels found state known empty silent
  answer_empty
  while :; do
    if [ -s "$DECISION_FILE" ]; then
      master=$(<"$DECISION_FILE")
      break
    fi
    counts
    look "$sentinels"
    [ "$known" = 0 ] || break
    if [ "$empty" = $((sentinels - 1)) ]; then
      mapfile -t found < <(masters "$servers")
      if [ ${#found[@]} = 1 ]; then
        master=${found[0]}
        break
      fi
      state="is new, as all sentinels are, and ${#found[@]} servers run as the master."
    else
      state="is new, and does not know whether the others are: no answer from ${silent[*]}."
    fi
    say_each 10 "$state Waiting for a master to watch. A person can name it: bash $FILES/decide.sh watch $SET-0."
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
[ -n "$master" ] || learn_master
say "watches $(pod_of "$master") as the master."
require_passwords
write_conf "$master"
rm -f "$WAITING"
unset REDISCLI_AUTH
exec "$PRODUCT-sentinel" "$CONF"
