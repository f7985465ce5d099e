#!/usr/bin/env bash
# A connection to the socket starts the service, and is answered by it.
source "${0%/*}/expectations.sh"

systemctl --user start tokend.socket
expect inactive property ActiveState
expect 600 stat --format=%a "$socket"
expect 700 stat --format=%a "${socket%/*}"

# One that is started by hand leaves the manager's socket alone.
status=0
tokend 2>~/by-hand.log || status=$?
((status == 75)) || fail "a daemon beside the socket ended with status $status"
grep -q 'systemctl --user start tokend' ~/by-hand.log || fail "it said: $(cat ~/by-hand.log)"

ask /v1/status >/dev/null
expect active property ActiveState
expect running property SubState
[[ $(property StatusText) == serving* ]] || fail "the status is: $(property StatusText)"
expect 0 property NRestarts
