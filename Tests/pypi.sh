#!/usr/bin/env bash
# What PyPI has, for the scripts beside the tests. Whoever sources this sets `name`, `packages` and `modules`: what it is
# called, what is fetched, and what can then be imported, with commas between.
# shellcheck disable=SC2154 # They are set by whoever sources this.

cache=${XDG_CACHE_HOME:-$HOME/.cache}/tokend-tests/$name

python() { # ARGUMENT…
    if [[ -x $cache/venv/bin/python ]]; then
        exec "$cache/venv/bin/python" -B "$@"
    else
        PYTHONPATH=$cache/packages exec python3 -B "$@"
    fi
}

is_installed() { (python -c "import $modules") 2>/dev/null; }

# Exits with 77 where it cannot be fetched.
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
        echo "$name cannot be installed from PyPI" >&2
        exit 77
    fi
}
