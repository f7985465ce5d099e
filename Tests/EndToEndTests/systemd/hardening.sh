#!/usr/bin/env bash
# The service's restrictions are in force, and it does its work under them.
source "${0%/*}/expectations.sh"

# The command runs under the restrictions too; with a namespace of its own it would print the wrong secret. That proves
# something only where users may make namespaces.
command='echo secret'
if bash "${0%/*}/user-namespaces.sh" 2>/dev/null; then
    command='if unshare --user true 2>/dev/null; then echo wrong; else echo secret; fi'
fi
start_issuer "$command"
systemctl --user start tokend.service
tokenctl token service >/dev/null

expect 1 process_status NoNewPrivs
expect 2 process_status Seccomp
expect 0077 process_status Umask
grep -qE '^Max core file size +0 +0 ' "/proc/$(property MainPID)/limits" || fail "core dumps are possible"
