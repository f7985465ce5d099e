"""Uses every operation of AWS that a sandbox issuer plays, by AWS's own code, and says what was found right."""

import base64
import datetime
import hashlib
import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

home, issuer = Path(sys.argv[1]).resolve(), sys.argv[2]
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ.update(
    HOME=str(home),
    AWS_ENDPOINT_URL=issuer,
    AWS_DEFAULT_REGION="us-east-1",
    AWS_EC2_METADATA_DISABLED="true",
    AWS_MAX_ATTEMPTS="3",
)

import botocore.session  # noqa: E402  It reads the environment.
from botocore.exceptions import ClientError  # noqa: E402

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
TOKEN_TYPE = "urn:ietf:params:oauth:token-type:"
START_URL = f"{issuer}/start"
APPLICATION = "arn:aws:sso::012345678901:application/ssoins-1111111111111111/apl-2222222222222222"
USER = {"aws_access_key_id": "AKIDSANDBOXKEY000001", "aws_secret_access_key": "sandbox-secret-access-key"}


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Leaves the browser where it is, so that one sees where it would go."""

    def redirect_request(self, *_):
        return None


def client(service, **credentials):
    return botocore.session.Session().create_client(service, **credentials)


def ask(path, data=None, headers=None):
    """Sends a request that is none of AWS's."""
    request = urllib.request.Request(issuer + path, data=data, headers=headers or {})
    with urllib.request.urlopen(request) as reply:
        return reply.read()


def control(path, members):
    ask(f"/sandbox/{path}", json.dumps(members).encode(), {"Content-Type": "application/json"})


def form(path, **fields):
    return json.loads(ask(path, urllib.parse.urlencode(fields).encode()))


def requests():
    return json.loads(ask("/sandbox/log"))["requests"]


def refusal(code, call, **arguments):
    """The error of a call that must fail by a name."""
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, (code, error.response)
        return error
    raise AssertionError(f"no {code}")


def credentials(reply):
    """The credentials of a reply of the portal or of STS, as a client takes them."""
    capitals = {name[0].upper() + name[1:]: value for name, value in reply.items()}
    return {
        "aws_access_key_id": capitals["AccessKeyId"],
        "aws_secret_access_key": capitals["SecretAccessKey"],
        "aws_session_token": capitals["SessionToken"],
    }


def registered(oidc, **more):
    reply = oidc.register_client(clientName="check", clientType="public", scopes=["sso:account:access"], **more)
    assert reply["clientSecretExpiresAt"] - reply["clientIdIssuedAt"] == 90 * 86400
    return {name: reply[name] for name in ("clientId", "clientSecret")}


def log_in(oidc, registration):
    device = oidc.start_device_authorization(startUrl=START_URL, **registration)
    assert device["verificationUriComplete"].endswith(device["userCode"]) and device["expiresIn"] > 0
    poll = dict(registration, grantType=DEVICE_CODE, deviceCode=device["deviceCode"])
    error = refusal("AuthorizationPendingException", oidc.create_token, **poll)
    assert isinstance(error, oidc.exceptions.AuthorizationPendingException)
    assert error.response["error"] == "authorization_pending" and error.response["error_description"]
    control("faults", {"endpoint": "CreateToken", "fault": "exception", "exception": "SlowDownException"})
    assert isinstance(refusal("SlowDownException", oidc.create_token, **poll), oidc.exceptions.SlowDownException)
    control("approve", {"user_code": device["userCode"]})
    return oidc.create_token(**poll)


def code(client_id, scopes, challenge):
    """Has a person's browser approve."""
    query = urllib.parse.urlencode(
        {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": "http://127.0.0.1:4711/oauth/callback",
            "state": "a state",
            "code_challenge_method": "S256",
            "code_challenge": challenge,
            "scopes": scopes,
        }
    )
    page = ask(f"/authorize?{query}").decode()
    decision = {"user_code": re.search(r'name="user_code" value="([^"]+)"', page).group(1), "decision": "approve"}
    try:
        opener = urllib.request.build_opener(NoRedirect)
        opener.open(f"{issuer}/authorize?{query}", urllib.parse.urlencode(decision).encode())
    except urllib.error.HTTPError as error:
        location = urllib.parse.urlsplit(error.headers["Location"])
        assert location.netloc == "127.0.0.1:4711" and location.path == "/oauth/callback"
        answer = urllib.parse.parse_qs(location.query)
        assert answer["state"] == ["a state"]
        return answer["code"][0]
    raise AssertionError("the browser is sent nowhere")


