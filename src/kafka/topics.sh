#!/bin/bash
# Makes the topics of a cluster what they are declared to be, and looks again every hour: at once and until it succeeds
# when something fails, every minute while something is refused. What it did is never taken for what there is: after each
# change it asks again, as a client or another tool may have made the topic in between.
#
# Arguments: a topic each, of several lines: its name, partitions and replication factor, then each setting as name=value.
# Environment: BOOTSTRAP_SERVERS, KAFKA_BIN, WORK_FOLDER.

set -u
: "${KAFKA_BIN:=/opt/kafka/bin}"
: "${WORK_FOLDER:=/tmp}"

MARK=$WORK_FOLDER/as-declared # there while all topics are as declared: the readiness probe looks for it
MOST_ATTEMPTS=4 # after which a setting that Kafka took is one that it writes in another way, not one that the brokers do not know of yet

trap 'exit 0' TERM
rm -f "$MARK" # it may be that of an earlier container of this Pod

say() { echo "$*"; }
refuse() { refused=1; echo "refused: $*" >&2; }
fail() { failed=1; echo "failed: $*; trying again" >&2; }
pause() { sleep "$1" & wait "$!"; } # a trap does not wait for it to end

kafka() { timeout 90 "$KAFKA_BIN/$1.sh" --bootstrap-server "$BOOTSTRAP_SERVERS" "${@:2}"; }

# attempt TOOL ARGUMENT...  runs one of Kafka's tools, with its answer in $output, and in $reason why it fails
attempt() {
  output=$(kafka "$@" 2>"$WORK_FOLDER/errors") && return
  output+=$'\n'$(<"$WORK_FOLDER/errors")
  reason=$(sed -n 's/.*org\.apache\.kafka\.common\.errors\.[A-Za-z]*: //p' <<<"$output" | head -n 1)
  : "${reason:=$(grep -v '^\[.* WARN ' <<<"$output" | grep -m 1 .)}"
  : "${reason:=no answer within 90 s}"
  return 1
}

declare -A partitions_of factor_of # by topic
declare -A value_of # by topic and name of the setting: only what is set on the topic itself
declare -A attempts # by topic and setting: how often Kafka took it

