import HTTPTypes
import IdentityCenter
import OAuth
import Testing

@Suite("Regions and endpoints")
struct EndpointTests {
    private static let fips = ["AWS_USE_FIPS_ENDPOINT": "true"]
    private static let dualStack = ["AWS_USE_DUALSTACK_ENDPOINT": "true"]
    private static let both = fips.merging(dualStack) { first, _ in first }

    private func address(
        _ service: Endpoint.Service,
        _ region: String,
        _ environment: [String: String] = [:],
        override: String? = nil
    ) throws -> String {
        try Endpoint(service, in: Region(region), override: override, environment: AWSEnvironment(environment))
            .address.origin
    }

    @Test(
        "follow the rules of each partition (behaviour 39)",
        arguments: [
            ("us-east-1", [:], "oidc.us-east-1.amazonaws.com", "portal.sso.us-east-1.amazonaws.com"),
            (
                "eu-central-1", fips, "oidc-fips.eu-central-1.amazonaws.com",
                "portal.sso-fips.eu-central-1.amazonaws.com"
            ),
            ("mx-central-1", dualStack, "oidc.mx-central-1.api.aws", "portal.sso.mx-central-1.api.aws"),
            ("us-west-2", both, "oidc-fips.us-west-2.api.aws", "portal.sso-fips.us-west-2.api.aws"),
            ("xx-new-1", [:], "oidc.xx-new-1.amazonaws.com", "portal.sso.xx-new-1.amazonaws.com"),
            ("cn-north-1", [:], "oidc.cn-north-1.amazonaws.com.cn", "portal.sso.cn-north-1.amazonaws.com.cn"),
            (
                "cn-north-1", dualStack, "oidc.cn-north-1.api.amazonwebservices.com.cn",
                "portal.sso.cn-north-1.api.amazonwebservices.com.cn"
            ),
            ("us-gov-west-1", [:], "oidc.us-gov-west-1.amazonaws.com", "portal.sso.us-gov-west-1.amazonaws.com"),
            ("us-gov-west-1", fips, "oidc.us-gov-west-1.amazonaws.com", "portal.sso.us-gov-west-1.amazonaws.com"),
            ("us-gov-west-1", both, "oidc-fips.us-gov-west-1.api.aws", "portal.sso-fips.us-gov-west-1.api.aws"),
            ("eusc-de-east-1", [:], "oidc.eusc-de-east-1.amazonaws.eu", "portal.sso.eusc-de-east-1.amazonaws.eu"),
            (
                "eusc-de-east-1", dualStack, "oidc.eusc-de-east-1.api.amazonwebservices.eu",
                "portal.sso.eusc-de-east-1.api.amazonwebservices.eu"
            ),
            ("us-iso-east-1", [:], "oidc.us-iso-east-1.c2s.ic.gov", "portal.sso.us-iso-east-1.c2s.ic.gov"),
            ("us-isob-east-1", [:], "oidc.us-isob-east-1.sc2s.sgov.gov", "portal.sso.us-isob-east-1.sc2s.sgov.gov"),
            ("eu-isoe-west-1", [:], "oidc.eu-isoe-west-1.cloud.adc-e.uk", "portal.sso.eu-isoe-west-1.cloud.adc-e.uk"),
            (
                "us-isof-south-1", dualStack, "oidc.us-isof-south-1.api.aws.hci.ic.gov",
                "portal.sso.us-isof-south-1.api.aws.hci.ic.gov"
            ),
        ] as [(String, [String: String], String, String)]
    )
    func rules(region: String, environment: [String: String], oidc: String, portal: String) throws {
        #expect(try address(.oidc, region, environment) == "https://" + oidc)
        #expect(try address(.portal, region, environment) == "https://" + portal)
    }