def code_grant(client_id, scopes):
    verifier = "check-" * 10
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return {
        "grantType": "authorization_code",
        "code": code(client_id, scopes, challenge),
        "redirectUri": "http://127.0.0.1:4711/oauth/callback",
        "codeVerifier": verifier,
    }


def id_token():
    """A token about the person from the issuer's OAuth side."""
    device = form("/device_authorization", client_id="tokend", scope="openid")
    control("approve", {"user_code": device["user_code"]})
    fields = {"client_id": "tokend", "grant_type": DEVICE_CODE, "device_code": device["device_code"]}
    return form("/token", **fields)["id_token"]


def check_device_code(oidc):
    registration = registered(oidc)
    tokens = log_in(oidc, registration)
    assert tokens["tokenType"] == "Bearer" and tokens["expiresIn"] > 1000, tokens
    refreshed = oidc.create_token(grantType="refresh_token", refreshToken=tokens["refreshToken"], **registration)
    assert refreshed["accessToken"] != tokens["accessToken"]
    wrong = dict(registration, grantType="refresh_token", refreshToken="x")
    refusal("InvalidGrantException", oidc.create_token, **wrong)
    error = refusal("InvalidClientException", oidc.create_token, **dict(wrong, clientSecret="x"))
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 401
    return registration, refreshed


def check_authorization_code(oidc):
    registration = registered(
        oidc,
        grantTypes=["authorization_code", "refresh_token"],
        redirectUris=["http://127.0.0.1/oauth/callback"],
        issuerUrl=START_URL,
    )
    tokens = oidc.create_token(**registration, **code_grant(registration["clientId"], "sso:account:access"))
    assert tokens["refreshToken"]
    mixed = dict(clientName="check", clientType="public", redirectUris=["http://127.0.0.1/oauth/callback"])
    grants = ["authorization_code", DEVICE_CODE]
    refusal("InternalServerException", oidc.register_client, grantTypes=grants, **mixed)


def check_iam(subject_token):
    oidc = client("sso-oidc", **USER)
    create = lambda **members: oidc.create_token_with_iam(clientId=APPLICATION, **members)  # noqa: E731
    first = create(grantType="urn:ietf:params:oauth:grant-type:jwt-bearer", assertion=id_token())
    assert first["scope"] == ["openid", "aws", "sts:identity_context"]
    assert first["awsAdditionalDetails"]["identityContext"] and first["idToken"].count(".") == 2
    second = create(grantType="refresh_token", refreshToken=first["refreshToken"], scope=["aws"])
    assert second["scope"] == ["aws"] and second["issuedTokenType"] == TOKEN_TYPE + "refresh_token"
    for requested, has_refresh_token in (("access_token", False), ("refresh_token", True)):
        reply = create(
            grantType="urn:ietf:params:oauth:grant-type:token-exchange",
            subjectToken=subject_token,
            subjectTokenType=TOKEN_TYPE + "access_token",
            requestedTokenType=TOKEN_TYPE + requested,
        )
        assert reply["issuedTokenType"] == TOKEN_TYPE + requested
        assert ("refreshToken" in reply) == has_refresh_token, reply
    assert create(**code_grant(APPLICATION, "openid aws"))["scope"] == ["openid", "aws"]
    refusal("InvalidGrantException", create, grantType="refresh_token", refreshToken="x")

    control(
        "faults",
        {
            "endpoint": "CreateTokenWithIAM",
            "fault": "exception",
            "exception": "InvalidRequestRegionException",
            "members": {"endpoint": "https://oidc.eu-west-1.amazonaws.com", "region": "eu-west-1"},
        },
    )
    error = refusal("InvalidRequestRegionException", create, grantType="refresh_token", refreshToken="x")
    assert error.response["region"] == "eu-west-1" and error.response["endpoint"].startswith("https://")
    guesser = client("sso-oidc", **dict(USER, aws_secret_access_key="guess")).create_token_with_iam
    error = refusal("InvalidSignatureException", guesser, clientId=APPLICATION, grantType="refresh_token")
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert "does not match" in error.response["Error"]["Message"]


