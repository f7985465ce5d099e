import ArgumentParser

/// A duration as tokend's configuration writes it: `30s`, `20m`, `8h`, `2d`.
struct DurationArgument: ExpressibleByArgument {
    private let seconds: Int

    init(seconds: Int) { self.seconds = seconds }

    init?(argument: String) {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = argument.last.flatMap({ units[$0] }), let count = Int(argument.dropLast()),
            (0...1_000_000).contains(count)
        else { return nil }
        seconds = count * unit
    }

    var duration: Duration { .seconds(seconds) }
    var defaultValueDescription: String { "\(seconds)s" }
}
