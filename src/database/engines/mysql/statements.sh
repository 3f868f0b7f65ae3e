# shellcheck shell=bash
# What the statements in a binary log are about. Sourced by replay.sh.

# database_of STATEMENT  that of the routine or event that it makes, changes or drops; nothing for all other statements. Before it is the database that its
# connection had chosen: use `name`; ...
database_of() {
  # shellcheck disable=SC2016 # names of SQL
  sed -nE '
    s/\\n/ /g
    s/^/use ``; /
    s/^use ``; (use `)/\1/
    s/^(use `[^`]*`; )([[:space:]]*\/\*([^*]|\*[^\/])*\*\/)*[[:space:]]*/\1/
    t forget
    :forget
    s/^(use `[^`]*`; )(create|alter|drop)[[:space:]]+(or[[:space:]]+replace[[:space:]]+)?(definer[[:space:]]*=[[:space:]]*[^[:space:]]+[[:space:]]+)?(aggregate[[:space:]]+)?(procedure|function|event)[[:space:]]+(if[[:space:]]+(not[[:space:]]+)?exists[[:space:]]+)?/\1/I
    t name
    b
    :name
    s/^use `[^`]*`; (`([^`]+)`|([[:alnum:]_$]+))[[:space:]]*\.[[:space:]]*[[:alnum:]_$`].*/\2\3/p
    t
    s/^use `([^`]*)`; .*/\1/p
  ' <<<"$1"
}
