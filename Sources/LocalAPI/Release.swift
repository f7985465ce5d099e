/// Which tokend this is. Daemon and client are released together.
package enum Release {
    /// Semantic versioning, as `CHANGELOG.md` has it.
    package static let version = "0.1.0"
}
