import Accounts
import OAuth

/// A store as a value: it does what it is asked in order, when the play lets it, and now and then it fails.
struct Store {
    enum Job {
        case recordIntent(UInt64)
        case clearIntent(UInt64)
        case save(StoredGrant)
        case bury
    }

    private(set) var jobs: [Job] = []
    private(set) var row: StoredGrant?
    /// The generation whose intent is on the disk.
    private(set) var intent: UInt64?
    /// Every refresh token that ever was on the disk.
    private(set) var known: Set<Secret?> = [nil]

    init(_ row: StoredGrant?) {
        self.row = row
        if row?.intentAt != nil { intent = row?.generation }
        known.insert(row?.refreshToken)
    }

    mutating func accept(_ effect: Effect) {
        switch effect {
        case .recordIntent(let generation): jobs.append(.recordIntent(generation))
        case .clearIntent(let generation): jobs.append(.clearIntent(generation))
        case .save(let record): jobs.append(.save(record))
        case .bury: jobs.append(.bury)
        case .send, .revoke, .publish, .withdraw, .reply, .announce: break
        }
    }

    /// Does the oldest job, or fails to, and says what the machine hears of it.
    mutating func work(fails: Bool) throws(Violation) -> Event? {
        guard !jobs.isEmpty else { return nil }
        switch jobs.removeFirst() {
        case .recordIntent(let generation):
            if fails { return .recordFailed(generation: generation, .storeFailed) }
            if row?.generation == generation { intent = generation }
            return .recorded(generation: generation)
        case .clearIntent(let generation):
            if !fails, intent == generation { intent = nil }
            return nil
        case .save(let record):
            if fails { return .saveFailed(generation: record.generation, .storeFailed) }
            if let row, row.generation > record.generation {
                throw Violation("a record of generation \(record.generation) came after \(row.generation)")
            }
            row = record
            intent = nil
            known.insert(record.refreshToken)
            return .saved(generation: record.generation)
        case .bury:
            row = nil
            intent = nil
            return nil
        }
    }
}

/// A rule that the machine has broken.
struct Violation: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
