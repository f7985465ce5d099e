#!/usr/bin/env bash
# botocore, AWS's own library, as a second opinion on signatures and on AWS's files.
#
# usage: botocore.sh install           fetches it; exits with 77 where that is not possible
#        botocore.sh signatures FILE   signs each request of FILE (JSON) anew; prints the differences
#        botocore.sh files FILE        reads each pair of files of FILE (JSON) anew; prints the differences
#
# What is fetched stays in the cache for the next time.
set -euo pipefail
cd "$(dirname "$0")"

cache=${XDG_CACHE_HOME:-$HOME/.cache}/tokend-tests/botocore

python() { # ARGUMENT…
    if [[ -x $cache/venv/bin/python ]]; then
        exec "$cache/venv/bin/python" -B "$@"
    else
        PYTHONPATH=$cache/packages exec python3 -B "$@"
    fi
}

is_installed() { (python -c 'import botocore') 2>/dev/null; }

install() {
    mkdir -p "$cache"
    exec {lock}>"$cache/lock"
    flock "$lock"
    if is_installed; then return; fi
    rm -rf "$cache/venv" "$cache/packages"
    # Debian's python3 makes environments only with python3-venv, but may have pip.
    if python3 -m venv "$cache/venv" >&2; then
        "$cache/venv/bin/python" -m pip install --quiet 'botocore>=1.43,<2' >&2 || true
    else
        rm -rf "$cache/venv"
        python3 -m pip install --quiet --target "$cache/packages" 'botocore>=1.43,<2' >&2 || true
    fi
    if ! is_installed; then
        rm -rf "$cache/venv" "$cache/packages"
        echo "botocore cannot be installed from PyPI" >&2
        exit 77
    fi
}

case ${1:-} in
    install) install ;;
    signatures | files) python "$1.py" "$2" ;;
    *)
        sed -n '4,6s/^# //p' botocore.sh >&2
        exit 64
        ;;
esac