def check_portal(oidc, registration, tokens):
    sso, token = client("sso"), {"accessToken": tokens["accessToken"]}
    pages = list(sso.get_paginator("list_accounts").paginate(**token, PaginationConfig={"PageSize": 1}))
    assert [page["accountList"][0]["accountId"] for page in pages] == ["012345678901", "210987654321"]
    roles = sso.get_paginator("list_account_roles").paginate(
        **token, accountId="210987654321", PaginationConfig={"PageSize": 1}
    )
    assert [role["roleName"] for page in roles for role in page["roleList"]] == ["ReadOnly", "Team Role+x"]
    role = dict(token, accountId="210987654321", roleName="Team Role+x")
    control("faults", {"endpoint": "GetRoleCredentials", "fault": "exception", "exception": "TooManyRequestsException"})
    reply = sso.get_role_credentials(**role)["roleCredentials"]
    assert [line["status"] for line in requests()[-2:]] == [429, 200], "botocore has tried again by itself"
    assert 3500 < reply["expiration"] / 1000 - time.time() <= 3600
    refusal("ForbiddenException", sso.get_role_credentials, **dict(role, roleName="Other"))
    refusal("ResourceNotFoundException", sso.get_role_credentials, **dict(role, accountId="000000000000"))
    sso.logout(**token)
    refusal("UnauthorizedException", sso.list_accounts, **token)
    refresh = dict(registration, grantType="refresh_token", refreshToken=tokens["refreshToken"])
    refusal("InvalidGrantException", oidc.create_token, **refresh)
    return credentials(reply)


def check_sts(role):
    arn = client("sts", **role).get_caller_identity()["Arn"]
    assert arn == "arn:aws:sts::210987654321:assumed-role/AWSReservedSSO_Team Role+x_0123456789abcdef/sandbox-user", arn
    assume = dict(RoleArn="arn:aws:iam::012345678901:role/Admin", RoleSessionName="check", DurationSeconds=900)
    for reply in (
        client("sts", **role).assume_role(**assume),
        client("sts").assume_role_with_web_identity(WebIdentityToken=id_token(), **assume),
    ):
        rest = reply["Credentials"]["Expiration"] - datetime.datetime.now(datetime.timezone.utc)
        assert 800 < rest.total_seconds() <= 900
        identity = client("sts", **credentials(reply["Credentials"])).get_caller_identity()
        assert identity["Arn"] == reply["AssumedRoleUser"]["Arn"] and identity["Account"] == "012345678901"
    other = dict(assume, RoleArn="arn:aws:iam::012345678901:role/Other")
    refusal("AccessDenied", client("sts", **role).assume_role, **other)
    guesser = client("sts", **dict(USER, aws_secret_access_key="guess"))
    refusal("SignatureDoesNotMatch", guesser.get_caller_identity)


def check_cli(oidc):
    """The AWS CLI finds its own way from a cached token that is nearly over, by the profile that the issuer offers."""
    registration = registered(oidc)
    tokens = log_in(oidc, registration)
    stamp = lambda seconds: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))  # noqa: E731
    cache = home / ".aws/sso/cache"
    cache.mkdir(parents=True)
    (home / ".aws/config").write_bytes(ask("/sandbox/aws.ini"))
    token_file = cache / (hashlib.sha1(b"sandbox").hexdigest() + ".json")
    token_file.write_text(
        json.dumps(
            {
                "startUrl": START_URL,
                "region": "us-east-1",
                "accessToken": tokens["accessToken"],
                "refreshToken": tokens["refreshToken"],
                "expiresAt": stamp(300),
                "registrationExpiresAt": stamp(86400),
                **registration,
            }
        )
    )
    environment = {name: value for name, value in os.environ.items() if name != "AWS_ENDPOINT_URL"}
    command = [sys.executable, "-m", "awscli", "sts", "get-caller-identity", "--profile", "sandbox", "--output", "json"]
    before = len(requests())
    output = subprocess.run(command, env=environment, check=True, capture_output=True).stdout
    assert json.loads(output)["Account"] == "012345678901"
    seen = [line["endpoint"] for line in requests()[before:]]
    assert seen == ["CreateToken", "GetRoleCredentials", "GetCallerIdentity"], seen
    assert json.loads(token_file.read_text())["accessToken"] != tokens["accessToken"]


def main():
    oidc = client("sso-oidc")
    registration, tokens = check_device_code(oidc)
    print("device code", flush=True)
    check_authorization_code(oidc)
    print("authorization code", flush=True)
    check_iam(tokens["accessToken"])
    print("CreateTokenWithIAM", flush=True)
    role = check_portal(oidc, registration, tokens)
    print("portal", flush=True)
    check_sts(role)
    print("STS", flush=True)
    check_cli(oidc)
    print("AWS CLI", flush=True)


main()
