# shellcheck shell=bash disable=SC2154 # of the script that sources it
# How a MariaDB server is asked, and sends its binary log. Sourced by archive.sh. Environment: HOST, PORT, and `options`, a file with the account.
# shellcheck disable=SC2034 # for archive.sh
PROGRAMS=(mariadb mariadb-binlog)

# MariaDB has no identifier that stays with the data.
IDENTIFIER=server_id
IDENTITY='select @@server_id'
STATUS='show binlog status'

client() { mariadb --defaults-file="$options" --skip-ssl -h "$HOST" -P "$PORT" "$@"; }

# receive_log FILE PREFIX  receives the log from FILE on, without end, into files with this prefix, in the place of this shell
receive_log() {
  exec mariadb-binlog --defaults-file="$options" --skip-ssl -h "$HOST" -P "$PORT" --read-from-remote-server --raw --stop-never \
    --stop-never-slave-server-id="$SERVER_ID" --result-file="$2" "$1"
}
