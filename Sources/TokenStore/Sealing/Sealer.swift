import Crypto
import FoundationEssentials

/// The place a sealed value belongs to. It is authenticated with the value, so that a value opens nowhere else.
struct Cell: Sendable, Hashable {
    var table: String
    /// What identifies the row.
    var row: String
    var column: String
    var generation: UInt64
}

/// Seals secrets under one key of one store, with AES-256-GCM and a random nonce a value.
///
/// What is sealed cannot be read without the key, and cannot be moved to another row, column, generation or store. That
/// the whole file is replaced by an older one is not noticed.
struct Sealer: Sendable {
    /// The id of the store.
    let store: String
    /// Names the key, for the rows sealed under it.
    let keyID: String
    private let key: SymmetricKey

    /// A sealed value was changed, or does not belong to the cell it stands in.
    struct Broken: Error {}

    init(store: String, keyID: String, key: SymmetricKey) {
        self.store = store
        self.keyID = keyID
        self.key = key
    }

    /// Seals bytes for a cell: nonce, ciphertext and tag, 28 bytes more than there were.
    func seal(_ bytes: UnsafeRawBufferPointer, in cell: Cell) throws -> [UInt8] {
        let box = try AES.GCM.seal(bytes, using: key, authenticating: additionalData(cell))
        guard let combined = box.combined else { throw Broken() }
        return Array(combined)
    }

    /// Seals fields for a cell.
    func seal(_ fields: [Plaintext.Field], in cell: Cell) throws -> [UInt8] {
        try Plaintext(fields).withBytes { bytes throws in try seal(bytes, in: cell) }
    }

    /// Opens what was sealed for this very cell.
    func open(_ sealed: [UInt8], in cell: Cell) throws(Broken) -> Plaintext {
        do {
            let box = try AES.GCM.SealedBox(combined: sealed)
            var opened = try AES.GCM.open(box, using: key, authenticating: additionalData(cell))
            return Plaintext(moving: &opened)
        } catch {
            throw Broken()
        }
    }

    /// The row comes with its length before it: whatever is in it, two cells never give the same bytes.
    private func additionalData(_ cell: Cell) -> Data {
        let row = "\(cell.row.utf8.count):\(cell.row)"
        return Data("tokend|v1|\(store)|\(cell.table)|\(row)|\(cell.column)|\(cell.generation)|\(keyID)".utf8)
    }
}

// The rows are sealed under a random data key, and that is kept sealed under the master key: changing the master key
// changes one cell.
extension Sealer {
    private static let dataKeyCell = Cell(table: "meta", row: "1", column: "data_key", generation: 0)

    /// Makes a data key for a new store.
    ///
    /// - Returns: the sealer that uses it, and the key sealed under the master key.
    static func new(store: String, under master: MasterKey) throws -> (sealer: Sealer, dataKey: [UInt8]) {
        let key = SymmetricKey(size: .bits256)
        let keyID = UUID().uuidString.lowercased()
        let wrapper = Sealer(store: store, keyID: "\(master.id)|\(keyID)", key: master.key)
        let dataKey = try key.withUnsafeBytes { bytes in try wrapper.seal(bytes, in: dataKeyCell) }
        return (Sealer(store: store, keyID: keyID, key: key), dataKey)
    }

    /// Takes the data key of a store out of its sealed form.
    init(store: String, keyID: String, dataKey: [UInt8], under master: MasterKey) throws(Broken) {
        let wrapper = Sealer(store: store, keyID: "\(master.id)|\(keyID)", key: master.key)
        let key = try wrapper.open(dataKey, in: Self.dataKeyCell).withBytes { SymmetricKey(data: $0) }
        self.init(store: store, keyID: keyID, key: key)
    }
}
