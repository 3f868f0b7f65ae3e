#!/bin/bash
# answers.sh  whether the server answers over the network. Any error of the server is an answer: too many connections, an
# account that a restored dump has not got. MariaDB logs each connection that ends without a login and each login that it
# refuses, so this logs in as the account that the image makes for checks, while there is one.
: "${PORT:=3306}"
: "${ACCOUNT:=/var/lib/mysql/.my-healthcheck.cnf}"

login=(--no-defaults)
[ ! -r "$ACCOUNT" ] || login=("--defaults-file=$ACCOUNT")
answer=$(timeout 4 mariadb "${login[@]}" --skip-ssl --protocol tcp -h 127.0.0.1 -P "$PORT" -e 'do 1' 2>&1) && exit 0
# 2000 to 2999 and from 5000 on are errors of the client, which got no answer.
[[ $answer =~ ERROR\ (1[0-9]{3}|[34][0-9]{3})\  ]]
