package import OAuth

/// A region of AWS by its name, such as `us-east-1`.
///
/// AWS's own endpoint rules refuse no name: a slip of the pen becomes a host that does not exist, and an empty one
/// `oidc..amazonaws.com`. So the form is checked here. Which regions there are is not, for new ones come all the time.
package struct Region: Sendable, Hashable {
    package let name: String

    /// Takes a region's name.
    ///
    /// - Throws: a failure of class `misconfigured` and code `invalid_region`, which names what was probably meant.
    package init(_ text: String) throws(Failure) {
        guard Self.isName(text) else {
            throw Failure(.misconfigured, code: Failure.Code.invalidRegion, detail: Self.complaint(about: text))
        }
        name = text
    }

    /// Whether a text is lower-case words with hyphens between, the last of them a number: `us-east-1`,
    /// `us-gov-west-1`, `eusc-de-east-1`.
    private static func isName(_ text: String) -> Bool {
        let words = text.split(separator: "-", omittingEmptySubsequences: false)
        guard words.count >= 3, text.utf8.count <= 32, let number = words.last else { return false }
        return words.dropLast().allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isLetter) }
            && !number.isEmpty && number.utf8.allSatisfy(isDigit)
    }

    private static func complaint(about text: String) -> String {
        guard !text.isEmpty else { return "the region is empty; it is a name such as us-east-1" }
        let shown = "“\(text.displayable(atMost: 64))” is not the name of a region"
        let meant = probableName(text)
        return isName(meant) ? "\(shown); did you mean \(meant)?" : "\(shown), such as us-east-1"
    }

    /// The name without what people put around it: capitals, other marks between the words or none before the number,
    /// and the letter of an availability zone.
    private static func probableName(_ text: String) -> String {
        var words = text.lowercased().split { $0.isWhitespace || "-_.".contains($0) }.map(String.init)
        if let last = words.last, let letter = last.utf8.last, isLetter(letter),
            last.utf8.dropLast().last.map(isDigit) == true
        {
            words[words.count - 1].removeLast()
        }
        if let last = words.last, let digit = last.firstIndex(where: \.isWholeNumber), digit != last.startIndex {
            words[words.count - 1].insert("-", at: digit)
        }
        return words.joined(separator: "-")
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

extension Region: CustomStringConvertible {
    package var description: String { name }
}

extension Failure.Code {
    /// What is configured as a region cannot be the name of one.
    package static let invalidRegion = "invalid_region"
}
