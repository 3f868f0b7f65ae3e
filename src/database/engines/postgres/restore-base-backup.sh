#!/bin/bash
# restore-base-backup.sh  makes the data of a new database from a physical backup, and replays the log archive up to its end or to a point in time. It runs
# once, on an empty volume, before prepare.sh, and works in `$PGDATA.tmp`: a restore that was interrupted begins anew. Its arguments are those
# of the server.
#
# Environment: that of member.sh, BACKUPS (the folder of the database that was backed up), BACKUP and UNTIL (see choose.sh), FILES (the folder
# of the scripts of a member), and SOCKETS, where the server listens while it recovers.
# shellcheck source=member.sh disable=SC2153
. "$FILES/member.sh"
# shellcheck source=volume.sh
. "$FILES/volume.sh"
# shellcheck source=verify.sh
. "$FILES/verify.sh"
# shellcheck source=recover.sh
. "$FILES/recover.sh"
scripts=${BASH_SOURCE[0]%/*}
# shellcheck source=../../../backup/scripts/choose.sh
. "$scripts/choose.sh"
: "${SOCKETS:=/var/run/postgresql}"
data=$PGDATA.tmp
pieces=$PGDATA.pieces # of an incremental backup, and of those that it builds on
log_files=${TMPDIR:-/tmp}/log-files
server=''
trap 'kill -INT $(jobs -p) 2>/dev/null; exit 1' INT TERM
trap '[ -z "$server" ] || kill -QUIT "$server" 2>/dev/null || :' EXIT

main() {
  mkdir -p "${PGDATA%/*}"
  [ "$ordinal" = 0 ] || return 0 # the others clone the primary
  lock_volume "$PGDATA.lock"
  ! initialised || return 0
  refuse_foreign
  rm -rf "$data" "$pieces"
  await_empty_peers host_of peer_state advice
  CATALOG=$BACKUPS/catalog # what was fetched is a part of it
  [ -d "$CATALOG" ] || CATALOG=$BACKUPS
  choose || refuse "in $BACKUPS, $reason. No database is created."
  backup=$BACKUPS/physical/$chosen log=$BACKUPS/log/$run
  require_release
  unpack_all
  [ -z "$run" ] || require_no_gap
  replay "$@"
  require_all_replayed
  adopt
  kill -INT "$server"
  wait "$server" || refuse 'the server did not shut down cleanly after the restore: the restore starts over.'
  move_into_place
  say "the backup $chosen is restored, in $SECONDS s."
  [ -z "${RESTORED-}" ] || echo "$chosen $(size_of_all) $SECONDS" >"$RESTORED"
}

advice() { say "A backup is restored only into a set whose members are all empty. If this set already has its data, remove 'restoreFrom'."; }

require_release() {
  local here there
  here=$(postgres --version | sed 's/.*) //; s/[^0-9].*//')
  there=$(fact "$backup/BACKUP" release)
  [ "$(fact "$backup/BACKUP" product)" = postgres ] || refuse "the backup $chosen is a backup of $(fact "$backup/BACKUP" product), not of postgres."
  [ "${there%%[!0-9]*}" = "$here" ] ||
    refuse "the backup $chosen is from PostgreSQL $there: a physical backup can only be restored into the same major release, and this is PostgreSQL $here. Restore it into that release, or use a dump."
}

unpack_all() {
  local links
  links=$(chain "$chosen" | tac) # the full one first
  if [ "$links" = "$chosen" ]; then unpack "$chosen" "$data"; else combine; fi
  pg_verifybackup --quiet "$data" || refuse "the backup $chosen is damaged: see above. Name an earlier one: $(others "$chosen")"
  segment_size=$(control 'Bytes per WAL segment' "$data")
}

# combine  makes the data of an incremental backup and those that it builds on. Both have room at once, unless files can be linked.
combine() {
  local link folders=() linking=()
  mkdir -m 0700 "$pieces"
  for link in $links; do
    unpack "$link" "$pieces/$link"
    folders+=("$pieces/$link")
  done
  say "combining $(wc -l <<<"$links") backups."
  ! pg_combinebackup --help | grep -q -e --link || linking=(--link)
  run pg_combinebackup "${linking[@]}" --no-sync -o "$data" "${folders[@]}" ||
    refuse "the backup $chosen cannot be combined with those that it builds on: see above. $(df -h "$pieces" | tail -n 1)"
  rm -rf "$pieces"
}

# unpack BACKUP FOLDER
unpack() {
  local files=$BACKUPS/physical/$1
  (cd "$files" && sha256sum -c SHA256SUMS >&2) || refuse "the backup $1 is damaged: its checksums differ. Name an earlier one: $(others "$1")"
  say "unpacking the backup $1 of $(fact "$files/BACKUP" database)."
  mkdir -m 0700 "$2"
  run_tar "$files/base.tar.gz" "$2"
  run_tar "$files/pg_wal.tar.gz" "$2/pg_wal"
  cp "$files/backup_manifest" "$2/"
}

run_tar() { run tar -xzf "$1" -C "$2" || refuse "$1 cannot be unpacked: is the volume full? $(df -h "$2" | tail -n 1)"; }

# others BACKUP  those that do not build on it
others() { lineages | awk -v name="$1" 'index(" " $0 " ", " " name " ") == 0 { print $1 }' | tr '\n' ' '; }

# size_of_all  of the backup and those that it builds on
size_of_all() { chain "$chosen" | sed "s|^|$BACKUPS/physical/|" | tr '\n' '\0' | du -ch --files0-from=- | tail -n 1 | cut -f 1; }

