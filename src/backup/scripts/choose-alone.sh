# shellcheck shell=sh
# Follows choose.sh, in the same file, where no log continues physical backups: one is restored alone, whatever log is beside it.
choose_all_log() { :; }
