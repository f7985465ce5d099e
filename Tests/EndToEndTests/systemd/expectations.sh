#!/usr/bin/env bash
# What the scripts that run under a user manager have in common. A script ends with the first expectation that fails.
set -euo pipefail

# shellcheck disable=SC2034 # It is for those who source this.
socket=$XDG_RUNTIME_DIR/tokend/tokend.sock

fail() {
    echo "${0##*/}: $*" >&2
    exit 1
}

# Expects a command to print a text.
expect() { # TEXT COMMAND…
    local actual
    actual=$("${@:2}")
    [[ $actual == "$1" ]] || fail "\`${*:2}\` printed $actual and not $1"
}

# Expects a command to succeed before long.
eventually() { # COMMAND…
    local _
    for _ in {1..300}; do
        if "$@" >/dev/null 2>&1; then return; fi
        sleep 0.1
    done
    fail "\`$*\` does not come true"
}

# Prints what the manager knows of the service.
property() { # NAME
    systemctl --user show --property="$1" --value tokend.service
}

# Whether the manager knows this of the service.
has_property() { # NAME VALUE
    [[ $(property "$1") == "$2" ]]
}

# Prints a field of the daemon's /proc/PID/status.
process_status() { # FIELD
    sed -n "s/^$1:[[:space:]]*//p" "/proc/$(property MainPID)/status"
}

# Asks the daemon something, and waits for the answer however long it takes to start.
ask() { # PATH
    curl --silent --show-error --fail --max-time 60 --unix-socket "$socket" "http://localhost$1"
}

# Writes the configuration.
configure() { # TEXT
    mkdir -p ~/.config/tokend
    echo "$1" >~/.config/tokend/config.toml
}

# Adds options to the service for this script.
override() { # OPTION…
    mkdir -p ~/.config/systemd/user/tokend.service.d
    printf '%s\n' '[Service]' "$@" >~/.config/systemd/user/tokend.service.d/override.conf
    systemctl --user daemon-reload
}

# Configures an account that needs no login, of an issuer that is started here. A command prints its secret.
start_issuer() { # COMMAND
    tokend-sandbox --port 0 --port-file ~/port >/dev/null 2>~/issuer.log &
    eventually test -s ~/port
    configure "
        [account.service]
        issuer = \"http://127.0.0.1:$(cat ~/port)\"
        client_id = \"service\"
        client_secret = { command = [\"sh\", \"-c\", \"$1\"] }
        flow = \"client_credentials\""
}
