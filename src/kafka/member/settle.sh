#!/bin/bash
# Runs beside the server after each of its starts, until the member is what it shall be: a controller is a voter of the quorum
# and has caught up, a broker is among the in-sync replicas of all its partitions. Then it leaves the mark that ready.sh
# looks for, and ends, as each question starts a Java program.
set -u
FILES=$(dirname "$0")
# shellcheck source=/dev/null
for part in member.conf founding.sh member.sh; do . "$FILES/$part"; done
: "${SETTLE_PAUSE:=2}"

quorum() { tool kafka-metadata-quorum --bootstrap-controller "127.0.0.1:$CONTROLLER_PORT" "$@"; }

# membership  what the leader of the quorum knows of this controller: "voter LAG", "observer LAG", "lost DIRECTORY" if the voter of
# this id had another volume, or "unknown". Fails without an answer.
membership() {
  local rows directory
  directory=$(sed -n 's/^directory\.id=//p' "$LOGS/meta.properties")
  rows=$(quorum describe --replication) || return 1
  awk -v me="$NODE_ID" -v directory="$directory" '
    NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
    $column["NodeId"] != me { next }
    $column["DirectoryId"] == directory { own = ($column["Status"] == "Observer" ? "observer " : "voter ") $column["Lag"]; next }
    $column["Status"] != "Observer" { lost = $column["DirectoryId"] }
    END { print lost != "" ? "lost " lost : own != "" ? own : "unknown" }' <<<"$rows"
}

# The tool reads of whom it speaks from a file of properties, and knows no variables in it.
add_self() {
  local address
  address=CONTROLLER://$(host_of "${HOSTNAME##*-}"):$CONTROLLER_PORT
  printf '%s\n' "process.roles=$ROLES" "node.id=$NODE_ID" "log.dirs=$LOGS" controller.listener.names=CONTROLLER \
    "listeners=$address" "advertised.listeners=$address" listener.security.protocol.map=CONTROLLER:PLAINTEXT >"$MARKS/self.properties"
  quorum --command-config "$MARKS/self.properties" add-controller
}

# become_voter  one attempt
become_voter() {
  local state count
  if ! state=$(membership 2>"$MARKS/settle.log"); then
    say_each 30 'waiting for the leader of the controllers, which does not answer. A leader needs a majority of the voters, with their own volumes.'
    return 1
  fi
  case $state in
    'voter '*) [ "${state#voter }" -le 100 ] || { say_each 30 "${state#voter } records behind the leader of the controllers"; return 1; } ;;
    'lost '*)
      say "voter $NODE_ID had another volume, which is lost: removing it from the voters"
      quorum remove-controller --controller-id "$NODE_ID" --controller-directory-id "${state#lost }" >"$MARKS/settle.log" 2>&1 || failed
      return 1
      ;;
    'observer '*)
      count=$(members) || return 1
      [ "${HOSTNAME##*-}" -lt "$count" ] || { say_each 60 'not a voter, because the manifests declare fewer members'; return 1; }
      add_self >"$MARKS/settle.log" 2>&1 || { failed; return 1; } # the answer comes when a majority has it
      say 'is now a voter of the quorum'
      ;;
    *) say_each 30 'not yet known to the leader of the controllers'; return 1 ;;
  esac
}

failed() { say_each 30 "$(grep -v '^\s*at \|^$' "$MARKS/settle.log" | tail -1)"; }

# in_sync  A partition without a leader cannot be waited for: whoever has its data is not there. One that has several in-sync
# replicas has a leader, which does not listen where the brokers of this configuration talk to each other.
in_sync() {
  local partitions lagging
  partitions=$(tool kafka-topics --bootstrap-server "127.0.0.1:$BROKER_PORT" --describe --under-replicated-partitions 2>"$MARKS/settle.log") || return 1
  lagging=$(partitions_with '(value["Leader"] ~ /^[0-9]+$/ || count(value["Isr"]) > 1) && has(value["Replicas"]) && !has(value["Isr"])' <<<"$partitions")
  [ -z "$lagging" ] || { say_each 30 "not yet in sync: $lagging"; return 1; }
}

# brokers_seen  how many brokers follow the controllers. Fails without an answer.
brokers_seen() {
  local rows
  rows=$(quorum describe --replication) || return 1
  awk -v controller="^${ID_PREFIX}[0-9]\$" '
    NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
    $column["NodeId"] !~ controller { brokers++ }
    END { print brokers + 0 }' <<<"$rows"
}

# announce  says that the cluster is new until the first broker has come: before that there are no partitions, so that none can
# count on a broker whose volume is empty. All brokers that come later ask those that are there.
announce() {
  while [ -e "$MARKS/new" ]; do
    case $(brokers_seen 2>"$MARKS/settle.log") in
      0) answer "new $HOSTNAME" ;;
      '') stop_answering ;; # not known
      *) rm "$MARKS/new" ;;
    esac
    pause "$SETTLE_PAUSE"
  done
  stop_answering
}

# until_true COMMAND...  with longer and longer pauses
until_true() {
  local seconds=$SETTLE_PAUSE
  until "$@"; do
    pause "$seconds"
    [ "$seconds" -ge 10 ] || seconds=$((seconds + 1))
  done
}

await_port() { until listens 127.0.0.1 "$1"; do pause 1; done; }

if is controller; then await_port "$CONTROLLER_PORT"; fi
alone='' # one is in sync with itself
[ "$(members)" != 1 ] || alone=yes
if is controller && [ -z "$alone" ]; then until_true become_voter; fi
if is broker; then
  await_port "$BROKER_PORT"
  [ -n "$alone" ] || until_true in_sync
fi
touch "$MARKS/settled"
[ ! -e "$MARKS/new" ] || announce
