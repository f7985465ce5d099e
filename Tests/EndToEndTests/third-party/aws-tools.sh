#!/usr/bin/env bash
# Clients that this project did not write: botocore and the AWS CLI, as PyPI has them.
#
# usage: aws-tools.sh install                  fetches them; exits with 77 where that is not possible
#        aws-tools.sh check DIRECTORY ISSUER   has them use every operation of a sandbox issuer; one line for each check
#        aws-tools.sh aws ARGUMENT…            runs the AWS CLI
#
# What is fetched stays in the cache for the next time. DIRECTORY becomes the home of the clients.
set -euo pipefail
cd "$(dirname "$0")"

packages=('awscli>=1.44,<2')
cache=${XDG_CACHE_HOME:-$HOME/.cache}/tokend-tests/aws-tools

python() { # ARGUMENT…
    if [[ -x $cache/venv/bin/python ]]; then
        exec "$cache/venv/bin/python" -B "$@"
    else
        PYTHONPATH=$cache/packages exec python3 -B "$@"
    fi
}

is_installed() { (python -c 'import awscli, botocore') 2>/dev/null; }

install() {
    mkdir -p "$cache"
    exec {lock}>"$cache/lock"
    flock "$lock"
    if is_installed; then return; fi
    rm -rf "$cache/venv" "$cache/packages"
    # Debian's python3 makes environments only with python3-venv, but may have pip.
    if python3 -m venv "$cache/venv" >&2; then
        "$cache/venv/bin/python" -m pip install --quiet "${packages[@]}" >&2 || true
    else
        rm -rf "$cache/venv"
        python3 -m pip install --quiet --target "$cache/packages" "${packages[@]}" >&2 || true
    fi
    if ! is_installed; then
        rm -rf "$cache/venv" "$cache/packages"
        echo "the AWS CLI cannot be installed from PyPI" >&2
        exit 77
    fi
}

case ${1:-} in
    install) install ;;
    check)
        mkdir -p "$2"
        python aws/check.py "$2" "$3"
        ;;
    aws)
        shift
        python -m awscli "$@"
        ;;
    *)
        sed -n '4,6s/^# //p' aws-tools.sh >&2
        exit 64
        ;;
esac
