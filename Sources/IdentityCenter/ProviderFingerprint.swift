import OAuth

extension Form {
    /// What a login at IAM Identity Center belongs to: the provider, one thing of its own, the region, and those of the
    /// endpoints that somebody has set. Whether AWS's own are reached by FIPS or dual-stack makes no other login.
    init(fingerprintOf provider: String, _ subject: (name: String, value: String), _ endpoints: Endpoint...) {
        self.init()
        append("provider", provider)
        append(subject.name, subject.value)
        if let region = endpoints.first?.region { append("region", region.name) }
        for endpoint in endpoints where endpoint.isCustom {
            append(endpoint.service == .oidc ? "endpoint" : "portal_endpoint", endpoint.address.origin + endpoint.base)
        }
    }

    /// The encoded form as text. It shows what is in the form.
    var text: String { String(decoding: bytes, as: UTF8.self) }
}
