#!/usr/bin/env bash
# Stopping ends the daemon in order and takes the socket away; starting brings both back.
source "${0%/*}/expectations.sh"

systemctl --user start tokend.service
ask /v1/status >/dev/null
systemctl --user stop tokend.socket
expect inactive property ActiveState
expect success property Result
expect 0 property ExecMainStatus
[[ ! -e $socket ]] || fail "the socket is still there"

systemctl --user start tokend.service
ask /v1/status >/dev/null
