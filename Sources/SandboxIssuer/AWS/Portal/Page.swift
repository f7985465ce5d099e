/// One page of a list of the portal.
struct Page<Element> {
    var elements: ArraySlice<Element>
    /// Asks for what comes after; `null` on the last page.
    var nextToken: JSON

    /// Cuts the page that a query asks for with `next_token` and `max_result`.
    init(of list: [Element], query: Form, limit: Int) throws(AWSError) {
        var size = limit
        if let text = query["max_result"] {
            guard let wanted = Int(text), (1...100).contains(wanted) else {
                throw .portal(.invalidRequest, "max_result must be between 1 and 100")
            }
            size = min(size, wanted)
        }
        var start = 0
        if let token = query["next_token"] {
            guard let index = list.indices.first(where: { Self.token($0) == token }) else {
                throw .portal(.invalidRequest, "next_token is not one of ours")
            }
            start = index
        }
        elements = list[start...].prefix(size)
        nextToken = elements.endIndex < list.endIndex ? .string(Self.token(elements.endIndex)) : .null
    }

    /// It has all the characters that a client could forget to encode.
    private static func token(_ index: Int) -> String { "next/\(index)+==" }
}
