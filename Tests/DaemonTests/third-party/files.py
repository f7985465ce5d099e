"""Reads pairs of AWS's files with botocore, and compares with what the table says."""

import json
import os
import sys
import tempfile

import botocore.exceptions
import botocore.session

with open(sys.argv[1], encoding="utf-8") as file:
    vectors = json.load(file)

VARIABLES = {"config": "AWS_CONFIG_FILE", "credentials": "AWS_SHARED_CREDENTIALS_FILE"}

for vector in vectors:
    with tempfile.TemporaryDirectory() as directory:
        for name, variable in VARIABLES.items():
            os.environ[variable] = path = os.path.join(directory, name)
            if name in vector:
                with open(path, "wb") as file:
                    file.write(vector[name].encode())
        try:
            found = botocore.session.Session().full_config
            read = {"profiles": found.get("profiles"), "ssoSessions": found.get("sso_sessions", {})}
        except botocore.exceptions.ConfigParseError:
            read = {}
    table = {key: vector[key] for key in ("profiles", "ssoSessions") if key in vector}
    if read != table:
        print(f"{vector['name']}: {read} is not {table}")

print(f"{len(vectors)} compared")
