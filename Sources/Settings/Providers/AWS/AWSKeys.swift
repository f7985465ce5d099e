import IdentityCenter
import OAuth

/// The keys that accounts at AWS IAM Identity Center hold.
enum AWSKeys {
    static let region = Key("region", ValueForm.region, "the region of IAM Identity Center, such as `us-east-1`")
    static let scopes = Key("scopes", ValueForm.list(of: .scopeToken), "what the token may be used for")
    static let endpoint = Key("endpoint", ValueForm<String>.endpoint, "the URL of the service in place of AWS's own")
}

extension ValueForm<Region> {
    fileprivate static var region: ValueForm<Region> {
        ValueForm<String>.string().map { text throws(Refusal) in
            do throws(Failure) {
                return try Region(text)
            } catch {
                throw Refusal(error.detail)
            }
        }
    }
}

extension Reading {
    /// Resolves an endpoint; what is wrong with it is noted at the key that sets it, or at the table.
    mutating func endpoint(
        _ service: Endpoint.Service,
        in region: Region,
        override key: Key<String>,
        _ account: Table
    ) -> Endpoint? {
        do throws(Failure) {
            return try Endpoint(
                service,
                in: region,
                override: value(of: key, in: account),
                environment: aws.environment
            )
        } catch {
            fail(at: account[key.name]?.position ?? account.position, error.detail)
            return nil
        }
    }
}
