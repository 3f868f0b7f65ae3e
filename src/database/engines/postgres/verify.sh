#!/bin/bash
# shellcheck disable=SC2034,SC2154 # what member.sh sets, and what others read
# Whether the primary has all that this copy has. The system identifier does not tell: a primary that was restored from an
# older copy of its volume has it too, and may have come as far again by other writes. The log tells: what a copy
# replays is in its own files, and these bytes the primary must have at the same place.

number_of() { local high=${1%/*} low=${1#*/}; echo $((16#$high << 32 | 16#$low)); } # an LSN as a number of bytes
lsn_of() { printf '%X/%X\n' $(($1 >> 32)) $(($1 & 0xFFFFFFFF)); }

# segment_name SEGMENT  the part of a file's name that follows the timeline
segment_name() {
  local in_a_file=$((0x100000000 / segment_size))
  printf '%08X%08X' $(($1 / in_a_file)) $(($1 % in_a_file))
}

# files_of SEGMENT  the local files of a segment, the newest timeline last
files_of() {
  local file
  for file in "$PGDATA/pg_wal/"????????"$(segment_name "$1")"; do [ ! -e "$file" ] || echo "$file"; done
}

# end_of_header LSN  where the header of the record at this place ends. It holds a checksum of the whole record.
end_of_header() {
  local next=$((($1 / page_size + 1) * page_size))
  if [ $(($1 + 24)) -le "$next" ]; then echo $(($1 + 24)) # in one page
  elif [ $((next % segment_size)) = 0 ]; then echo "$next" # its rest is in another file
  else echo $(($1 + 48)); fi # a page header of 24 bytes between
}

# find_end START  sets `wal_end`, up to where the local log counts: the header of its last record, or START if none follows.
# What comes behind was received in part only, or is of an older use of the file: the server does not replay it.
find_end() {
  local from=$1 newest timeline=0 record
  wal_end=$1
  while newest=$(files_of $(((wal_end - 1) / segment_size)) | tail -n 1); newest=${newest##*/}; [ -n "$newest" ] && [ $((16#${newest:0:8})) -gt "$timeline" ]; do
    timeline=$((16#${newest:0:8}))
    record=$(LC_ALL=C pg_waldump -p "$PGDATA/pg_wal" -t "$timeline" -s "$(lsn_of "$from")" 2>/dev/null \
      | sed -n '$s|^rmgr: [^:]*: *[0-9/ ]*, tx: *[0-9]*, lsn: \([0-9A-F]*/[0-9A-F]*\), .*|\1|p') || :
    [ -z "$record" ] || wal_end=$(end_of_header "$(number_of "$record")")
    from=$(((wal_end - 1) / segment_size * segment_size))
    own_timeline=$timeline
  done
}

# Parts of the log, by segment and number of bytes: its end, the segment before, and what the last checkpoint is in, whose
# time no other history has; checkpoints and commits carry theirs.
wanted_parts() {
  local last=$(((wal_end - 1) / segment_size)) first=$((checkpoint / segment_size)) segment
  parts=("$last $((wal_end - last * segment_size))")
  for ((segment = last - 1; segment >= first && segment >= last - 1; segment--)); do parts+=("$segment $segment_size"); done
  [ "$first" -ge $((last - 1)) ] || parts+=("$first $segment_size")
}

# The identity, position and timeline of the primary; where its history left each earlier timeline; then the checksums of its
# parts of the log: of the file of the timeline that wrote a part, or of a later one, which begins with a copy of it.
PRIMARY_LOG="
with server as (
  select system_identifier, pg_current_wal_flush_lsn() as flushed, ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int as timeline
  from pg_control_system()
), past as (
  select parts[1]::int as timeline, parts[2]::pg_lsn as until
  from server,
    regexp_split_to_table(coalesce(pg_read_file(format('pg_wal/%s.history', upper(lpad(to_hex(timeline), 8, '0'))), 0, 1000000, true), ''), '\n') as line,
    regexp_match(line, '^\s*(\d+)\s+([0-9A-F]+/[0-9A-F]+)') as parts
  where parts is not null
), line as (
  select timeline from past union select timeline from server
), part (segment, bytes, name) as (values :parts), writer as (
  select part.*, coalesce((select min(past.timeline) from past where past.until >= '0/0'::pg_lsn + (segment * :segment_size::numeric + bytes)), server.timeline) as timeline
  from part, server
)
select 'server', system_identifier::text, flushed::text, timeline::text from server
union all
select 'left', timeline::text, until::text, '' from past
union all
select 'part', segment::text, (
  select md5(pg_read_binary_file(path, 0, bytes::bigint, true))
  from line, format('pg_wal/%s%s', upper(lpad(to_hex(line.timeline), 8, '0')), name) as path
  where line.timeline >= writer.timeline and (pg_stat_file(path, true)).size is not null
  order by line.timeline limit 1
), '' from writer;
"

# verify [REPLAYED]  sets `verdict`: `same`, if the primary has all of this copy; `diverged`; `other`, if it is another
# database; `recycled`, if it does not keep any more what comes next here, and nothing says that this copy has more;
# `unknown`, with `reason`, if it did not answer.
verify() {
  local replayed=${1-} timeline recovered
  verdict=unknown
  segment_size=$(control 'Bytes per WAL segment')
  page_size=$(control 'WAL block size')
  own_id=$(control 'Database system identifier')
  own_timeline=$(control "Latest checkpoint's TimeLineID")
  timeline=$(control "Min recovery ending loc's timeline")
  [ "${timeline:-0}" -le "$own_timeline" ] || own_timeline=$timeline
  checkpoint=$(number_of "$(control 'Latest checkpoint location')")
  wal_end=$checkpoint
  for recovered in "$(control 'Minimum recovery ending location')" "${replayed:-0/0}"; do
    recovered=$(number_of "$recovered")
    [ "$recovered" -le "$wal_end" ] || wal_end=$recovered
  done

  address=$(address_of "$PRIMARY_HOST") || { reason="the name $PRIMARY_HOST does not resolve"; return 0; }
  find_end "$wal_end"
  wanted_parts
  write_passfile
  compare "$PRIMARY_HOST hostaddr=$address"
}

# compare SERVER  sets `verdict` by what this server has of `parts`
compare() {
  local part segment bytes rows='' answer kind key value rest
  verdict=unknown
  declare -A theirs=() left=()
  for part in "${parts[@]}"; do
    read -r segment bytes <<<"$part"
    rows+="${rows:+, }($segment, $bytes, '$(segment_name "$segment")')"
  done
  answer=$(ask_server "$1" -v parts="$rows" -v segment_size="$segment_size" <<<"$PRIMARY_LOG") || { reason=$(refusal); return 0; }
  while IFS='|' read -r kind key value rest; do
    case $kind in
      server) primary_id=$key primary_lsn=$value primary_timeline=$rest ;;
      left) left[$key]=$value ;;
      part) theirs[$key]=$value ;;
    esac
  done <<<"$answer"
  judge
}

judge() {
  local part segment bytes last
  verdict=other
  [ "$primary_id" = "$own_id" ] || return 0
  last=${parts[0]% *}
  if [ -z "${theirs[$last]}" ]; then
    if may_be_recycled; then verdict=recycled; else verdict=diverged; fi
    return 0
  fi
  verdict=diverged
  for part in "${parts[@]}"; do
    read -r segment bytes <<<"$part"
    [ -n "${theirs[$segment]}" ] || continue # the primary keeps older ones for some time only
    has_part "$segment" "$bytes" "${theirs[$segment]}" || return 0
  done
  verdict=same
}

# may_be_recycled  whether the primary can have had all of this copy. The bytes cannot be compared any more: one that had other
# bytes before still has them, and one that went beyond the point at which the primary's history left its timeline has more.
may_be_recycled() {
  local until=${left[$own_timeline]-}
  if [ -e "$PGDATA.diverged" ] || [ "$(number_of "$primary_lsn")" -lt "$wal_end" ]; then return 1; fi
  [ "$own_timeline" != "$primary_timeline" ] || return 0
  [ -n "$until" ] && [ "$wal_end" -le "$(number_of "$until")" ]
}

# has_part SEGMENT BYTES CHECKSUM  whether a local file of the segment begins with what has this checksum
has_part() {
  local file known=''
  while IFS= read -r file; do
    [ -n "$file" ] || continue
    known=yes
    [ "$(head -c "$2" "$file" | md5sum)" != "$3  -" ] || return 0
  done <<<"$(files_of "$1")"
  [ -z "$known" ] # what was replayed long ago is not kept here either
}
