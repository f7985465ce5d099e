#!/usr/bin/env bash
# `systemctl reload` reads the configuration anew, and a bad one changes nothing.
source "${0%/*}/expectations.sh"

account='[account.one]
issuer = "https://login.invalid"
client_id = "tokend"'

lists_account() { [[ $(ask /v1/accounts) == *'"one"'* ]]; }

systemctl --user start tokend.service
expect '{"accounts":[]}' ask /v1/accounts
process=$(property MainPID)

configure "$account"
systemctl --user reload tokend.service
eventually lists_account

configure "$account
nonsense = 1"
systemctl --user reload tokend.service
eventually grep -q nonsense ~/tokend.log
lists_account || fail "a bad configuration took the account away"
expect active property ActiveState
expect "$process" property MainPID
