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

packages=('botocore>=1.43,<2')
name=botocore
modules=botocore
# shellcheck source=../../pypi.sh
source ../../pypi.sh

case ${1:-} in
    install) install ;;
    signatures | files) python "$1.py" "$2" ;;
    *)
        sed -n '4,6s/^# //p' botocore.sh >&2
        exit 64
        ;;
esac