    @Test("take an address from the configuration, else from the variable of the service, else from that of all")
    func overrides() throws {
        var environment = ["AWS_ENDPOINT_URL": "https://all.example"]
        #expect(try address(.oidc, "us-east-1", environment) == "https://all.example")
        environment["AWS_ENDPOINT_URL_SSO_OIDC"] = "https://oidc.example"
        environment["AWS_ENDPOINT_URL_SSO"] = "https://portal.example"
        #expect(try address(.oidc, "us-east-1", environment) == "https://oidc.example")
        #expect(try address(.portal, "us-east-1", environment) == "https://portal.example")
        #expect(
            try address(.oidc, "us-east-1", environment, override: "https://mine.example") == "https://mine.example"
        )
        environment = ["AWS_ENDPOINT_URL": "", "AWS_USE_FIPS_ENDPOINT": "False"]
        #expect(try address(.oidc, "us-east-1", environment) == "https://oidc.us-east-1.amazonaws.com")
        #expect(try Scene.oidc(override: "https://mine.example").isCustom)
        #expect(try !Scene.oidc().isCustom)
    }

    @Test(
        "put a custom address's path before the operation's",
        arguments: ["https://a.example/b", "https://a.example/b/"]
    )
    func paths(override: String) throws {
        let head = try Scene.oidc(override: override).head(.post, "/token?aws_iam=t")
        #expect(head.path == "/b/token?aws_iam=t")
        #expect(head.authority == "a.example")
        #expect(try Scene.oidc().head(.post, "/token").path == "/token")
    }

    @Test(
        "accept an address only if it is https, unless it is a loopback one (behaviour 39)",
        arguments: [
            ("http://127.0.0.1:8080", true), ("http://localhost", true), ("http://[::1]:80", true),
            ("https://a.example", true), ("http://a.example", false), ("ftp://a.example", false),
            ("http://127.0.0.1.evil.example", false), ("a.example", false), ("https://a.example/?x=y", false),
        ]
    )
    func schemes(override: String, isAccepted: Bool) throws {
        let region = try Region("us-east-1")
        let failure = refusal { () throws(Failure) in try Endpoint(.oidc, in: region, override: override) }
        #expect((failure == nil) == isAccepted)
        #expect(failure.map { $0.class == .misconfigured && $0.code == "invalid_address" } ?? isAccepted)
    }

    @Test("cannot be custom and FIPS or dual-stack at once (behaviour 39)", arguments: [fips, dualStack, both])
    func customAndRules(environment: [String: String]) throws {
        let region = try Region("us-east-1")
        for override in [nil, "https://a.example"] {
            let variables = environment.merging(["AWS_ENDPOINT_URL": "https://b.example"]) { first, _ in first }
            let failure = refusal { () throws(Failure) in
                try Endpoint(.oidc, in: region, override: override, environment: AWSEnvironment(variables))
            }
            #expect(failure?.class == .misconfigured)
            #expect(failure?.detail.contains("AWS_USE_") == true)
        }
    }

    @Test(
        "refuse a switch that is neither on nor off",
        arguments: ["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"]
    )
    func flags(variable: String) throws {
        let region = try Region("us-east-1")
        let failure = refusal { () throws(Failure) in
            try Endpoint(.oidc, in: region, environment: AWSEnvironment([variable: "yes"]))
        }
        #expect(failure?.detail == "\(variable) is neither true nor false")
    }

    @Test(
        "move only to AWS's own host of the same service, in the same partition (behaviour 1)",
        arguments: [
            ("https://oidc.eu-west-1.amazonaws.com", "eu-west-1", true),
            ("https://oidc.eu-west-1.amazonaws.com/", "eu-west-1", true),
            ("https://OIDC.eu-west-1.AmazonAWS.com", "eu-west-1", true),
            ("https://oidc-fips.eu-west-1.amazonaws.com", "eu-west-1", true),
            ("https://oidc.eu-west-1.api.aws", "eu-west-1", true),
            ("http://oidc.eu-west-1.amazonaws.com", "eu-west-1", false),
            ("http://127.0.0.1:8080", "eu-west-1", false),
            ("oidc.eu-west-1.amazonaws.com", "eu-west-1", false),
            ("https://oidc.eu-west-1.amazonaws.com", "eu-west-2", false),
            ("https://oidc.eu-west-1.amazonaws.com", "", false),
            ("https://oidc.eu-west-1.amazonaws.com:8443", "eu-west-1", false),
            ("https://oidc.eu-west-1.amazonaws.com/bucket", "eu-west-1", false),
            ("https://portal.sso.eu-west-1.amazonaws.com", "eu-west-1", false),
            ("https://mine.s3.eu-west-1.amazonaws.com", "eu-west-1", false),
            ("https://oidc.eu-west-1.amazonaws.com.evil.example", "eu-west-1", false),
            ("https://oidc.eu-west-1.amazonaws.com@evil.example", "eu-west-1", false),
            ("https://oidc.cn-north-1.amazonaws.com.cn", "cn-north-1", false),
            ("https://oidc.us-gov-west-1.amazonaws.com", "us-gov-west-1", false),
        ]
    )
    func relocation(place: String, region: String, isTaken: Bool) throws {
        let moved = try Scene.oidc().relocated(to: place, region: region)
        #expect((moved != nil) == isTaken)
        #expect(moved.map { $0.region.name == region && $0.address.scheme == "https" } ?? !isTaken)
        let custom = try Scene.oidc(override: "https://proxy.example")
        #expect(custom.relocated(to: place, region: region) == nil)
    }

    @Test(
        "are refused without the name of a region, with the name that was meant",
        arguments: [
            ("", "the region is empty; it is a name such as us-east-1"),
            ("US-East-1", "“US-East-1” is not the name of a region; did you mean us-east-1?"),
            (" us-east-1\n", "“us-east-1” is not the name of a region; did you mean us-east-1?"),
            ("us_east_1", "“us_east_1” is not the name of a region; did you mean us-east-1?"),
            ("us-east1", "“us-east1” is not the name of a region; did you mean us-east-1?"),
            ("eu-central-1b", "“eu-central-1b” is not the name of a region; did you mean eu-central-1?"),
            ("us-east", "“us-east” is not the name of a region, such as us-east-1"),
            ("global", "“global” is not the name of a region, such as us-east-1"),
            ("us-east-1.evil.example/", "“us-east-1.evil.example/” is not the name of a region, such as us-east-1"),
            ("us--1", "“us--1” is not the name of a region, such as us-east-1"),
            ("ús-east-1", "“ús-east-1” is not the name of a region, such as us-east-1"),
            ("us-east-１", "“us-east-１” is not the name of a region, such as us-east-1"),
        ]
    )
    func regions(text: String, complaint: String) {
        let failure = refusal { () throws(Failure) in try Region(text) }
        #expect(failure?.class == .misconfigured)
        #expect(failure?.code == "invalid_region")
        #expect(failure?.detail == complaint)
    }

    @Test("know regions of every form", arguments: ["us-east-1", "ap-southeast-7", "us-gov-east-1", "eusc-de-east-1"])
    func names(name: String) throws {
        #expect(try Region(name).name == name)
    }
}
