/**
 * A store that is a folder; it fails at the call of the number in `fail-at`, and is killed with the script at that in `kill-at`. It has the remotes in
 * `encrypting`, and if there is a file `unchecked`, it says what that says instead of comparing checksums.
 */
export const RCLONE = `
shopt -s nullglob
root=\${0%/*}/../store
echo "$*" >>"\${0%/*}/../rclone-calls"
n=$(wc -l <"\${0%/*}/../rclone-calls")
[ "$n" != "$(cat "\${0%/*}/../fail-at" 2>/dev/null)" ] || { echo "the store does not answer" >&2; exit 1; }
[ "$n" != "$(cat "\${0%/*}/../kill-at" 2>/dev/null)" ] || kill -KILL $PPID
at() { case $1 in store:*) echo "$root/\${1#*:}" ;; *) echo "$1" ;; esac; }
command=$1; shift
arguments=() patterns=() list= dirs= exclude= download=
while [ $# != 0 ]; do
  case $1 in
    --include) patterns+=("\${2#/}"); shift ;;
    --files-from) list=$2; shift ;;
    --dirs-only) dirs=yes ;;
    --download) download=yes ;;
    --max-depth | --stats | --contimeout | --retries | --low-level-retries | --type) shift ;;
    --exclude) exclude=\${2#/}; shift ;;
    -*) ;;
    *) arguments+=("$(at "$1")") ;;
  esac
  shift
done
set -- "\${arguments[@]}"
case $command in
  copy)
    [ -d "$1" ] || exit 3
    mkdir -p "$2"
    cd "$1" || exit 1
    if [ -n "$list" ]; then files=$(cat "$list"); elif [ \${#patterns[@]} != 0 ]; then files=$(for p in "\${patterns[@]}"; do printf '%s\\n' $p; done); else files=$(find . -type f); fi
    for f in $files; do [ "\${f#./}" != "$exclude" ] || continue; mkdir -p "$2/\${f%/*}/." 2>/dev/null; [[ $f = */* ]] || rmdir "$2/$f" 2>/dev/null; cp "$f" "$2/$f"; done ;;
  check) if [ -z "$download" ] && cat "\${0%/*}/../unchecked" 2>/dev/null; then exit; fi
    cd "$1"; for f in *; do [ "$f" = "$exclude" ] || cmp "$f" "$2/$f" || exit 1; done ;;
  copyto) mkdir -p "\${2%/*}"; cp "$1" "$2" ;;
  listremotes) cat "\${0%/*}/../encrypting" 2>/dev/null || : ;;
  lsf) [ -d "$1" ] || exit 3; cd "$1"; if [ -n "$dirs" ]; then find . -mindepth 1 -maxdepth 1 -type d -printf '%P\\n'; else find . -maxdepth 2 -type f -printf '%P\\n'; fi ;;
  deletefile) rm "$1" ;;
  delete) if [ -n "$list" ]; then while read -r f; do rm "$1/$f"; done <"$list"; else rm -f "$1/BACKUP"; fi ;;
  purge) rm -r "$1" ;;
  *) echo "what is $command?" >&2; exit 2 ;;
esac
`;
