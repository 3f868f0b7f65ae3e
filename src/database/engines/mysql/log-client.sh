# shellcheck shell=bash disable=SC2154 # of the script that sources it
# How a MySQL server is asked, and sends its binary log. Sourced by archive.sh. Environment: HOST, PORT, and `options`, a file with the account.
# shellcheck disable=SC2034 # for archive.sh
PROGRAMS=(mysql mysqlbinlog)

# It is in the data: that of a copy of the volume is the same, that of another database is not.
IDENTIFIER=server_uuid
IDENTITY='select @@server_uuid'
STATUS='show binary log status'

# Connections are encrypted where the server can, as by default. Where it cannot, it is asked for the key that hides the password.
client() { mysql --defaults-file="$options" --get-server-public-key -h "$HOST" -P "$PORT" "$@"; }

# receive_log FILE PREFIX  receives the log from FILE on, without end, into files with this prefix, in the place of this shell
receive_log() {
  exec mysqlbinlog --defaults-file="$options" --get-server-public-key -h "$HOST" -P "$PORT" --read-from-remote-server --raw --stop-never \
    --connection-server-id="$SERVER_ID" --result-file="$2" "$1"
}
