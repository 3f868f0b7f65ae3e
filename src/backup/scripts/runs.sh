# shellcheck shell=bash disable=SC2154 # of the scripts that source it
# How the archivers of all products begin a run of the log archive, and ask for a backup after a gap. Sourced by archive.sh, which has `say`, after choose.sh.
#
# Environment: LOGS, and SYNCHRONOUS if commits wait for the archive.

# The reason for a run after no other one. In an object store there may be one of an earlier volume: ship.sh looks, and marks the gap.
FIRST='it is the first one in this volume'

# complain REASON  at most twice a minute
complain() {
  if [ $((SECONDS - ${complained:--60})) -ge 30 ]; then
    complained=$SECONDS
    say "$*"
  fi
}

# new_run REASON FACT...  sets `run` to a new one, with these facts in its description, which no backup belongs to yet
new_run() {
  local last
  last=$(described "$LOGS" RUN | tail -n 1)
  run=$(date -u +%Y-%m-%dT%H-%M-%SZ)
  [[ $run > $last ]] || run=$last.1
  rm -rf "$LOGS/.new"
  mkdir "$LOGS/.new"
  printf '%s\n' "${@:2}" "because: $1" >"$LOGS/.new/RUN"
  [ "$1" = "$FIRST" ] || echo "$1" >"$LOGS/.new/.gap"
  sync -f "$LOGS/.new"
  mv -T "$LOGS/.new" "$LOGS/$run"
  sync "$LOGS"
  say "beginning the run $run, because $1."
  say "a restore can use this run only with a $kind that is made from now on: make one."
}

# remind  of the backup that is missing since a gap, each minute since `said`
remind() {
  [ -e "$LOGS/$run/.gap" ] || return 0
  if backup_belongs_to_run; then
    rm -f "$LOGS/$run/.gap"
  elif [ $((SECONDS - said)) -ge 60 ]; then
    said=$SECONDS
    say "no $kind belongs to the run $run yet, and until there is one ${SYNCHRONOUS:+commits wait, and }nothing that is written can be restored to a point in time. Make one now. The run began because $(cat "$LOGS/$run/.gap")."
  fi
}

# Where the backups are in an object store, ship.sh looks.
backup_belongs_to_run() {
  # shellcheck disable=SC2034 # find_run sets them
  local name CATALOG=${LOGS%/*} wanted=$run run next ended candidate
  for name in $(restorable); do
    find_run "$name"
    [ "$run" != "$wanted" ] || return 0
  done
  return 1
}
