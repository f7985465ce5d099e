import CLinux

/// The memory that the process allocates from.
enum Heap {
    /// Lets all threads allocate from one heap. Else each has its own, and what one of them has given back is of no use to
    /// the others: that is a megabyte more with a hundred accounts. A heap that a thread has already stays.
    static func share() {
        _ = clinux_share_heap()
    }
}
