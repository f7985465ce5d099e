#!/usr/bin/env bash
# A daemon that is killed is started again, and whoever connects meanwhile is answered.
source "${0%/*}/expectations.sh"

systemctl --user start tokend.service
process=$(property MainPID)

kill -KILL "$process"
ask /v1/status >/dev/null

expect 1 property NRestarts
[[ $(property MainPID) != "$process" ]] || fail "the same process goes on"
expect active property ActiveState
