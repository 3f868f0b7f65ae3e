# shellcheck shell=bash
# What transactions a file of the binary log of MySQL has. The image of the server has no mysqlbinlog, and SQL tells no times. Sourced by replay.sh.
#
# Each event begins with a header of 19 bytes: its time (4), type (1), server (4), size (4), the position of the next event (4), and flags (2). A
# transaction begins with an event of type 33: flags (1), source (16), number (8), the type of what follows (1), two numbers that order transactions (16),
# the time of its commit in microseconds (7, and 7 more if its first bit says so), and the bytes of all its events. Numbers begin with their lowest byte.
# https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Gtid__event.html

# transactions FILE [POSITION [MICROSECONDS [TRANSACTION]]]  prints, a line each:
#   gtids:   the transactions that are in the file as a whole, up to the given time
#   before:  those before POSITION
#   begins:  1 if an event begins at POSITION, or the file ends there
#   stop:    the first transaction that was committed at that time or later; it and what follows are not read
#   at:      where TRANSACTION begins
#   time:    when the last transaction was committed, that one included, in microseconds
#   reached: when the last one of gtids was committed
#   end:     where the last event ends that is there as a whole
#   damaged: why the rest cannot be read
transactions() {
  local bytes
  bytes=$(stat -c %s "$1")
  # As words of four bytes, since that is five times as fast: od takes more time than all else.
  od -An -v -tu4 --endian=little -w64 "$1" | awk -v bytes="$bytes" -v position="${2:-0}" -v until="${3:-0}" -v wanted="${4-}" '
    function value(at, count,  sum) { for (sum = 0; count > 0; count--) sum = sum * 256 + b[at + count - 1]; return sum }
    function packed(at) { return b[at] < 251 ? b[at] : b[at] == 252 ? value(at + 1, 2) : b[at] == 253 ? value(at + 1, 3) : value(at + 1, 8) }
    function uuid(at,  text, i) {
      for (i = 0; i < 16; i++) text = text (i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "") sprintf("%02x", b[at + i])
      return text
    }
    # set  those so far, consecutive numbers as one range
    function set() { return sets (source == "" ? "" : (sets == "" ? "" : ",") source ":" sprintf(low == high ? "%.0f" : "%.0f-%.0f", low, high)) }
    function add(of, number) {
      if (of != source || number != high + 1) {
        sets = set()
        source = of
        low = number
      }
      high = number
    }
    function read_no_more(reason) {
      damaged = reason
      from = bytes + 64
    }
    # step  to the event after SIZE bytes, if these are there
    function step(size) {
      if (from + size > bytes) { read_no_more(""); return 0 }
      end = from += size
      have = 0
      need = 19
      return 1
    }
    function transaction(size,  of, number, time, whole) {
      of = uuid(20)
      number = value(36, 8)
      time = value(61, 6) + (b[67] % 128) * 2 ^ 48
      whole = packed(b[67] < 128 ? 68 : 75)
      if (whole < size || b[44] != 2) { read_no_more("a transaction without its size at position " from); return }
      if (wanted == of ":" sprintf("%.0f", number)) found = from
      last = time
      if (until && time >= until) {
        if (from + whole <= bytes) stop = of ":" sprintf("%.0f", number)
        read_no_more("")
      } else if (step(whole)) {
        reached = time
        add(of, number)
      }
    }
    function event(  type, size) {
      type = b[4]
      size = value(9, 4)
      if (need > 19) transaction(size)
      else if (size < 19 || type == 0 || (value(13, 4) != (from + size) % 2 ^ 32 && from + size <= bytes)) read_no_more("no event at position " from)
      else if (type == 34) read_no_more("a transaction without an identifier at position " from)
      else if (type == 42) read_no_more("a transaction with a tag at position " from)
      else if (type == 33) need = size < 84 ? size : 84
      else step(size)
    }
    function take(byte) {
      if (!have && !passed && from >= position) { passed = 1; before = set(); begins = from == position }
      b[have++] = byte
      if (have == need) event()
    }
    BEGIN { end = from = 4; need = 19 }
    offset + 64 <= from { offset += 64; next }
    {
      for (i = 1; i <= NF; i++) {
        if (offset == 0 && $i % 256 != 254) read_no_more("it is no binary log")
        word = $i
        for (at = offset; at < offset + 4; at++) {
          if (at == from + have) take(word % 256)
          word = int(word / 256)
        }
        offset += 4
      }
    }
    END {
      if (!passed) { before = set(); begins = end == position }
      printf "gtids: %s\nbefore: %s\nbegins: %s\nstop: %s\nat: %s\ntime: %.0f\nreached: %.0f\nend: %.0f\ndamaged: %s\n",
        set(), before, begins ? 1 : "", stop, found, last, reached, end, damaged
    }
  '
}
