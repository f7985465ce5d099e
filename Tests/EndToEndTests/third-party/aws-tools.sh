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
name=aws-tools
modules=awscli,botocore
# shellcheck source=../../pypi.sh
source ../../pypi.sh

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
