"""Signs requests with botocore at the moment that their X-Amz-Date says, and compares."""

import datetime
import json
import sys
from unittest import mock

from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

# What a signature adds, and so must not be there before.
ADDED = {"authorization", "x-amz-date", "x-amz-security-token"}

with open(sys.argv[1], encoding="utf-8") as file:
    requests = json.load(file)

for number, signed in enumerate(requests):
    headers = {name.lower(): value for name, value in signed["headers"].items()}
    request = AWSRequest(
        method=signed["method"],
        url=signed["url"],
        headers={name: value for name, value in headers.items() if name not in ADDED},
        data=signed["body"].encode(),
    )
    moment = datetime.datetime.strptime(headers["x-amz-date"], "%Y%m%dT%H%M%SZ")
    credentials = Credentials(signed["accessKeyID"], signed["secretAccessKey"], headers.get("x-amz-security-token"))
    with mock.patch("botocore.auth.get_current_datetime", return_value=moment):
        auth.SigV4Auth(credentials, signed["service"], signed["region"]).add_auth(request)
    if request.headers["Authorization"] != headers["authorization"]:
        print(f"request {number}: {request.headers['Authorization']} is not {headers['authorization']}")

print(f"{len(requests)} compared")
