package import OAuth

/// Everything outside tokend's own configuration by which AWS's tools choose their credentials: the variables and the
/// files.
package struct AWSSurroundings: Sendable {
    package var environment: AWSEnvironment
    package var files: AWSFiles

    package init(environment: AWSEnvironment, files: AWSFiles) {
        self.environment = environment
        self.files = files
    }
}

extension AWSSurroundings {
    /// The place that botocore's default chain comes to: the environment's keys; a role, a web identity, keys or a
    /// command of the profile; the container; the instance. The first that is set up decides, even if it then fails.
    ///
    /// - Throws: a failure that says what is wrong with the place, or that there is none.
    package func chain() throws(Failure) -> CredentialsOrigin {
        if let keys = try environment.keys() { return keys }
        let name = environment["AWS_PROFILE"] ?? environment["AWS_DEFAULT_PROFILE"] ?? "default"
        // Nobody has to write a profile of this name.
        let unwritten = name == "default" ? AWSFiles.Profile(all: ProfileSection(name: name)) : nil
        guard let profile = files.profiles[name] ?? unwritten else {
            throw .unusableCredentials(missing(name, namedBy: "AWS_PROFILE"))
        }
        if let origin = try ProfileReading(surroundings: self, isNamed: false).origin(of: profile, name) {
            return origin
        }
        if let container = try environment.container() { return container }
        guard let instance = try environment.instance(isLastResort: true) else {
            throw .noCredentials(
                "there are no AWS credentials in the environment, in the profile \(name) or in a container, and "
                    + "AWS_EC2_METADATA_DISABLED forbids to ask the instance; name some by aws_credentials"
            )
        }
        return instance
    }

    /// The place that a profile names.
    ///
    /// - Throws: a failure of class `misconfigured` when there is no such profile, or it gives no credentials that a
    ///   program may have by itself.
    package func profile(_ name: String) throws(Failure) -> CredentialsOrigin {
        guard let profile = files.profiles[name] else {
            throw .unusableCredentials(missing(name, namedBy: "aws_credentials"))
        }
        guard let origin = try ProfileReading(surroundings: self, isNamed: true).origin(of: profile, name) else {
            throw .unusableCredentials(
                "the AWS profile \(name) holds no credentials; add some to it, or name another one"
            )
        }
        return origin
    }

    /// Where STS is asked for a role: in the region of the environment, of the profile, or of the role's partition.
    func stsEndpoint(for role: String, of profile: AWSFiles.Profile) throws(Failure) -> Endpoint {
        let region = environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? profile["region"]
        return try Endpoint(.sts, in: Region(region ?? Self.globalRegion(for: role)), environment: environment)
    }

    /// The region that speaks for a partition, by `partitions.json` in AWS's SDKs.
    private static func globalRegion(for role: String) -> String {
        let words = role.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        return switch words.dropFirst().first.flatMap({ Partition(rawValue: String($0)) }) {
        case .aws, nil: "us-east-1"
        case .china: "cn-northwest-1"
        case .govCloud: "us-gov-west-1"
        case .europeanSovereign: "eusc-de-east-1"
        case .iso: "us-iso-east-1"
        case .isoB: "us-isob-east-1"
        case .isoE: "eu-isoe-west-1"
        case .isoF: "us-isof-south-1"
        }
    }

    private func missing(_ name: String, namedBy what: String) -> String {
        "there is no AWS profile \(name), which \(what) names; add it to the AWS files: aws configure --profile \(name)"
    }
}