# look  asks what there is
look() {
  local topics settings name partitions factor setting
  attempt kafka-topics --describe --exclude-internal || return
  topics=$output
  attempt kafka-configs --describe --entity-type topics || return
  settings=$output
  partitions_of=() factor_of=() value_of=()
  while read -r name partitions factor; do
    partitions_of[$name]=$partitions factor_of[$name]=$factor
  done < <(awk -F '\t' '
    /PartitionCount: / {
      for (i = 1; i <= NF; i++) { split($i, pair, ": "); field[pair[1]] = pair[2] }
      print field["Topic"], field["PartitionCount"], field["ReplicationFactor"]
    }' <<<"$topics")
  while IFS=$'\t' read -r name setting; do
    value_of["$name ${setting%%=*}"]=${setting#*=}
  done < <(awk '
    /^Dynamic configs for topic / { topic = $5 }
    /^  / && match($0, / sensitive=(true|false) synonyms=[{]/) { print topic "\t" substr($0, 3, RSTART - 3) }' <<<"$settings")
}

# check TOPIC  compares a topic with what there is, and changes what differs
check() {
  local name partitions factor settings
  { read -r name partitions factor; mapfile -t settings; } <<<"$1"
  if [ -z "${partitions_of[$name]-}" ]; then
    create "$name" "$partitions" "$factor" "${settings[@]}"
    return
  fi
  check_partitions "$name" "$partitions"
  if [ "${factor_of[$name]}" != "$factor" ]; then
    refuse "topic $name has replication factor ${factor_of[$name]}, not the $factor declared. Change it with kafka-reassign-partitions.sh, or declare ${factor_of[$name]}"
  fi
  check_settings "$name" "$factor" "${settings[@]}"
}

create() { # NAME PARTITIONS FACTOR SETTING...
  local name=$1 partitions=$2 factor=$3 setting arguments=()
  for setting in "${@:4}"; do arguments+=(--config "$setting"); done
  if attempt kafka-topics --create --if-not-exists --topic "$name" --partitions "$partitions" --replication-factor "$factor" "${arguments[@]}"; then
    changed=1
    say "topic $name: created with $partitions partitions, replication factor $factor"
  else
    fail "creating topic $name: $reason"
  fi
}

check_partitions() { # NAME PARTITIONS
  local name=$1 partitions=$2 present=${partitions_of[$1]}
  if [ "$present" -gt "$partitions" ]; then
    refuse "topic $name has $present partitions, more than the $partitions declared, and Kafka cannot remove any. Declare $present, or delete the topic and its data first"
  elif [ "$present" -lt "$partitions" ]; then
    # Here --topic is a regular expression: orders.v1 would be orders-v1, too.
    if attempt kafka-topics --alter --topic "${name//./\\.}" --partitions "$partitions"; then
      changed=1
      say "topic $name: from $present to $partitions partitions; new records of a key may go to another partition than old ones"
    else
      fail "adding partitions to topic $name: $reason"
    fi
  fi
}

check_settings() { # NAME FACTOR SETTING...
  local name=$1 factor=$2 setting key differing=()
  for setting in "${@:3}"; do
    key=${setting%%=*}
    # Fewer copies than declared: their least number is for later, or a restart of one broker would stop all writes.
    if [ "$key" = min.insync.replicas ] && [ "${factor_of[$name]}" -lt "$factor" ]; then continue; fi
    if [ -n "${value_of["$name $key"]+set}" ] && [ "$key=${value_of["$name $key"]}" = "$setting" ]; then
      attempts["$name $setting"]=0
    elif [ "${attempts["$name $setting"]-0}" -ge "$MOST_ATTEMPTS" ]; then
      refuse "topic $name: Kafka accepted $setting, but shows $key=${value_of["$name $key"]-}. Declare it as Kafka shows it"
    else
      differing+=("$setting")
    fi
  done
  [ ${#differing[@]} = 0 ] || alter "$name" "${differing[@]}"
}

alter() { # NAME SETTING...
  local name=$1 setting
  printf '%s\n' "${@:2}" | sed 's/\\/\\\\/g' >"$WORK_FOLDER/settings" # a backslash begins an escape
  if attempt kafka-configs --alter --entity-type topics --entity-name "$name" --add-config-file "$WORK_FOLDER/settings"; then
    changed=1
    for setting in "${@:2}"; do
      attempts["$name $setting"]=$((${attempts["$name $setting"]-0} + 1))
      say "topic $name: $setting"
    done
  else
    fail "configuring topic $name: $reason"
  fi
}

rounds=0 # in a row that were not the last word
while :; do
  failed='' refused='' changed='' unknown=''
  if look; then
    for topic; do check "$topic"; done
  else
    unknown=1
    echo "no answer from $BOOTSTRAP_SERVERS yet: $reason; trying again" >&2
  fi
  rounds=$((rounds + 1))
  if [ -n "$unknown" ]; then
    seconds=$((rounds < 3 ? 10 * rounds : 30)) # no answer says nothing of the topics: the mark stays as it is
  elif [ -n "$failed" ]; then
    rm -f "$MARK"
    seconds=$((rounds < 3 ? 10 * rounds : 30))
  elif [ -n "$changed" ]; then
    rm -f "$MARK"
    seconds=$((rounds < 15 ? 2 * rounds : 30))
  elif [ -n "$refused" ]; then
    rm -f "$MARK"
    rounds=0 seconds=60
  else
    touch "$MARK"
    say "all $# topics are as declared"
    rounds=0 seconds=3600
  fi
  pause "$seconds"
done
