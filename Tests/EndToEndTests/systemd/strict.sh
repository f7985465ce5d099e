#!/usr/bin/env bash
# With strict.conf the service is shut in further, and does its work all the same.
source "${0%/*}/expectations.sh"

mkdir -p ~/.local/state/tokend ~/.config/systemd/user/tokend.service.d
cp /run/units/strict.conf ~/.config/systemd/user/tokend.service.d
systemctl --user daemon-reload

# The command runs under the restrictions too; with write access to the home directory it would print the wrong secret.
start_issuer 'if touch ~/written 2>/dev/null; then echo wrong; else echo secret; fi'
systemctl --user start tokend.service
tokenctl token service >/dev/null
[[ -s ~/.local/state/tokend/tokens.sqlite ]] || fail "there is no store"

expect 1 process_status NoNewPrivs
expect 2 process_status Seccomp
expect 0000000000000000 process_status CapBnd
[[ $(readlink "/proc/$(property MainPID)/ns/user") != "$(readlink /proc/self/ns/user)" ]] || fail "no user namespace"
systemctl --user reload tokend.service
tokenctl token service >/dev/null
