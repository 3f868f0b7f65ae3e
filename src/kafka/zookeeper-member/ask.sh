#!/bin/bash
# What ZooKeeper knows of the cluster. Sourced, after member.sh. In member.conf:
#   ZOOKEEPER   the members of the ensemble, with commas between them
#   CHROOT      the path of the cluster in it; empty for the root
#
# It is asked, and not the brokers: it alone decides who leads, and what it says is as it was written last. An answer counts when it is
# there as a whole. Silence, a lost connection or a missing right never mean that a node does not exist.

: "${ZOOKEEPER_SECONDS:=300}"

# unknown REASON  fails, and keeps the reason for whoever says that this member waits
unknown() { echo "$1" >"$MARKS/unknown"; return 1; }

# reachable  whether a member of the ensemble listens: before a Java program is started to ask it
reachable() {
  local member
  for member in ${ZOOKEEPER//,/ }; do
    if listens "${member%:*}" "${member##*:}"; then return 0; fi
  done
  unknown 'no member accepts connections'
}

# session  runs the commands on stdin in ZooKeeper's shell, and prints what it prints. Before the first and after the last the
# server catches up with the ensemble: then what lies between is up to date, and whole.
session() {
  local output problem
  reachable || return 1
  output=$({ echo 'sync /'; cat; echo 'sync /'; } |
    TOOL_SECONDS=$ZOOKEEPER_SECONDS tool kafka-run-class org.apache.zookeeper.ZooKeeperMain -waitforconnection -timeout 15000 -server "$ZOOKEEPER" 2>&1) || :
  problem=$(grep -E -m 1 '^(KeeperErrorCode|Insufficient permission)' <<<"$output") || :
  if [ -n "$problem" ]; then unknown "$problem"; return 1; fi
  if [ "$(grep -c '^Sync is OK' <<<"$output")" != 2 ]; then unknown 'its members are not serving: perhaps no majority of them is up'; return 1; fi
  echo "$output"
}

# nodes PATH...  prints, for each of these nodes, its path, a tab and its data: nothing for one that does not exist
nodes() {
  local output
  output=$(printf 'get %s\n' "$@" | session) || return 1
  awk '
    FNR == NR && sub(/^Node does not exist: /, "") { missing[$0] = 1 }
    FNR == NR { if (/^[{]/) data[++found] = $0; next }
    { print $0 "\t" (($0 in missing) ? "" : data[++used]) }
    END { exit used != found }' <(echo "$output") <(printf '%s\n' "$@") || unknown 'its answer cannot be parsed'
}

# below PATH  prints this node and all below it; nothing if there is none
below() {
  local output
  output=$(echo "ls -R $1" | session) || return 1
  grep '^/' <<<"$output" || :
}
