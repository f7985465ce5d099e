import IdentityCenter
import OAuth
import Testing

@Suite("An error of SSO-OIDC")
struct ServiceErrorTests {
    private typealias Exception = ServiceError.Exception

    @Test(
        "has its name in the header, up to a colon and after a number sign (behaviour 2)",
        arguments: [
            "SlowDownException", "SlowDownException:http://internal.amazon.com/coral/com.amazonaws.sso.oidc/",
            "com.amazonaws.ssooidc#SlowDownException", "aws#SlowDownException:http://x/#y", " SlowDownException",
        ],
        ["x-amzn-ErrorType", "X-AMZN-ERRORTYPE", "x-amzn-errortype"]
    )
    func header(value: String, field: String) throws {
        let body = #"{"__type":"AccessDeniedException","code":"InvalidGrantException","error":"invalid_client"}"#
        #expect(try #require(ServiceError(Scene.reply(400, body, [field: value]))).exception == .slowDown)
    }

    @Test(
        "without a header is found in __type, then code, then error, then the status (behaviour 2)",
        arguments: [
            (#"{"__type":"a#SlowDownException","code":"InvalidGrantException","error":"access_denied"}"#, .slowDown),
            (#"{"code":"InvalidGrantException:","error":"access_denied"}"#, .invalidGrant),
            (#"{"Code":"InvalidGrantException","error":"access_denied"}"#, .invalidGrant),
            (#"{"__type":7,"code":null,"error":"access_denied"}"#, .accessDenied),
            (#"{"__type":"","error":"expired_token"}"#, .expiredToken),
            (#"{"error":"ExpiredTokenException"}"#, .expiredToken), (#"{"message":"no"}"#, .unnamed), ("", .unnamed),
            ("<html>", .unnamed), (#"{"__type":"NewException","error":"invalid_grant"}"#, .other),
        ] as [(String, ServiceError.Exception)]
    )
    func body(body: String, exception: ServiceError.Exception) throws {
        #expect(try #require(ServiceError(Scene.reply(400, body))).exception == exception)
    }

    @Test(
        "with the word invalid_request is told from its neighbour by the header alone (behaviour 1)",
        arguments: [
            ("InvalidRequestException", .invalidRequest), ("InvalidRequestRegionException", .invalidRequestRegion),
        ] as [(String, ServiceError.Exception)]
    )
    func regionError(name: String, exception: ServiceError.Exception) throws {
        let more = #","endpoint":"https://oidc.eu-west-1.amazonaws.com","region":"eu-west-1""#
        let error = try #require(ServiceError(Scene.error(name, "invalid_request", more)))
        #expect(error.exception == exception)
        #expect(error.endpoint == "https://oidc.eu-west-1.amazonaws.com" && error.region == "eu-west-1")
        let failure = error.failure(of: .createTokenWithIAM(.refreshToken), in: try Scene.region())
        #expect(failure.class == .misconfigured && failure.code == "invalid_request")
        if exception == .invalidRequestRegion {
            #expect(
                failure.detail == "What AWS says; the token is good in eu-west-1 "
                    + "(https://oidc.eu-west-1.amazonaws.com) only, and not in us-east-1: set `region`"
            )
        }
    }

    @Test(
        "is one at 400 and another at 403, where the front end speaks (behaviour 34)",
        arguments: [
            ("ExpiredTokenException", 400, .expiredToken), ("ExpiredTokenException", 403, .expiredCredentials),
            ("ExpiredToken", 403, .expiredCredentials), ("AccessDeniedException", 400, .accessDenied),
            ("AccessDeniedException", 403, .notAuthorized), ("UnrecognizedClientException", 403, .unknownCredentials),
            ("InvalidClientTokenId", 403, .unknownCredentials),
            ("InvalidSignatureException", 403, .invalidSignature), ("SignatureDoesNotMatch", 403, .invalidSignature),
            ("IncompleteSignatureException", 400, .invalidSignature), ("RequestExpired", 400, .requestExpired),
            ("RequestTimeTooSkewed", 403, .requestExpired), ("ThrottlingException", 400, .tooManyRequests),
            ("TooManyRequestsException", 429, .tooManyRequests),
        ] as [(String, Int, ServiceError.Exception)]
    )
    func frontEnd(name: String, status: Int, exception: ServiceError.Exception) throws {
        for (body, fields) in [
            (#"{"message":"The security token has expired"}"#, ["x-amzn-ErrorType": name]),
            (#"{"Message":"The security token has expired","__type":"\#(name)"}"#, [:]),
        ] {
            let error = try #require(ServiceError(Scene.reply(status, body, fields)))
            #expect(error.exception == exception)
            #expect(error.description == "The security token has expired")
        }
    }

    @Test("is none where the status is none of an error", arguments: [200, 204, 302])
    func success(status: Int) {
        #expect(ServiceError(Scene.error("InvalidGrantException", "invalid_grant", status: status)) == nil)
    }

    @Test("shows its texts fit to be shown, and without what was sent")
    func texts() throws {
        let body = #"""
            {"error":"canary-refresh-token","error_description":"a\u001b[31m canary-refresh-token\nb\#(
                String(repeating: "x", count: 900))","reason":"canary-refresh-token","endpoint":"canary-refresh-token",
             "region":"canary-refresh-token"}
            """#
        for fields in [[:], ["x-amzn-ErrorType": "canary-refresh-token"]] {
            let error = try #require(
                ServiceError(Scene.reply(400, body, fields), withholding: [Secret("canary-refresh-token")])
            )
            #expect(error.description?.hasPrefix("a [31m [secret] bxxx") == true)
            #expect(error.description?.count == 500)
            let failure = error.failure(of: .createToken(.refreshToken), in: try Scene.region())
            #expect(failure.code == "[secret]")
            #expect(!"\(error)\(String(reflecting: error))\(failure)".contains("canary"))
        }
    }
}

@Suite("What an error means")
struct ServiceFailureTests {
    private static let operations: [IdentityCenter.Operation] = [
        .registerClient, .startDeviceAuthorization,
        .createToken(.deviceCode), .createToken(.authorizationCode), .createToken(.refreshToken),
        .createTokenWithIAM(.authorizationCode), .createTokenWithIAM(.refreshToken), .createTokenWithIAM(.jwtBearer),
        .createTokenWithIAM(.tokenExchange),
    ]

    /// The name, the word, the status, and one letter an operation in the order above: misconfigured, denied, variant,
    /// temporary (answered), unknown outcome, ended.
    private static let table: [(name: String, word: String, status: Int, classes: String)] = [
        ("InvalidRequestException", "invalid_request", 400, "mmmmmmmtt"),
        ("InvalidClientException", "invalid_client", 401, "mmmmmmmmm"),
        ("InvalidGrantException", "invalid_grant", 400, "mmddedett"),
        ("UnauthorizedClientException", "unauthorized_client", 400, "mmmmmmmmm"),
        ("UnsupportedGrantTypeException", "unsupported_grant_type", 400, "mmmmmmmmm"),
        ("InvalidScopeException", "invalid_scope", 400, "mmvvvvvvv"),
        ("AuthorizationPendingException", "authorization_pending", 400, "ttttttttt"),
        ("SlowDownException", "slow_down", 400, "ttttttttt"),
        ("AccessDeniedException", "access_denied", 400, "ddddddddd"),
        ("ExpiredTokenException", "expired_token", 400, "ttddtdttt"),
        ("InternalServerException", "server_error", 500, "uuuuuuuuu"),
        ("InvalidRequestRegionException", "invalid_request", 400, "mmmmmmmmm"),
        ("InvalidClientMetadataException", "invalid_client_metadata", 400, "mmmmmmmmm"),
        ("InvalidRedirectUriException", "invalid_redirect_uri", 400, "mmmmmmmmm"),
        ("ExpiredTokenException", "ExpiredTokenException", 403, "ttttttttt"),
        ("UnrecognizedClientException", "UnrecognizedClientException", 403, "ttttttttt"),
        ("InvalidSignatureException", "InvalidSignatureException", 403, "ttttttttt"),
        ("RequestExpired", "RequestExpired", 403, "ttttttttt"),
        ("AccessDeniedException", "AccessDeniedException", 403, "ddddddddd"),
        ("TooManyRequestsException", "TooManyRequestsException", 429, "ttttttttt"),
        ("BrandNewException", "brand_new", 400, "ttdtttttt"),
        ("BrandNewException", "brand_new", 429, "ttttttttt"),
        ("BrandNewException", "brand_new", 503, "uuuuuuuuu"),
    ]

    private static func letter(_ failureClass: Failure.Class) -> Character {
        switch failureClass {
        case .grantEnded: "e"
        case .misconfigured: "m"
        case .feederNeedsLogin: "f"
        case .variantRefused: "v"
        case .denied: "d"
        case .temporary(.answered, _): "t"
        case .temporary(.unknown, _): "u"
        case .temporary(.notSent, _): "n"
        }
    }

    @Test("is decided by error and operation (behaviours 13, 14, 15)", arguments: table)
    func classes(row: (name: String, word: String, status: Int, classes: String)) throws {
        let region = try Scene.region()
        let error = try #require(ServiceError(Scene.error(row.name, row.word, status: row.status)))
        let failures = Self.operations.map { error.failure(of: $0, in: region) }
        #expect(String(failures.map { Self.letter($0.class) }) == row.classes)
        for failure in failures {
            #expect(failure.code == row.word)
            #expect(failure.detail.hasPrefix("What AWS says"))
            #expect(!failure.detail.contains(".;"))
        }
    }

    @Test("ends a login by invalid_grant on a refresh, and by nothing else (behaviour 13)")
    func ended() {
        let ends = Self.table.flatMap { row in
            zip(row.classes, Self.operations).filter { $0.0 == "e" }.map { (row.word, $0.1) }
        }
        #expect(ends.map(\.0) == ["invalid_grant", "invalid_grant"])
        #expect(ends.map(\.1) == [.createToken(.refreshToken), .createTokenWithIAM(.refreshToken)])
    }

    @Test(
        "is told with what mends it",
        arguments: [
            ("InvalidRequestException", 400, .createToken(.refreshToken), "another region than us-east-1"),
            ("InvalidRequestException", 400, .createTokenWithIAM(.refreshToken), "another region than us-east-1"),
            ("InvalidRequestException", 400, .startDeviceAuthorization, "`start_url`"),
            ("InvalidGrantException", 400, .createToken(.refreshToken), "log in again"),
            ("InvalidGrantException", 400, .createTokenWithIAM(.jwtBearer), "trust its issuer"),
            ("InvalidClientException", 401, .createToken(.refreshToken), "log in again"),
            ("InvalidClientException", 401, .createTokenWithIAM(.jwtBearer), "`application`"),
            ("AccessDeniedException", 400, .createTokenWithIAM(.jwtBearer), "not assigned to the application"),
            ("AccessDeniedException", 400, .createTokenWithIAM(.jwtBearer), "sso-oauth:CreateTokenWithIAM"),
            ("AccessDeniedException", 403, .createTokenWithIAM(.jwtBearer), "actor policy"),
            ("ExpiredTokenException", 403, .createTokenWithIAM(.refreshToken), "`aws_credentials`"),
            ("UnrecognizedClientException", 403, .createTokenWithIAM(.refreshToken), "`aws_credentials`"),
            ("RequestExpired", 403, .createTokenWithIAM(.refreshToken), "clock"),
            ("InvalidScopeException", 400, .registerClient, "`scopes`"),
            ("UnsupportedGrantTypeException", 400, .createTokenWithIAM(.jwtBearer), "enable it on the application"),
        ] as [(String, Int, IdentityCenter.Operation, String)]
    )
    func remedies(name: String, status: Int, operation: IdentityCenter.Operation, remedy: String) throws {
        let error = try #require(ServiceError(Scene.error(name, "w", status: status)))
        let detail = error.failure(of: operation, in: try Scene.region()).detail
        #expect(detail.hasPrefix("What AWS says; "))
        #expect(detail.contains(remedy))
    }

    @Test(
        "waits for the administrator where the KMS key is at fault",
        arguments: [
            ("InvalidRequestException", "KMS_NotFoundException", .temporary(.answered)),
            ("InvalidRequestException", "KMS_InvalidKeyUsageException", .temporary(.answered)),
            ("InvalidRequestException", "KMS_InvalidStateException", .temporary(.answered)),
            ("InvalidRequestException", "KMS_DisabledException", .temporary(.answered)),
            ("AccessDeniedException", "KMS_AccessDeniedException", .denied),
        ] as [(String, String, Failure.Class)]
    )
    func keys(name: String, reason: String, failureClass: Failure.Class) throws {
        let error = try #require(ServiceError(Scene.error(name, "w", #","reason":"\#(reason)""#)))
        for operation in Self.operations {
            let failure = error.failure(of: operation, in: try Scene.region())
            #expect(failure.class == failureClass)
            #expect(failure.detail.contains("the KMS key of IAM Identity Center"))
            #expect(failure.detail.contains(reason))
        }
    }

    @Test(
        "of a status without a name is what the status says (behaviour 2)",
        arguments: [
            (400, .temporary(.answered, retryAfter: .seconds(9))),
            (401, .temporary(.answered, retryAfter: .seconds(9))),
            (403, .temporary(.answered, retryAfter: .seconds(9))),
            (429, .temporary(.answered, retryAfter: .seconds(9))),
            (502, .temporary(.unknown, retryAfter: .seconds(9))),
        ] as [(Int, Failure.Class)]
    )
    func statuses(status: Int, failureClass: Failure.Class) throws {
        for body in ["", "<html>canary</html>", "{}"] {
            let error = try #require(ServiceError(Scene.reply(status, body, ["Retry-After": "9"])))
            for operation in Self.operations {
                let failure = error.failure(of: operation, in: try Scene.region())
                #expect(failure.class == failureClass)
                #expect(failure.code == "http_\(status)")
                #expect(!failure.detail.isEmpty && !failure.detail.contains("canary"))
            }
        }
    }

    @Test("without a description still says something")
    func silence() throws {
        for row in Self.table {
            let reply = Scene.reply(row.status, "", ["x-amzn-ErrorType": row.name])
            let error = try #require(ServiceError(reply))
            for operation in Self.operations {
                #expect(!error.failure(of: operation, in: try Scene.region()).detail.isEmpty)
            }
        }
    }
}
