#!/usr/bin/env bash
# An issuer that this project did not write: django-oauth-toolkit on loopback, over TLS with an authority of its own.
#
# usage: django-oauth-toolkit.sh install            fetches it; exits with 77 where that is not possible
#        django-oauth-toolkit.sh serve DIRECTORY    prints the issuer's URL once it listens, and serves until it is ended
#        django-oauth-toolkit.sh person DIRECTORY ISSUER USER_CODE    approves a login in the way of a person's browser
#
# What is fetched stays in the cache for the next time. DIRECTORY gets ca.pem, the authority, and issuer.sqlite, the books.
set -euo pipefail
cd "$(dirname "$0")"

packages=('django-oauth-toolkit>=3.4,<4' 'oauthlib<4')
name=django-oauth-toolkit
modules=django,oauth2_provider,oauthlib
# shellcheck source=../../pypi.sh
source ../../pypi.sh

make_certificate() { # DIRECTORY
    local key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
    openssl req -x509 "${key[@]}" -days 2 -subj '/CN=Test Authority' -keyout "$1/ca.key" -out "$1/ca.pem"
    openssl req "${key[@]}" -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
        -keyout "$1/server.key" -out "$1/server.csr"
    openssl x509 -req -in "$1/server.csr" -CA "$1/ca.pem" -CAkey "$1/ca.key" -copy_extensions copy -days 2 \
        -out "$1/server.pem"
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$1/signing.key"
}

case ${1:-} in
    install) install ;;
    serve)
        mkdir -p "$2"
        make_certificate "$2" 2>/dev/null
        python issuer/serve.py "$2"
        ;;
    person) python issuer/person.py "$2/ca.pem" "$3" "$4" ;;
    *)
        sed -n '4,6s/^# //p' django-oauth-toolkit.sh >&2
        exit 64
        ;;
esac
