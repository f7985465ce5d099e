#!/usr/bin/env bash
# A daemon that hangs is replaced, and whoever has connected to it meanwhile can ask the next one.
source "${0%/*}/expectations.sh"

override WatchdogSec=2 TimeoutAbortSec=1
systemctl --user start tokend.service
process=$(property MainPID)

# Signs of life come by themselves, before the manager misses one.
lives_since() { (($(property WatchdogTimestampMonotonic) > $1)); }
for _ in 1 2 3; do eventually lives_since "$(property WatchdogTimestampMonotonic)"; done
expect 0 property NRestarts

kill -STOP "$process"
eventually has_property NRestarts 1
eventually has_property ActiveState active
[[ $(property MainPID) != "$process" ]] || fail "the same process goes on"
ask /v1/status >/dev/null
