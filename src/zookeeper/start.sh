#!/bin/bash
# Starts the server of a member, once it is certain what it may start with: the states of its volume and what becomes of
# each are listed in docs/states/zookeeper.md.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=ensemble.sh
. "${BASH_SOURCE%/*}/ensemble.sh"
FILES=${BASH_SOURCE%/*}
# shellcheck source=../kit/founding/lock.sh
. "$FILES/lock.sh"
DECIDED=$STATE_DIR/decided # the members that an operator named; see decide.sh
LOG_MARK=$DATA_LOG_DIR/member

trap 'exit 143' TERM # the first process of a container ignores it otherwise

refuse() {
  say "$*"
  [ ! -w /dev/termination-log ] || echo "$*" >/dev/termination-log
  exit 1
}

# A volume may hold what ZooKeeper and this script write, and nothing else.
refuse_foreign_files() {
  local folder entry known
  for folder in "$DATA_DIR" ${DATA_LOG_DIR:+"$DATA_LOG_DIR"}; do
    for entry in "$folder"/* "$folder"/.[!.]*; do
      [ -e "$entry" ] || continue
      known=' lost+found version-2 myid membership initialize member previous .lock '
      [[ $known == *" ${entry##*/} "* ]] ||
        refuse "the volume at $folder contains '${entry##*/}', which ZooKeeper did not write. Not starting, because this may be the data of another server. Give this member an empty volume, or move its version-2 to the root of the volume."
    done
  done
}

has_files() { compgen -G "$1/version-2/$2.*" >/dev/null; }

# The log begins with the first transaction: a founder without one has acknowledged nothing yet.
has_data() {
  has_files "${DATA_LOG_DIR:-$DATA_DIR}" log || { has_files "$DATA_DIR" snapshot && [ ! -e "$FOUNDING" ]; }
}

refuse_half_a_volume() {
  [ -n "$DATA_LOG_DIR" ] || return 0
  if has_files "$DATA_DIR" snapshot && [ ! -e "$LOG_MARK" ]; then
    refuse "the log volume at $DATA_LOG_DIR does not belong to the data volume at $DATA_DIR: the most recent transactions are missing. If the other members are serving, delete both claims and the Pod of $HOSTNAME: it then joins again and copies their data."
  fi
  if ! has_files "$DATA_DIR" snapshot && has_files "$DATA_LOG_DIR" log; then
    refuse "the volume at $DATA_LOG_DIR has a log, but the one at $DATA_DIR has no data. If the other members are serving, delete both claims and the Pod of $HOSTNAME: it then joins again and copies their data."
  fi
}

# newest_membership  the file of the last membership that this member knows
newest_membership() {
  local file newest='' version best=-1
  for file in "$STATE_DIR"/zoo.cfg.dynamic "$STATE_DIR"/zoo.cfg.dynamic.*; do
    [[ -f $file && $file != *.next ]] || continue # that one is not agreed upon yet
    version=$(version_on_record "$file")
    if [ "$version" -gt "$best" ]; then best=$version newest=$file; fi
  done
  echo "$newest"
}

