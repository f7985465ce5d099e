import FoundationEssentials
import IdentityCenter

extension AWSContext {
    /// Takes the process's variables, and the files to which they, or the home directory, lead.
    package init(variables: [String: String]) {
        let environment = AWSEnvironment(variables)
        self.init(environment: environment) {
            Result { () throws(Unreadable) in
                AWSFiles(
                    config: try Self.file(environment.configFile),
                    credentials: try Self.file(environment.credentialsFile)
                )
            }
        }
    }

    /// One of the files; `nil` where it is not there.
    private static func file(_ path: String) throws(Unreadable) -> ProfileFile? {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(filePath: path))
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
            return nil
        } catch {
            throw Unreadable(message: "\(path) cannot be read")
        }
        do throws(ProfileFile.Unreadable) {
            return try ProfileFile(Array(bytes), path: path)
        } catch {
            throw Unreadable(message: "\(error)")
        }
    }
}
