package import IdentityCenter

/// What AWS's own tools know and an account of ours may refer to: the variables that steer them, and their configuration
/// file.
package struct AWSContext: Sendable {
    package var environment: AWSEnvironment
    /// Reads the files; called once, and only for a configuration that refers to them. A sentence says why they cannot be
    /// read.
    package var files: @Sendable () -> Result<AWSFiles, Unreadable>

    /// Why AWS's configuration cannot be read, as a sentence.
    package struct Unreadable: Error, Sendable, Hashable {
        package var message: String

        package init(message: String) { self.message = message }
    }

    package init(
        environment: AWSEnvironment = AWSEnvironment([:]),
        files: @escaping @Sendable () -> Result<AWSFiles, Unreadable> = {
            .success(AWSFiles(config: nil, credentials: nil))
        }
    ) {
        self.environment = environment
        self.files = files
    }
}
