import ArgumentParser

/// A length of time as the command line and the configuration write it: `30s`, `20m`, `8h`, `2d`, or bare seconds.
package struct Seconds: Sendable, Hashable, ExpressibleByArgument {
    package var count: Int

    package init(_ count: Int) { self.count = count }

    package init?(argument: String) {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        let unit = argument.last.flatMap { units[$0] }
        let digits = unit == nil ? argument[...] : argument.dropLast()
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits) else {
            return nil
        }
        let (count, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
        guard !overflow else { return nil }
        self.count = count
    }

    package var defaultValueDescription: String { "\(count)s" }
}
