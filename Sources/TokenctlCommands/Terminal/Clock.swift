import Glibc
import LocalAPI

extension Timestamp {
    /// The wall clock, to the second: what people are shown is counted from it.
    static var now: Timestamp { Timestamp(seconds: Int64(time(nil))) }
}
