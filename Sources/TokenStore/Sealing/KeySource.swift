import Crypto
import FoundationEssentials
import Glibc

/// Where the master key comes from.
package enum KeySource: String, Sendable, Hashable {
    /// The file `tokend.key` in `$CREDENTIALS_DIRECTORY`, as systemd's `LoadCredential=` makes it.
    case credential
    /// The file `key` in the state directory, made at the first run.
    case file
}

/// The key that seals the store's data key.
struct MasterKey: Sendable {
    let source: KeySource
    let key: SymmetricKey

    /// Tells keys apart without saying anything about them: a code made with the key over a fixed text.
    var id: String { HMAC<SHA256>.authenticationCode(for: Data("tokend|v1|master key".utf8), using: key).prefix(8).hex }
}

/// Finds the master key: a credential of the service manager's before the key file.
struct KeyCustody: Sendable {
    /// A key is 256 bits.
    private static let size = 32

    let directory: StateDirectory
    /// The credential's path, if there is a credentials directory.
    let credential: String?

    init(_ directory: StateDirectory, credentialsDirectory: String?) {
        self.directory = directory
        credential = credentialsDirectory.map { $0 + "/tokend.key" }
    }

    /// Reads the key; `nil` when there is none anywhere.
    func find() throws -> MasterKey? {
        if let credential, let key = try read(credential, O_RDONLY) { return MasterKey(source: .credential, key: key) }
        return try read(directory.key, O_RDONLY | O_NOFOLLOW).map { MasterKey(source: .file, key: $0) }
    }

    /// Makes a random key and its file, both durable before anything is sealed. Only for a store that does not exist yet.
    func create() throws -> MasterKey {
        let key = SymmetricKey(size: .bits256)
        try key.withUnsafeBytes { bytes in try directory.write(bytes, to: directory.key) }
        return MasterKey(source: .file, key: key)
    }

    private func read(_ path: String, _ flags: Int32) throws -> SymmetricKey? {
        guard case (let status, var bytes)? = try contents(of: path, flags) else { return nil }
        defer { bytes.wipe() }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw StoreError(
                .notOwned,
                "The key \(path) belongs to user id \(status.st_uid); make it yours with chown."
            )
        }
        // The service manager may give a file of root's to us alone by an access list, which shows as a group's right.
        guard status.st_mode & (status.st_uid == geteuid() ? 0o077 : 0o007) == 0 else {
            throw StoreError(.keyTooOpen, "Others may read the key \(path); close it with: chmod 600 \(path)")
        }
        guard let key = Self.parse(bytes) else {
            throw StoreError(
                .keyWrong,
                "\(path) holds no key: a key is 32 bytes, or 64 hexadecimal or 44 base64 characters. "
                    + "Put back the key that the store was made with."
            )
        }
        return key
    }

    private func contents(of path: String, _ flags: Int32) throws -> (stat, [UInt8])? {
        do throws(SystemError) {
            let file = try Descriptor(path, flags)
            // Longer than any form, so that what is too long is seen to be.
            return (try file.status(), try file.read(upTo: 128))
        } catch {
            if error.number == ENOENT { return nil }
            throw StoreError(.keyUnreadable, "The key \(path) cannot be read; give tokend access to it.", cause: error)
        }
    }

    /// Reads the three forms of a key; a newline may end the two that are text.
    private static func parse(_ bytes: [UInt8]) -> SymmetricKey? {
        if bytes.count == size { return SymmetricKey(data: bytes) }
        let text = bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...]
        var decoded: Data?
        switch text.count {
        case 2 * size: decoded = decodeHex(text)
        case 44: decoded = Data(base64Encoded: Data(text))
        default: return nil
        }
        defer { decoded?.withUnsafeMutableBytes { $0.wipe() } }
        guard let decoded, decoded.count == size else { return nil }
        return SymmetricKey(data: decoded)
    }

    private static func decodeHex(_ digits: ArraySlice<UInt8>) -> Data? {
        var data = Data(capacity: size)
        for start in stride(from: digits.startIndex, to: digits.endIndex, by: 2) {
            guard let high = Character(Unicode.Scalar(digits[start])).hexDigitValue,
                let low = Character(Unicode.Scalar(digits[start + 1])).hexDigitValue
            else { return nil }
            data.append(UInt8(high << 4 | low))
        }
        return data
    }
}
