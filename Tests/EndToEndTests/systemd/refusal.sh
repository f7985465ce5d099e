#!/usr/bin/env bash
# A daemon that cannot use its configuration is not started again and again, and starts once that is mended.
source "${0%/*}/expectations.sh"

configure 'nonsense = 1'
if systemctl --user start tokend.service 2>/dev/null; then fail "it started"; fi
expect 78 property ExecMainStatus
expect 0 property NRestarts
grep -q nonsense ~/tokend.log || fail "the log does not say why"

# A connection starts it in vain, and after a few times the manager gives up: whoever asks is refused at once.
if ask /v1/status 2>/dev/null; then fail "it answered"; fi
eventually test ! -e "$socket"

configure ''
systemctl --user reset-failed tokend.socket tokend.service
systemctl --user start tokend.service
expect active property ActiveState
ask /v1/status >/dev/null