# run COMMAND...  so that a trap need not wait for it
run() { "$@" & wait $!; }

# The log must be there without a gap, from the last file that the backup brings itself: a server takes a gap for the end.
require_no_gap() {
  local name size number timeline last='' last_timeline=0
  require_same_history
  find "$log" -type f -exec stat -c '%n %s' {} + | sed 's|.*/||' | grep -E '^[0-9A-F]{24}(\.partial)? ' | LC_ALL=C sort >"$log_files"
  while read -r name size; do
    [[ $name != *.partial ]] || [ "$size" = "$segment_size" ] || continue # see from-archive.sh
    [ "$size" = "$segment_size" ] || refuse "the archive is damaged: $log/$name does not have $segment_size bytes."
    timeline=$((16#${name:0:8})) number=$((16#${name:8:8} * (0x100000000 / segment_size) + 16#${name:16:8}))
    [ -z "$last" ] || [ "$number" = $((last + 1)) ] || { [ "$number" = "$last" ] && [ "$timeline" -ge "$last_timeline" ]; } ||
      refuse "the archive has a gap in $log before $name: nothing after it can be restored."
    last=$number last_timeline=$timeline
  done <"$log_files"
}

# What the backup ends with must be in the archive too: clocks alone do not tell that both are of one history.
require_same_history() {
  local name file end
  name=$(fact "$backup/BACKUP" log-to)
  file=$log/$name
  [ -e "$file" ] || file=$file.partial
  [ -e "$file" ] || refuse "the archive does not have the log of the backup $chosen: $name is missing in $log."
  end=$(grep -o '"End-LSN": "[^"]*"' "$backup/backup_manifest" | tail -n 1 | cut -d '"' -f 4)
  cmp -s -n $((($(number_of "$end") - 1) % segment_size + 1)) "$data/pg_wal/$name" "$file" ||
    refuse "the archive has the log of another history than the backup $chosen: $file differs from what the backup ends with. Restore the backup alone by its name, or to a point in time before it."
}

# replay ARGUMENT...  starts a server that no client reaches, and returns when it has replayed all that it was told to
replay() {
  local command=false options=(-c listen_addresses= -c "unix_socket_directories=$SOCKETS" -c hot_standby=off -c synchronous_standby_names=
    -c recovery_target_timeline=latest -c recovery_target_action=promote)
  if [ -n "$run" ]; then command="exec bash '$scripts/from-archive.sh' '$log/%f' '%p' $segment_size"; fi
  options+=(-c "restore_command=$command")
  [ -z "$UNTIL" ] || options+=(-c "recovery_target_time=${UNTIL%Z}+00")
  say "replaying the log${run:+ of the run $run}${UNTIL:+ up to $UNTIL}."
  touch "$data/recovery.signal"
  # The folder of the socket outlives a container that was killed, and the number in its lock file may be anybody's now.
  rm -f "$data/standby.signal" "$data/postmaster.pid" "$SOCKETS"/.s.PGSQL.*
  postgres -D "$data" "$@" "${options[@]}" &
  server=$!
  until env -u PGPASSFILE pg_isready -q -h "$SOCKETS" -U "$user" -d postgres; do
    kill -0 "$server" 2>/dev/null ||
      refuse "the restore failed: see above. ${UNTIL:+If it says that recovery ended before the target was reached, then the archive does not reach $UNTIL: use a time before the last completed transaction.}"
    pause 1
  done
}

# A server takes damage for the end, too. Where a time was asked for it has told; else it must have come to the last complete file.
require_all_replayed() {
  local complete history end
  if [ -z "$run" ] || [ -n "$UNTIL" ]; then return 0; fi
  complete=$(grep -v partial "$log_files" | tail -n 1 | cut -d ' ' -f 1) || :
  [ -n "$complete" ] || return 0
  history=$(printf '%s\n' "$data"/pg_wal/*.history | LC_ALL=C sort | tail -n 1) # of the timeline that the restore has begun
  end=$(awk 'NF >= 2 { end = $2 } END { print end }' "$history")
  [ "$(number_of "$end")" -ge $((16#${complete:8:8} * 0x100000000 + 16#${complete:16:8} * segment_size)) ] ||
    refuse "the archive is damaged: the log could only be replayed up to $end, but the run has $complete. Restore to an earlier point in time."
}

# own STATEMENT  by the socket, as the user of the database that was backed up
own() { psql -XAtqw -v ON_ERROR_STOP=1 -h "$SOCKETS" -U "$(fact "$backup/BACKUP" user)" -d postgres -v user="$user" -v database="$POSTGRES_DB" <<<"$1"; }

# The user of the Secret here has its password from there, not from the backup.
adopt() {
  [ "$(own "select count(*) from pg_database where datname = :'database'")" = 1 ] ||
    refuse "the backup has no database '$POSTGRES_DB'. Give the new database the 'databaseName' of the one that was backed up."
  own "$ADOPT"
  say "the last transaction is from $(own 'select coalesce(pg_last_xact_replay_timestamp()::text, '"'the backup itself'"')')."
}

# shellcheck disable=SC2016 # psql runs it
ADOPT='
set log_statement = none;
set log_min_duration_statement = -1;
set log_min_error_statement = panic;
\set password `cat "$POSTGRES_PASSWORD_FILE"`
select format('"'create role %I', :'user'"') where not exists (select from pg_roles where rolname = :'"'user'"') \gexec
alter role :"user" superuser login password :'"'password'"';
'

main "$@"
