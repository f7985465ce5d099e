/// One of the separate worlds that AWS consists of: regions that share host names and accounts, and nothing with the
/// others.
///
/// The names, the regions' beginnings and the suffixes are those of `partitions.json` in AWS's SDKs.
package enum Partition: String, Sendable, Hashable, CaseIterable {
    case aws
    case china = "aws-cn"
    case govCloud = "aws-us-gov"
    case europeanSovereign = "aws-eusc"
    case iso = "aws-iso"
    case isoB = "aws-iso-b"
    case isoE = "aws-iso-e"
    case isoF = "aws-iso-f"

    /// The partition that a region lies in; `aws` where the name tells of no other.
    package init(of region: Region) {
        self = Self.allCases.first { $0 != .aws && region.name.hasPrefix($0.regionPrefix) } ?? .aws
    }

    /// How the names of its regions begin; in `aws` they begin in many ways.
    private var regionPrefix: String {
        switch self {
        case .aws: ""
        case .china: "cn-"
        case .govCloud: "us-gov-"
        case .europeanSovereign: "eusc-de-"
        case .iso: "us-iso-"
        case .isoB: "us-isob-"
        case .isoE: "eu-isoe-"
        case .isoF: "us-isof-"
        }
    }

    /// What the names of its hosts end in.
    package var suffix: String {
        switch self {
        case .aws, .govCloud: "amazonaws.com"
        case .china: "amazonaws.com.cn"
        case .europeanSovereign: "amazonaws.eu"
        case .iso: "c2s.ic.gov"
        case .isoB: "sc2s.sgov.gov"
        case .isoE: "cloud.adc-e.uk"
        case .isoF: "csp.hci.ic.gov"
        }
    }

    /// What the names of those of its hosts end in that answer by IPv6 too.
    package var dualStackSuffix: String {
        switch self {
        case .aws, .govCloud: "api.aws"
        case .china: "api.amazonwebservices.com.cn"
        case .europeanSovereign: "api.amazonwebservices.eu"
        case .iso: "api.aws.ic.gov"
        case .isoB: "api.aws.scloud"
        case .isoE: "api.cloud-aws.adc-e.uk"
        case .isoF: "api.aws.hci.ic.gov"
        }
    }
}