# version_on_record FILE  the version in its name, as a number; 0 for what a member begins with
version_on_record() {
  local version=${1##*zoo.cfg.dynamic}
  echo $((16#0${version#.}))
}

forget_membership() { rm -f "$STATE_DIR"/zoo.cfg "$STATE_DIR"/zoo.cfg.*; }

# begin SERVER_LINES  writes what an empty volume begins with
begin() {
  mkdir -p "$STATE_DIR"
  forget_membership
  own_id >"$DATA_DIR/myid"
  [ -z "$DATA_LOG_DIR" ] || own_id >"$LOG_MARK"
  printf '%s\n' "$1" >"$STATE_DIR/zoo.cfg.dynamic"
}

# A set of one: the others join by reconfiguration. ZooKeeper trusts an empty database only beside the file `initialize`.
found() {
  mkdir -p "$STATE_DIR"
  : >"$FOUNDING"
  rm -rf "${DATA_DIR:?}/version-2" ${DATA_LOG_DIR:+"$DATA_LOG_DIR/version-2"}
  begin "$(server_line "$(own_ordinal)" participant)"
  : >"${DATA_LOG_DIR:-$DATA_DIR}/initialize"
  sync -f "$STATE_DIR"
  say 'founding the ensemble.'
}

# join HOST SERVER_LINES  as an observer of the membership of HOST: an empty member has no vote; keep.sh asks for one later
join() {
  rm -f "$FOUNDING" "${DATA_LOG_DIR:-$DATA_DIR}/initialize"
  begin "$(grep -v "^server\.$(own_id)=" <<<"$2" || :)
$(server_line "$(own_ordinal)" observer)"
  sync -f "$STATE_DIR"
  say "joining the ensemble of $1, without a vote until this member has its data."
}

# serving_peer  a member that serves, if there is one
serving_peer() {
  local ordinal count most
  count=$(members)
  most=$((count > $(own_ordinal) ? count : $(own_ordinal)))
  for ((ordinal = 0; ordinal < most; ordinal++)); do
    [ "$ordinal" != "$(own_ordinal)" ] || continue
    if votes "$(host_of "$ordinal")"; then host_of "$ordinal"; return; fi
  done
  return 1
}

advice() {
  echo "  If no member has data that you need, found a new, empty ensemble: $(in_pod "$SET_DOMAIN" zookeeper bash "$FILES/decide.sh" found)" >&2
  echo "  If a member has data but finds no majority, because the volumes of the others are lost, see docs/zookeeper.md, 'Most volumes are lost'." >&2
}

# Waits until there is something to join, or until it is certain that there is nothing: then the member of ordinal 0 founds.
begin_empty() {
  local peer lines asking='' said=-10
  echo empty >"$WAITING"
  rm -f "$RUN_DIR/found"
  answer_empty
  if [ "$(own_ordinal)" = 0 ]; then
    { await_empty_peers host_of peer_state advice && : >"$RUN_DIR/found"; } &
    asking=$!
  fi
  while :; do
    # Before any founding: whoever serves has founded already.
    if peer=$(serving_peer) && lines=$(membership_of "$peer") && [ -n "$lines" ]; then
      join "$peer" "$lines"
      break
    fi
    if [ -e "$RUN_DIR/found" ]; then found; break; fi
    if [ -n "$asking" ]; then
      kill -0 "$asking" 2>/dev/null || [ -e "$RUN_DIR/found" ] || exit 1
    elif [ $((SECONDS - said)) -ge 10 ]; then
      said=$SECONDS
      say "this volume is empty: waiting for a serving member, to join it. $(pod_of_id 1) founds the ensemble; its log shows what it waits for."
    fi
    pause "$FOUNDING_PAUSE"
  done
  [ -z "$asking" ] || kill "$asking" 2>/dev/null || :
  stop_answering
  rm -f "$WAITING" "$RUN_DIR/found" "$DECISION_FILE"
}

# await_decision SENTENCE  for a volume with data that an operator has to judge
await_decision() {
  local said=-10
  echo data >"$WAITING"
  until [ -s "$DECIDED" ]; do
    if [ $((SECONDS - said)) -ge 10 ]; then
      said=$SECONDS
      say "$1"
    fi
    pause "$FOUNDING_PAUSE"
  done
  rm -f "$WAITING"
}

# An operator named the members, because the ones on record can no longer agree. Newer than any membership of the past.
apply_decision() {
  local ordinal epoch=0 file value lines=''
  for ordinal in $(<"$DECIDED"); do lines+=$(server_line "$ordinal" participant)$'\n'; done
  for file in "$DATA_DIR"/version-2/{current,accepted}Epoch; do
    [ ! -s "$file" ] || { value=$(<"$file"); epoch=$((value > epoch ? value : epoch)); }
  done
  forget_membership
  own_id >"$DATA_DIR/myid"
  printf '%s' "$lines" >"$STATE_DIR/zoo.cfg.dynamic.$(printf %x $(((epoch + 1) << 32)))"
  rm -f "$FOUNDING" "$DECIDED"
  sync -f "$STATE_DIR"
  say "decided with decide.sh: starting with these members: $(tr '\n' ' ' <<<"$lines")"
}

# The data of a member that the ensemble serves without is of the past, or of another ensemble. It begins anew, and the
# files stay until the next time.
set_data_aside() {
  say "the ensemble is serving without this member: moving its old data to $DATA_DIR/previous, and joining again."
  rm -rf "${DATA_DIR:?}/previous"
  mkdir "$DATA_DIR/previous"
  mv "$DATA_DIR/version-2" "$DATA_DIR/previous/"
  [ -z "$DATA_LOG_DIR" ] || { rm -rf "$DATA_LOG_DIR/previous"; mkdir "$DATA_LOG_DIR/previous"; mv "$DATA_LOG_DIR/version-2" "$DATA_LOG_DIR/previous/"; }
}

# What is on record must be of this member, of this set.
begin_with_data() {
  local record own peer lines version state said=-10
  [ ! -s "$DECIDED" ] || { apply_decision; return; }
  record=$(newest_membership)
  if [ -z "$record" ]; then
    await_decision "this volume has data, but no record of its ensemble, perhaps because another installation wrote it. Waiting for a decision. In each member whose volume has this data, name all of these members, for example: $(in_pod "$SET_DOMAIN" zookeeper bash "$FILES/decide.sh" members "${HOSTNAME%-*}"-{0,1,2})"
    apply_decision
    return
  fi
  if [ "$(cat "$DATA_DIR/myid" 2>/dev/null)" != "$(own_id)" ]; then
    refuse "$DATA_DIR/myid contains '$(cat "$DATA_DIR/myid" 2>/dev/null)', but $HOSTNAME is member $(own_id): this is the volume of another member. Two members with the data of one volume would count twice towards a majority. Give each member its own claim."
  fi
  own=$(grep "^server\.$(own_id)=" "$record" || :)
  if [ -n "$own" ] && [[ $own != "server.$(own_id)=$(host_of "$(own_ordinal)"):"* ]]; then
    await_decision "this volume belongs to another ensemble: its record of this member is '$own', but this member is $(host_of "$(own_ordinal)"). Waiting for a decision. If the volume was moved or restored, name the members whose volumes have this data, for example: $(in_pod "$SET_DOMAIN" zookeeper bash "$FILES/decide.sh" members "$HOSTNAME")"
    apply_decision
    return
  fi
  echo data >"$WAITING"
  while :; do
    if peer=$(serving_peer) && lines=$(membership_of "$peer") && [ -n "$lines" ]; then
      if has_vote_in "$lines"; then break; fi
      version=$(version_of "$peer")
      if [ $((16#${version:-0})) -ge "$(version_on_record "$record")" ]; then
        join "$peer" "$lines"
        set_data_aside
        break
      fi
      state="this volume has a newer membership than $peer, which is serving without this member: waiting for $peer to catch up. If it does not, this is the data of an earlier ensemble: unless you need it, delete the claim and the Pod of $HOSTNAME."
    else
      # Nobody serves: whoever has a vote, or was about to get one, is needed for a majority.
      if has_vote_in "$(<"$record")"; then break; fi
      if [ -e "$CONFIG.dynamic.next" ] && has_vote_in "$(<"$CONFIG.dynamic.next")"; then
        [ -n "$own" ] || server_line "$(own_ordinal)" observer >>"$record"
        break
      fi
      state='this member has no vote in the membership that it knows: waiting for a serving member, to join it.'
    fi
    if [ $((SECONDS - said)) -ge 10 ]; then
      said=$SECONDS
      say "$state"
    fi
    pause "$FOUNDING_PAUSE"
  done
  rm -f "$WAITING"
}

# The configuration is that of this revision; ZooKeeper rewrites it beside each change of the membership.
write_config() {
  local new file newest
  newest=$(newest_membership)
  for file in "$CONFIG".dynamic "$CONFIG".dynamic.*; do
    [ "$file" = "$newest" ] || [[ $file = *.next ]] || rm -f "$file"
  done
  new=$(cat "$FILES/zoo.cfg"; echo "dynamicConfigFile=$newest")
  # A full volume need not keep a server from reading.
  [ "$(sort "$CONFIG" 2>/dev/null)" != "$(sort <<<"$new")" ] || return 0
  if ! { printf '%s\n' "$new" >"$CONFIG.new" && sync "$CONFIG.new" && mv "$CONFIG.new" "$CONFIG"; }; then
    refuse "cannot write $CONFIG: is the volume full? See docs/growing-volumes.md."
  fi
}

# Nobody but this member knows the password of its super user, who alone may change the membership, through this server.
make_super_user() {
  local password digest
  password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  (umask 077 && rm -f "$PASSWORD_FILE" && echo "$password" >"$PASSWORD_FILE")
  digest=$(printf 'super:%s' "$password" | sha1sum)
  # shellcheck disable=SC2001,SC2059
  digest=$(printf "$(sed 's/../\\x&/g' <<<"${digest%% *}")" | base64)
  export SERVER_JVMFLAGS="${SERVER_JVMFLAGS-} -Dzookeeper.db.autocreate=false -Dzookeeper.DigestAuthenticationProvider.superDigest=super:$digest"
}

rm -f "$WAITING" "$STARTING"
lock_volume "$DATA_DIR/.lock"
refuse_foreign_files
refuse_half_a_volume
if has_data; then begin_with_data; else begin_empty; fi
write_config
make_super_user
: >"$STARTING"
bash "$FILES/keep.sh" 9>&- &
exec zkServer.sh start-foreground "$CONFIG"
