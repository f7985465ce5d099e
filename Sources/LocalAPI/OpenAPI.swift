/// The description of the API for programs and people (OpenAPI 3.1), as `GET /openapi.json` gives it.
package enum OpenAPI {
    /// JSON. It is written by hand; a test holds it against the routes, the problem codes and the types.
    package static let document = #"""
        {
          "openapi": "3.1.0",
          "info": {
            "title": "tokend",
            "version": "1",
            "summary": "Fresh OAuth access tokens for the programs of one user, over a Unix socket.",
            "description": "HTTP/1.1 on the socket that $TOKEND_SOCKET names, else $XDG_RUNTIME_DIR/tokend/tokend.sock. The caller is known by its user id alone; nothing else is asked of it. Requests with an Origin, a Referer, or a Host other than tokend, localhost or an empty one are refused. A head may have 8 KiB and a body 64 KiB, and a request must be sent within 5 s. A connection that is idle for 60 s, or 2 s while very many are open, is closed. Unknown query parameters are refused."
          },
          "servers": [{ "url": "http://tokend", "description": "The Unix socket." }],
          "paths": {
            "/v1/accounts/{name}/token": {
              "parameters": [{ "$ref": "#/components/parameters/name" }],
              "get": {
                "operationId": "getToken",
                "summary": "A valid token, at once if there is one, else as soon as it has been renewed.",
                "parameters": [
                  { "name": "min_valid", "in": "query", "description": "The least time left, in seconds. Without it the daemon's own choice.", "schema": { "type": "integer", "minimum": 0, "maximum": 315360000 } },
                  { "name": "wait", "in": "query", "description": "The longest wait, in seconds. More than 300 is taken as 300.", "schema": { "type": "integer", "minimum": 0, "maximum": 315360000, "default": 30 } },
                  { "name": "force", "in": "query", "description": "Renew first, whatever is held.", "schema": { "enum": ["1", "true"] } },
                  { "name": "scope", "in": "query", "description": "Scopes of a narrowed token, one or several in a value. May be repeated.", "schema": { "type": "array", "items": { "type": "string", "minLength": 1 } }, "explode": true },
                  { "name": "audience", "in": "query", "description": "For whom the token is. May be repeated.", "schema": { "type": "array", "items": { "type": "string", "minLength": 1 } }, "explode": true },
                  { "name": "resource", "in": "query", "description": "For which resource the token is (RFC 8707). May be repeated.", "schema": { "type": "array", "items": { "type": "string", "minLength": 1 } }, "explode": true },
                  { "name": "kind", "in": "query", "schema": { "enum": ["access_token", "id_token"], "default": "access_token" } }
                ],
                "responses": {
                  "200": {
                    "description": "The token.",
                    "content": {
                      "application/json": { "schema": { "$ref": "#/components/schemas/Token" } },
                      "text/plain": { "schema": { "type": "string", "description": "The token alone, without a newline." } }
                    }
                  },
                  "default": { "$ref": "#/components/responses/Problem" }
                }
              }
            },
            "/v1/accounts": {
              "get": {
                "operationId": "listAccounts",
                "summary": "The state of every account.",
                "responses": {
                  "200": { "description": "The accounts, in the order of the configuration.", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/AccountList" } } } },
                  "default": { "$ref": "#/components/responses/Problem" }
                }
              }
            },
            "/v1/accounts/{name}": {
              "parameters": [{ "$ref": "#/components/parameters/name" }],
              "get": {
                "operationId": "getAccount",
                "summary": "The state of one account.",
                "responses": {
                  "200": { "description": "The account.", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Account" } } } },
                  "default": { "$ref": "#/components/responses/Problem" }
                }
              }
            },
            "/v1/accounts/{name}/refresh": {
              "parameters": [{ "$ref": "#/components/parameters/name" }],
              "post": {
                "operationId": "refresh",
                "summary": "One attempt to renew the token, or the one under way joined. Attempts for one account are at least a second apart.",
                "responses": {
                  "200": { "description": "It is renewed. The reply tells of the token without showing it.", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Token" } } } },
                  "default": { "$ref": "#/components/responses/Problem" }
                }
              }
            },
            "/v1/accounts/{name}/login": {
              "parameters": [{ "$ref": "#/components/parameters/name" }],
              "post": {
                "operationId": "login",
                "summary": "Begins a login, or joins the pending one.",
                "requestBody": {
                  "description": "Without a body the account's own flow begins. Unknown members are refused.",
                  "required": false,
                  "content": { "application/json": { "schema": { "$ref": "#/components/schemas/LoginRequest" } } }
                },
                "responses": {
                  "200": { "description": "The login that was pending already.", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Login" } } } },
                  "201": { "description": "A new login.", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Login" } } } },
                  "default": { "$ref": "#/components/responses/Problem" }
                }
              }
            },
            "/v1/accounts/{name}/tokens": {
              "parameters": [{ "$ref": "#/components/parameters/name" }],
              "delete": {
                "operationId": "logout",
                "summary": "Logs out: wipes the login here and revokes it at the issuer.",
                "responses": {
                  "200": { "description": "It is wiped.", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Logout" } } } },
                  "default": { "$ref": "#/components/responses/Problem" }
                }
              }
            },
            "/v1/accounts/{name}/aws/credentials": {
              "parameters": [{ "$ref": "#/components/parameters/name" }],
              "post": {
                "operationId": "roleCredentials",
                "summary": "Temporary credentials of a role in an AWS account, at once if some are held that live long enough.",
                "parameters": [
                  { "name": "wait", "in": "query", "description": "The longest wait, in seconds. More than 300 is taken as 300.", "schema": { "type": "integer", "minimum": 0, "maximum": 315360000, "default": 30 } }
                ],
                "requestBody": {
                  "description": "Unknown members are refused.",
                  "required": true,
                  "content": { "application/json": { "schema": { "$ref": "#/components/schemas/RoleCredentialsRequest" } } }
                },
                "responses": {
                  "200": { "description": "The credentials, as a credential_process of AWS's SDKs prints them.", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/RoleCredentials" } } } },
                  "default": { "$ref": "#/components/responses/Problem" }
                }
              }
            },
            "/v1/accounts/{name}/aws/accounts": {
              "parameters": [{ "$ref": "#/components/parameters/name" }],
              "get": {
                "operationId": "listAWSAccounts",
                "summary": "Every AWS account in which the login has a role.",
                "responses": {
                  "200": { "description": "The AWS accounts.", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/AWSAccountList" } } } },
                  "default": { "$ref": "#/components/responses/Problem" }
                }
              }
            },
            "/v1/accounts/{name}/aws/roles": {
              "parameters": [{ "$ref": "#/components/parameters/name" }],
              "get": {
                "operationId": "listAWSRoles",
                "summary": "Every role that the login has in an AWS account.",
                "parameters": [
                  { "name": "account_id", "in": "query", "required": true, "description": "The AWS account.", "schema": { "$ref": "#/components/schemas/AWSAccountID" } }
                ],
                "responses": {
                  "200": { "description": "The roles.", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/AWSRoleList" } } } },
                  "default": { "$ref": "#/components/responses/Problem" }
                }
              }
            },
            "/v1/logins/{id}": {
              "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
              "get": {
                "operationId": "getLogin",
                "summary": "The state of a login.",
                "parameters": [
                  { "name": "wait", "in": "query", "description": "Answer when the state changes, after so many seconds at the latest. More than 300 is taken as 300.", "schema": { "type": "integer", "minimum": 0, "maximum": 315360000, "default": 0 } }
                ],
                "responses": {
                  "200": { "description": "The login.", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Login" } } } },
                  "default": { "$ref": "#/components/responses/Problem" }
                }
              },
              "delete": {
                "operationId": "cancelLogin",
                "summary": "Cancels a login.",
                "responses": {
                  "200": { "description": "The login as it ended.", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Login" } } } },
                  "default": { "$ref": "#/components/responses/Problem" }
                }
              }
            },
            "/v1/events": {
              "get": {
                "operationId": "events",
                "summary": "What happens, as it happens. The stream stays open until one side closes.",
                "parameters": [
                  { "name": "Last-Event-ID", "in": "header", "description": "Begin after this event, as far back as events are remembered.", "schema": { "type": "integer", "minimum": 0 } }
                ],
                "responses": {
                  "200": { "description": "Server-sent events: state, token, login and error, each with a JSON object as its data.", "content": { "text/event-stream": { "schema": { "type": "string" } } } },
                  "default": { "$ref": "#/components/responses/Problem" }
                }
              }
            },
            "/v1/status": {
              "get": {
                "operationId": "status",
                "summary": "The state of the daemon.",
                "responses": {
                  "200": { "description": "The state.", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Status" } } } },
                  "default": { "$ref": "#/components/responses/Problem" }
                }
              }
            },
            "/v1/reload": {
              "post": {
                "operationId": "reload",
                "summary": "Reads the configuration anew. When it cannot be used the old one stays in force.",
                "responses": {
                  "204": { "description": "The new configuration is in force." },
                  "default": { "$ref": "#/components/responses/Problem" }
                }
              }
            },
            "/metrics": {
              "get": {
                "operationId": "metrics",
                "summary": "Counters and gauges.",
                "responses": {
                  "200": { "description": "OpenMetrics text.", "content": { "application/openmetrics-text": { "schema": { "type": "string" } } } },
                  "default": { "$ref": "#/components/responses/Problem" }
                }
              }
            },
            "/openapi.json": {
              "get": {
                "operationId": "openapi",
                "summary": "This document.",
                "responses": {
                  "200": { "description": "OpenAPI 3.1.", "content": { "application/json": { "schema": { "type": "object" } } } },
                  "default": { "$ref": "#/components/responses/Problem" }
                }
              }
            }
          },
          "components": {
            "parameters": {
              "name": { "name": "name", "in": "path", "required": true, "description": "The account's name.", "schema": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$" } }
            },
            "responses": {
              "Problem": {
                "description": "Why there is no answer.",
                "headers": {
                  "Retry-After": { "description": "As retry_after.", "schema": { "type": "integer" } },
                  "Allow": { "description": "The methods that fit the path, with method_not_allowed.", "schema": { "type": "string" } }
                },
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
              }
            },
            "schemas": {
              "Time": { "type": "string", "description": "RFC 3339 in UTC with whole seconds.", "examples": ["2026-11-23T05:33:00Z"], "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$" },
              "TimeOrNull": { "anyOf": [{ "$ref": "#/components/schemas/Time" }, { "type": "null" }] },
              "Token": {
                "type": "object",
                "required": ["account", "token_type", "expires_at", "expires_in", "scope", "issuer", "obtained_at", "refreshes_at", "expiry_assumed", "degraded", "degraded_because"],
                "properties": {
                  "account": { "type": "string" },
                  "access_token": { "type": "string", "description": "The token, of the kind that was asked for. Not in the reply to a refresh." },
                  "token_type": { "type": "string" },
                  "expires_at": { "$ref": "#/components/schemas/Time" },
                  "expires_in": { "type": "integer", "description": "Seconds left at the moment of the reply." },
                  "scope": { "type": "array", "items": { "type": "string" } },
                  "issuer": { "type": "string" },
                  "obtained_at": { "$ref": "#/components/schemas/Time" },
                  "refreshes_at": { "$ref": "#/components/schemas/TimeOrNull" },
                  "expiry_assumed": { "type": "boolean", "description": "Whether the issuer did not say how long the token lives." },
                  "degraded": { "type": "boolean", "description": "Whether the token is less than was asked for." },
                  "degraded_because": { "enum": ["short", "unsaved", null], "description": "short: it lives less long than was asked for, and no better one could be had in time. unsaved: it could not be written to the disk and is held in memory only." }
                }
              },
              "Account": {
                "type": "object",
                "required": ["name", "provider", "issuer", "state", "expires_at", "refreshes_at", "last_refresh_at", "last_error", "retry_at", "scopes", "subject", "user", "refreshable"],
                "properties": {
                  "name": { "type": "string" },
                  "provider": { "type": "string" },
                  "issuer": { "type": "string" },
                  "state": { "enum": ["logged_out", "fresh", "refreshing", "waiting", "misconfigured", "login_required", "login_pending", "locked"] },
                  "expires_at": { "$ref": "#/components/schemas/TimeOrNull" },
                  "refreshes_at": { "$ref": "#/components/schemas/TimeOrNull" },
                  "last_refresh_at": { "$ref": "#/components/schemas/TimeOrNull" },
                  "last_error": {
                    "anyOf": [
                      {
                        "type": "object",
                        "required": ["code", "detail", "at"],
                        "properties": {
                          "code": { "type": "string", "description": "The issuer's own word, or ours for what never got an answer." },
                          "detail": { "type": "string" },
                          "at": { "$ref": "#/components/schemas/Time" }
                        }
                      },
                      { "type": "null" }
                    ]
                  },
                  "retry_at": { "$ref": "#/components/schemas/TimeOrNull" },
                  "scopes": { "type": "array", "items": { "type": "string" } },
                  "subject": { "type": ["string", "null"] },
                  "user": { "type": ["string", "null"], "description": "The user name that goes with the token, as configured." },
                  "refreshable": { "type": "boolean", "description": "Whether the account can renew its token without a person." }
                }
              },
              "AccountList": {
                "type": "object",
                "required": ["accounts"],
                "properties": { "accounts": { "type": "array", "items": { "$ref": "#/components/schemas/Account" } } }
              },
              "LoginRequest": {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                  "flow": { "type": "string", "description": "Another flow than the account's own. Excludes refresh_token and code." },
                  "refresh_token": { "type": "string", "minLength": 1, "description": "A refresh token that was obtained elsewhere. Excludes code." },
                  "code": { "type": "string", "minLength": 1, "description": "An authorization code that was obtained elsewhere." },
                  "redirect_uri": { "type": "string", "description": "With a code: the redirect URI with which it was asked for." },
                  "code_verifier": { "type": "string", "minLength": 1, "description": "With a code: the proof key's verifier with which it was asked for (RFC 7636)." },
                  "force": { "type": "boolean", "description": "Log in anew although a login is held. At AWS the portal is logged out of first." }
                }
              },
              "Login": {
                "type": "object",
                "required": ["id", "account", "flow", "state", "detail", "verification_uri", "verification_uri_complete", "user_code", "authorization_uri", "expires_at", "interval"],
                "properties": {
                  "id": { "type": "string" },
                  "account": { "type": "string" },
                  "flow": { "type": "string" },
                  "state": { "enum": ["pending", "slow_down", "done", "denied", "expired", "failed", "cancelled"] },
                  "detail": { "type": "string", "description": "What happened, in words." },
                  "verification_uri": { "type": ["string", "null"], "description": "Where the person goes." },
                  "verification_uri_complete": { "type": ["string", "null"], "description": "The same with the code in it." },
                  "user_code": { "type": ["string", "null"], "description": "What the person types there." },
                  "authorization_uri": { "type": ["string", "null"], "description": "Where the person goes in the browser flow, in a browser on this machine." },
                  "expires_at": { "$ref": "#/components/schemas/TimeOrNull" },
                  "interval": { "type": ["integer", "null"], "description": "Seconds between two polls." }
                }
              },
              "Logout": {
                "type": "object",
                "required": ["revoked", "detail", "retrying"],
                "properties": {
                  "revoked": { "type": "boolean", "description": "Whether the issuer confirmed it." },
                  "detail": { "type": "string" },
                  "retrying": { "type": "boolean", "description": "Whether the issuer could not be reached and will be tried again." }
                }
              },
              "AWSAccountID": { "type": "string", "description": "The id of an AWS account. It may begin with zeros.", "examples": ["012345678901"], "pattern": "^[0-9]{12}$" },
              "RoleCredentialsRequest": {
                "type": "object",
                "additionalProperties": false,
                "required": ["account_id", "role"],
                "properties": {
                  "account_id": { "$ref": "#/components/schemas/AWSAccountID" },
                  "role": { "type": "string", "minLength": 1, "description": "The name of the role, as IAM Identity Center lists it." }
                }
              },
              "RoleCredentials": {
                "type": "object",
                "description": "Temporary credentials in the form of a credential_process.",
                "required": ["Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"],
                "properties": {
                  "Version": { "const": 1 },
                  "AccessKeyId": { "type": "string" },
                  "SecretAccessKey": { "type": "string" },
                  "SessionToken": { "type": "string" },
                  "Expiration": { "$ref": "#/components/schemas/Time" }
                }
              },
              "AWSAccountList": {
                "type": "object",
                "required": ["accounts"],
                "properties": { "accounts": { "type": "array", "items": { "$ref": "#/components/schemas/AWSAccount" } } }
              },
              "AWSAccount": {
                "type": "object",
                "required": ["account_id", "account_name", "email"],
                "properties": {
                  "account_id": { "$ref": "#/components/schemas/AWSAccountID" },
                  "account_name": { "type": ["string", "null"] },
                  "email": { "type": ["string", "null"], "description": "The address of its root user." }
                }
              },
              "AWSRoleList": {
                "type": "object",
                "required": ["roles"],
                "properties": { "roles": { "type": "array", "items": { "$ref": "#/components/schemas/AWSRole" } } }
              },
              "AWSRole": {
                "type": "object",
                "required": ["account_id", "role"],
                "properties": {
                  "account_id": { "$ref": "#/components/schemas/AWSAccountID" },
                  "role": { "type": "string" }
                }
              },
              "Status": {
                "type": "object",
                "required": ["version", "pid", "started_at", "uptime", "store", "locked", "accounts", "states", "pending_logins", "connections", "configuration", "configuration_error", "hint"],
                "properties": {
                  "version": { "type": "string" },
                  "pid": { "type": "integer" },
                  "started_at": { "$ref": "#/components/schemas/Time" },
                  "uptime": { "type": "integer", "description": "Seconds." },
                  "store": { "enum": ["ok", "degraded"], "description": "degraded: writing fails, and what is new is held in memory." },
                  "locked": { "type": "boolean" },
                  "accounts": { "type": "integer" },
                  "states": { "type": "object", "additionalProperties": { "type": "integer" }, "description": "How many accounts are in each state." },
                  "pending_logins": { "type": "integer" },
                  "connections": { "type": "integer" },
                  "configuration": { "type": "string", "description": "Where the configuration was read from." },
                  "configuration_error": { "type": ["string", "null"] },
                  "hint": { "type": ["string", "null"] }
                }
              },
              "Problem": {
                "type": "object",
                "description": "RFC 9457.",
                "required": ["type", "title", "status", "detail", "code", "account", "retry_after", "fix"],
                "properties": {
                  "type": { "const": "about:blank" },
                  "title": { "type": "string" },
                  "status": { "type": "integer" },
                  "detail": { "type": "string", "description": "What happened, this time." },
                  "code": { "enum": ["unknown_account", "login_required", "misconfigured", "access_denied", "temporarily_unavailable", "wait_timeout", "issuer_error", "locked", "forbidden", "invalid_request", "not_found", "method_not_allowed", "conflict", "too_large", "too_many"] },
                  "account": { "type": ["string", "null"] },
                  "retry_after": { "type": ["integer", "null"], "description": "Seconds after which another try may help." },
                  "fix": { "type": ["string", "null"], "description": "A command that mends it." }
                }
              }
            }
          }
        }
        """#
}
