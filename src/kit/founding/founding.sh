#!/bin/bash
# How the members of a set begin: the member of ordinal 0 founds, all others join. It founds on an empty volume only when
# every other member has said that its volume is empty too: silence, a refused connection or a name that does not resolve
# says nothing. So a member with an empty volume answers at a port of its own for as long as it waits.
#
# Sourced by the scripts of the products. Environment: HOSTNAME, MEMBERS_FILE, DECISION_FILE, FOUNDING_PORT.

: "${MEMBERS_FILE:=/etc/cdk8s-stateful/set/members}"
: "${DECISION_FILE:=/tmp/decision}"
: "${FOUNDING_PORT:=7700}"
: "${FOUNDING_PAUSE:=2}" # seconds between two rounds of questions

say() { echo "$HOSTNAME: $*" >&2; }

# own_ordinal  the number at the end of this member's name
own_ordinal() { echo "${HOSTNAME##*-}"; }

# members  how many members the manifests declare
members() {
  local count=''
  [ ! -r "$MEMBERS_FILE" ] || count=$(<"$MEMBERS_FILE")
  if [[ ! $count =~ ^[1-9][0-9]*$ ]]; then
    say "$MEMBERS_FILE does not contain the number of members."
    return 1
  fi
  echo "$count"
}

# answer_empty  tells each client that connects that the volume of this member is empty, until stop_answering
answer_empty() { answer "empty $HOSTNAME"; }

# answer LINE  sends LINE to each client that connects, until stop_answering
answer() {
  [ -z "${founding_listener-}" ] || return 0
  if command -v perl >/dev/null; then
    perl -MIO::Socket::IP -e '
      my ($port, $answer) = @ARGV;
      my @any = map { { Listen => 16, LocalHost => $_, LocalPort => $port, ReuseAddr => 1, V6Only => 0 } } ("::", "0.0.0.0");
      my ($server) = grep { defined } map { IO::Socket::IP->new(%$_) } @any;
      die "cannot listen on port $port: $@\n" unless $server;
      $SIG{PIPE} = "IGNORE";
      while (1) { my $client = $server->accept or next; print $client "$answer\n"; close $client }
    ' "$FOUNDING_PORT" "$1" &
  else # Alpine
    while :; do echo "$1" | nc -l -p "$FOUNDING_PORT" >/dev/null || sleep 1; done &
  fi
  founding_listener=$!
}

stop_answering() {
  [ -n "${founding_listener-}" ] || return 0
  kill "$founding_listener" 2>/dev/null || :
  wait "$founding_listener" 2>/dev/null || :
  founding_listener=''
}

# ask HOST  what HOST answers; nothing if it does not
ask() {
  # In a shell of its own: a connection attempt can only be limited from outside.
  # shellcheck disable=SC2016
  timeout 2 bash -c 'exec 3<>"/dev/tcp/$1/$2" && IFS= read -r line <&3 && echo "$line"' bash "$1" "$FOUNDING_PORT" 2>/dev/null || :
}

# pause SECONDS  a sleep that does not keep a trap waiting
pause() { sleep "$1" & wait "$!"; }

# namespace_flag DOMAIN  the flag of kubectl for the namespace in the DNS domain of a headless Service, after a space; nothing if the manifests have none
namespace_flag() {
  local namespace=${1#*.}
  [[ $1 != *.*.* ]] || echo " -n ${namespace%%.*}"
}

# in_pod DOMAIN CONTAINER COMMAND...  what an operator types to run a command in this member
in_pod() { echo "kubectl exec$(namespace_flag "$1") $HOSTNAME -c $2 -- ${*:3}"; }

# await_empty_peers HOST_OF [PEER_STATE [ADVICE]]
#
# Returns when every other member has said in one and the same round that its volume is empty, or when an operator has
# decided (then DECISION_FILE holds what). HOST_OF ordinal prints the DNS name of a member; PEER_STATE ordinal may print what is
# known of a member that does not say that it is empty; ADVICE prints the steps that an operator can take.
await_empty_peers() {
  local host_of=$1 peer_state=${2-} advice=${3-} count ordinal own answer state waiting said=-10
  own=$(own_ordinal)
  while :; do
    [ ! -s "$DECISION_FILE" ] || { say "decided with decide.sh: $(<"$DECISION_FILE")"; return 0; }
    count=$(members) || return 1
    waiting=()
    for ((ordinal = 0; ordinal < count; ordinal++)); do
      [ "$ordinal" != "$own" ] || continue
      answer=$(ask "$("$host_of" "$ordinal")")
      [ "$answer" != "empty ${HOSTNAME%-*}-$ordinal" ] || continue
      state=${peer_state:+$("$peer_state" "$ordinal")}
      waiting+=("${HOSTNAME%-*}-$ordinal: ${state:-does not answer}")
    done
    [ ${#waiting[@]} != 0 ] || return 0
    if [ $((SECONDS - said)) -ge 10 ]; then
      said=$SECONDS
      say "this volume is empty, and other members may have data: not starting with an empty volume until all of them report that theirs are empty too. Waiting for:"
      printf '  %s\n' "${waiting[@]}" >&2
      [ -z "$advice" ] || "$advice" >&2
    fi
    pause "$FOUNDING_PAUSE"
  done
}
