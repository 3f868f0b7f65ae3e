#!/bin/bash
# What a member knows of its ensemble, and how it changes the membership. Sourced by the other scripts.
#
# The membership belongs to ZooKeeper: it is data of the ensemble, changed by reconfiguration only, and each member keeps a
# copy on its volume. The manifests say how many members there should be, and restart nobody to say so.
#
# Environment: HOSTNAME, SET_DOMAIN (the DNS domain of the members), DATA_DIR, DATA_LOG_DIR (empty without a volume for the
# log), RUN_DIR (what lasts as long as the Pod).

: "${DATA_DIR:=/data}"
: "${DATA_LOG_DIR:=}"
: "${RUN_DIR:=/tmp}"
STATE_DIR=$DATA_DIR/membership          # ZooKeeper writes the membership beside its configuration file
CONFIG=$STATE_DIR/zoo.cfg
PASSWORD_FILE=$RUN_DIR/super
WAITING=$RUN_DIR/waiting                # there while this member waits, and no server runs
STARTING=$RUN_DIR/starting              # there until the server that was started has answered once
LEFT=$RUN_DIR/left                      # an operator told this member to leave; it ends with the Pod
FOUNDING=$STATE_DIR/founding            # this member founds, and no majority of the declared members has joined yet
export DATA_DIR DATA_LOG_DIR RUN_DIR STATE_DIR CONFIG PASSWORD_FILE WAITING STARTING LEFT FOUNDING

# shellcheck source-path=SCRIPTDIR/../kit/founding source=founding.sh
. "${BASH_SOURCE%/*}/founding.sh"

host_of() { echo "${HOSTNAME%-*}-$1.$SET_DOMAIN"; }
id_of() { echo $(($1 + 1)); }
own_id() { id_of "$(own_ordinal)"; }
pod_of_id() { echo "${HOSTNAME%-*}-$(($1 - 1))"; }

# pods_of_ids IDS  their names, on one line
pods_of_ids() {
  local id names=()
  for id in $1; do names+=("$(pod_of_id "$id")"); done
  echo "${names[*]}"
}

# server_line ORDINAL ROLE
server_line() { echo "server.$(id_of "$1")=$(host_of "$1"):2888:3888:$2;2181"; }

# tell HOST WORD  what the server at HOST answers to a four letter word; nothing if it does not
tell() {
  if [ "$1" = 127.0.0.1 ]; then tell_here "$2"; return; fi
  # In a shell of its own: a connection attempt can only be limited from outside.
  # shellcheck disable=SC2016
  timeout 3 bash -c 'exec 3<>"/dev/tcp/$1/2181" && printf %s "$2" >&3 && { IFS= read -r -d "" answer <&3 || printf "%s\n" "$answer"; }' bash "$1" "$2" 2>/dev/null || :
}

# tell_here WORD  the same for the server of this member, without a process: probes and keep.sh ask it all the time
tell_here() {
  local answer='' server
  { exec {server}<>/dev/tcp/127.0.0.1/2181; } 2>/dev/null || return 0
  { printf %s "$1" >&"$server"; } 2>/dev/null || return 0
  IFS= read -r -t 4 -d '' answer <&"$server" || :
  exec {server}<&-
  printf '%s\n' "$answer"
}

# mode_of HOST  leader, follower or observer; nothing if it serves nobody
mode_of() { [[ ! $(tell "$1" srvr) =~ Mode:\ ([a-z]+) ]] || echo "${BASH_REMATCH[1]}"; }

# votes HOST  whether it is a part of a quorum now
votes() { [[ $(mode_of "$1") =~ ^(leader|follower)$ ]]; }

# membership_of HOST  the server lines of the membership that HOST knows; nothing if it serves nobody
membership_of() {
  local line
  while read -r line; do
    [[ ! $line =~ ^server\.[0-9]+= ]] || echo "$line"
  done <<<"$(tell "$1" conf)"
}

# version_of HOST  the version of that membership, in hexadecimal
version_of() { [[ ! $(tell "$1" conf) =~ version=([0-9a-f]+)[[:space:]]*$ ]] || echo "${BASH_REMATCH[1]}"; }

# participants  reads server lines, prints the ids of those that vote
participants() {
  local line
  while read -r line || [ -n "$line" ]; do
    [[ ! $line =~ ^server\.([0-9]+)=.*:participant(;.*)?$ ]] || echo "${BASH_REMATCH[1]}"
  done
}

# has_vote_in SERVER_LINES  whether this member is one of those that vote
has_vote_in() { [[ $'\n'$(participants <<<"$1")$'\n' == *$'\n'$(own_id)$'\n'* ]]; }

# peer_state ORDINAL  what is known of a member that does not say that its volume is empty
peer_state() {
  local answer
  answer=$(tell "$(host_of "$1")" srvr)
  case $answer in
    '') ;;
    *'Mode: '*) echo "has data and serves as $(sed -n 's/^Mode: //p' <<<"$answer")" ;;
    *) echo 'runs a server that finds no majority' ;;
  esac
}

# reconfig ARGUMENTS...  changes the membership, through the server of this member: it alone knows the password
reconfig() {
  local output
  output=$(printf 'addauth digest super:%s\nreconfig %s\n' "$(<"$PASSWORD_FILE")" "$*" |
    env -u JVMFLAGS -u SERVER_JVMFLAGS CLIENT_JVMFLAGS='-Xmx48m -XX:+UseSerialGC -XX:TieredStopAtLevel=1' \
      timeout 60 zkCli.sh -server 127.0.0.1:2181 2>&1) || :
  [[ $output != *'Committed new configuration'* ]] || return 0
  # The prompt repeats what it reads, with the password: of the answer, only what follows it.
  sed -nE '/^\[zk: [^]]*\] (addauth|reconfig) /d; s/^\[zk: [^]]*\] (.+)/\1/p' <<<"$output" | tail -n 1
  return 1
}
