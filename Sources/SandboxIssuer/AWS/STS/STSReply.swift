import FoundationEssentials

extension Response {
    /// An answer of STS: XML of AWS's query protocol.
    static func sts(_ xml: XML, status: Int = 200) -> Response {
        Response(
            status,
            headers: ["Content-Type": "text/xml"],
            body: Array(xml.document(in: "https://sts.amazonaws.com/doc/2011-06-15/").utf8)
        )
    }

    /// The result of an operation.
    static func sts(_ operation: Endpoint, _ result: [XML]) -> Response {
        let metadata = XML("ResponseMetadata", [XML("RequestId", text: IssuerMachine.requestID)])
        return sts(XML("\(operation.rawValue)Response", [XML("\(operation.rawValue)Result", result), metadata]))
    }
}

extension AccessKey {
    /// The two elements that hold temporary credentials and name who has them.
    var elements: [XML] {
        let expiration = Date(timeIntervalSince1970: (expiresAt ?? .zero) / .seconds(1)).formatted(.iso8601)
        return [
            XML(
                "Credentials",
                [
                    XML("AccessKeyId", text: id), XML("SecretAccessKey", text: secret),
                    XML("SessionToken", text: sessionToken ?? ""), XML("Expiration", text: expiration),
                ]
            ),
            XML("AssumedRoleUser", [XML("AssumedRoleId", text: userID), XML("Arn", text: arn)]),
        ]
    }

    /// The unique id of whom it speaks for; that of a role has the name of the session in it.
    var userID: String {
        let name = arn.split(separator: "/").last.map(String.init) ?? ""
        return sessionToken == nil ? "AIDASANDBOX000000001" : "AROASANDBOX000000001:\(name)"
    }
}
