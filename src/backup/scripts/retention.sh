# shellcheck shell=sh
# What is kept. Sourced by backup.sh, and by upload.sh in the BusyBox shell of rclone's image, which set LC_ALL=C. Environment: KEEP_COUNT, KEEP_SECONDS.

# superfluous  of the names on standard input, oldest first, prints those to delete: neither among the last KEEP_COUNT nor younger than
# KEEP_SECONDS. The newest is never among them.
superfluous() {
  # shellcheck disable=SC2016 # for awk
  older_than "$KEEP_SECONDS" '
    { names[NR] = $0 }
    END { for (i = 1; i <= NR; i++) if (!kept(names[i], i, NR)) print names[i] }
  '
}

# outdated  of the backups in CATALOG, see choose.sh, prints those to delete, newest first, so that what is left can always be restored: those that
# are older than every one that is kept, but for those that these build on. Only backups that can be restored count as kept.
outdated() {
  whole=$(lineages) || return
  # shellcheck disable=SC2016,SC2154 # for awk; choose.sh sets it
  { described "$CATALOG/$copies" BACKUP; echo; echo "$whole"; } | older_than "$KEEP_SECONDS" '
    $0 == "" { all = NR - 1; next }
    { lines[NR] = $0 }
    END {
      for (i = all + 2; i <= NR; i++) if (kept(lines[i], i, NR)) {
        for (n = split(lines[i], links, " "); n > 0; n--) needed[links[n]]
        if (oldest == "") oldest = links[1]
      }
      for (i = all; i > 0; i--) if ((lines[i] "") < (oldest "") && !(lines[i] in needed)) print lines[i]
    }
  '
}

# abandoned  of the names on standard input prints those of more than a week ago, to which no Job writes any more
# shellcheck disable=SC2016 # for awk
abandoned() { older_than 604800 '/^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T/ && age($0) > seconds'; }

# older_than SECONDS PROGRAM  runs a program of awk that knows the age of a name, and whether the one at this place of the last is kept
older_than() {
  awk -v count="$KEEP_COUNT" -v seconds="$1" -v now="$(date -u +%Y-%m-%dT%H-%M-%SZ)" '
    # The days since the year 0 by the proleptic Gregorian calendar, where a year begins in March.
    function days(y, m, d) { if (m < 3) { m += 12; y-- } return 365 * y + int(y / 4) - int(y / 100) + int(y / 400) + int((153 * m - 457) / 5) + d }
    function at(name) {
      return days(substr(name, 1, 4) + 0, substr(name, 6, 2) + 0, substr(name, 9, 2) + 0) * 86400 + substr(name, 12, 2) * 3600 + substr(name, 15, 2) * 60 + substr(name, 18, 2)
    }
    function age(name) { return at(now) - at(name) }
    function kept(name, place, last) { return place > last - count || place == last || (seconds > 0 && age(name) <= seconds) }
  '"$2"
}
