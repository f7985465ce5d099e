package import OAuth

/// What is to be done about a token file: the rules by which we and AWS's own tools share one place, as a pure
/// function.
package enum CacheFileUpkeep: Sendable, Hashable {
    /// Nothing: the file is as it should be, or is not ours to touch.
    case leave
    /// Our login is to be put into it.
    case write
    /// Somebody has logged in or renewed without us: what the file holds is newer than what we hold.
    case adopt(CacheFile)
    /// The file that we kept was deleted, as `aws sso logout` does: the login is over.
    case loggedOut

    /// What was found in the file's place.
    package enum Found: Sendable, Hashable {
        case absent
        /// A file, but none that holds a token. No tool repairs such a file by itself.
        case unreadable
        case file(CacheFile)
    }

    /// Decides what is to be done.
    ///
    /// - Parameters:
    ///   - held: our login, as a shared file would show it; `nil` while there is none.
    ///   - mode: how much of it the file shows.
    ///   - known: the access token that the file had when we last wrote it or found it in order; `nil` when we have not
    ///     done so since we started or since the last logout.
    ///   - found: what is there now.
    ///   - now: the time since 1970.
    /// - Returns: the one thing to do.
    package static func decide(
        held: CacheFile?,
        mode: CacheFile.Mode,
        known: Secret?,
        found: Found,
        at now: Duration
    ) -> CacheFileUpkeep {
        guard let held else { return .leave }
        let whileItLives = held.expiresAt > now ? write : leave
        switch found {
        case .absent:
            return known == nil ? whileItLives : .loggedOut
        case .unreadable:
            return whileItLives
        case .file(let file) where !file.isOfSameLogin(as: held):
            // Another login, to which AWS's rules give the same name.
            return .leave
        case .file(let file) where file.accessToken == held.accessToken:
            return file == held.shown(mode) ? .leave : whileItLives
        case .file(let file) where file.accessToken == known || file.expiresAt <= held.expiresAt:
            return whileItLives
        case .file(let file):
            // Newer than ours. Without means to renew it, it is worth no more than a login that has some.
            if file.refreshToken != nil, file.client != nil { return .adopt(file) }
            return held.refreshToken == nil && file.expiresAt > now ? .adopt(file) : .leave
        }
    }
}
