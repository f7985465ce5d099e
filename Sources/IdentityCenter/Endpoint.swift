package import HTTPTypes
package import OAuth

/// Where a service of AWS is, by the endpoint rules of AWS's service models.
package struct Endpoint: Sendable, Hashable {
    package enum Service: Sendable, Hashable, CaseIterable {
        /// `SSO OIDC`: clients, logins, tokens.
        case oidc
        /// `SSO`, the access portal: what a token is good for.
        case portal
        /// `STS`: the credentials of roles.
        case sts
    }

    package let service: Service
    package let region: Region
    package let address: EndpointAddress
    /// Whether the address was set by somebody, so that it says nothing about AWS's hosts.
    package let isCustom: Bool

    /// Resolves the endpoint of a service.
    ///
    /// An address in `override`, from our own configuration, wins over one in the environment
    /// (`AWS_ENDPOINT_URL_SSO_OIDC` and the like, then `AWS_ENDPOINT_URL`), and that over AWS's own. Which of these it is
    /// depends on `AWS_USE_FIPS_ENDPOINT` and `AWS_USE_DUALSTACK_ENDPOINT` too.
    ///
    /// - Throws: a failure of class `misconfigured` for an address that is not https (http on the loopback interface) or
    ///   has a query, for one beside FIPS or dual-stack, of which it could not be told whether it is that, and for a
    ///   variable that is neither `true` nor `false`.
    package init(
        _ service: Service,
        in region: Region,
        override: String? = nil,
        environment: AWSEnvironment = AWSEnvironment([:])
    ) throws(Failure) {
        let usesFIPS = try environment.flag("AWS_USE_FIPS_ENDPOINT")
        let usesDualStack = try environment.flag("AWS_USE_DUALSTACK_ENDPOINT")
        let custom = override ?? environment[service.variable] ?? environment["AWS_ENDPOINT_URL"]
        self.service = service
        self.region = region
        isCustom = custom != nil
        guard let custom else {
            let host = Self.host(of: service, in: region, usesFIPS: usesFIPS, usesDualStack: usesDualStack)
            address = try EndpointAddress("https://\(host)")
            return
        }
        address = try EndpointAddress(custom)
        guard !address.path.contains("?") else {
            throw .invalidEndpoint("“\(custom)” has a query (?…), which an endpoint of AWS cannot have")
        }
        guard !usesFIPS, !usesDualStack else {
            let variable = usesFIPS ? "AWS_USE_FIPS_ENDPOINT" : "AWS_USE_DUALSTACK_ENDPOINT"
            throw .invalidEndpoint(
                "\(variable) cannot be had together with the endpoint “\(custom)”; unset one of them"
            )
        }
    }

    private init(_ service: Service, in region: Region, at address: EndpointAddress) {
        self.service = service
        self.region = region
        self.address = address
        isCustom = false
    }

    /// The same service in another region, as an answer names it.
    ///
    /// Whoever forges such an answer would be sent a token. So it must be https, and a host that AWS's own rules give to
    /// this service in that region, in the same partition: under AWS's suffixes there are machines of its customers too.
    ///
    /// - Returns: `nil` where that is not so, and where this endpoint was set by somebody, who means this one and no other.
    package func relocated(to text: String, region name: String) -> Endpoint? {
        guard !isCustom, let region = try? Region(name), Partition(of: region) == Partition(of: self.region),
            let address = try? EndpointAddress(text), address.scheme == "https", address.path == "/"
        else { return nil }
        let hosts = [(false, false), (true, false), (false, true), (true, true)].map {
            Self.host(of: service, in: region, usesFIPS: $0.0, usesDualStack: $0.1)
        }
        guard hosts.contains(address.authority.lowercased()) else { return nil }
        return Endpoint(service, in: region, at: address)
    }

    /// The head of a request to an operation, whose path may have a query. A path of the endpoint's own goes before it.
    package func head(_ method: HTTPRequest.Method, _ path: String) -> HTTPRequest {
        var head = address.head(method)
        head.path = base + path
        return head
    }

    /// What the path of an operation is put after.
    var base: String { address.path.hasSuffix("/") ? String(address.path.dropLast()) : address.path }

    /// The host by AWS's rules, with their one exception: in GovCloud the usual host is FIPS-validated already, and there
    /// is no other.
    private static func host(of service: Service, in region: Region, usesFIPS: Bool, usesDualStack: Bool) -> String {
        let partition = Partition(of: region)
        let hasFIPSHost = partition != .govCloud || usesDualStack
        return [
            service.prefix + (usesFIPS && hasFIPSHost ? "-fips" : ""),
            region.name,
            usesDualStack ? partition.dualStackSuffix : partition.suffix,
        ].joined(separator: ".")
    }
}

extension Endpoint.Service {
    fileprivate var prefix: String {
        switch self {
        case .oidc: "oidc"
        case .portal: "portal.sso"
        case .sts: "sts"
        }
    }

    /// The environment variable with the address of this service alone.
    fileprivate var variable: String {
        switch self {
        case .oidc: "AWS_ENDPOINT_URL_SSO_OIDC"
        case .portal: "AWS_ENDPOINT_URL_SSO"
        case .sts: "AWS_ENDPOINT_URL_STS"
        }
    }
}

extension AWSEnvironment {
    /// Reads a switch. One that is neither on nor off is refused: who wants FIPS must not go without it unnoticed.
    fileprivate func flag(_ name: String) throws(Failure) -> Bool {
        switch self[name]?.lowercased() {
        case nil, "false": return false
        case "true": return true
        default: throw .invalidEndpoint("\(name) is neither true nor false")
        }
    }
}

extension Failure {
    fileprivate static func invalidEndpoint(_ detail: String) -> Failure {
        Failure(.misconfigured, code: Code.invalidAddress, detail: detail)
    }
}
