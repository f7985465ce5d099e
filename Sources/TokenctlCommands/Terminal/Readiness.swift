import Glibc
import TokenClient

/// Waits until one of the descriptors can be read, at most that many milliseconds. Returns those that can.
func readable(_ descriptors: [Int32], within milliseconds: Int32) -> [Int32] {
    var interests = descriptors.map { pollfd(descriptor: $0, events: POLLIN) }
    guard poll(&interests, nfds_t(interests.count), milliseconds) > 0 else { return [] }
    return interests.filter { $0.revents != 0 }.map(\.fd)
}
