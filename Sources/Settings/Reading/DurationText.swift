extension ValueForm<Duration> {
    /// A length of time as `readDuration` reads it.
    static var duration: ValueForm<Duration> {
        ValueForm<String>.string("a duration in quotes, such as \"20m\"").map(readDuration)
    }
}

/// Reads `30s`, `20m`, `8h` or `2d`: a whole number of seconds, minutes, hours or days, more than none and at most ten years.
func readDuration(_ text: String) throws(Refusal) -> Duration {
    let manner = "a duration is written as `30s`, `20m`, `8h` or `2d`"
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard !digits.isEmpty else { throw Refusal("`\(text)` does not begin with a whole number; \(manner)") }
    let unit = text.dropFirst(digits.count)
    let seconds: Int64
    switch unit {
    case "s": seconds = 1
    case "m": seconds = 60
    case "h": seconds = 3600
    case "d": seconds = 86_400
    case "": throw Refusal("`\(text)` has no unit; \(manner)")
    default: throw Refusal("`\(unit)` in `\(text)` is not a unit; \(manner)")
    }
    let longest: Int64 = 3650 * 86_400
    let number = Int64(digits) ?? .max
    guard number > 0 else { throw Refusal("`\(text)` is no time at all; give at least `1s`") }
    guard number <= longest / seconds else { throw Refusal("`\(text)` is too long; give at most `3650d`") }
    return .seconds(number * seconds)
}
