import HTTPTypes

/// Sends HTTP requests with libcurl, many at once, on one thread of its own.
///
/// Certificates are always verified. Plain HTTP reaches loopback hosts and the metadata services of Amazon's machines
/// alone. Nothing is logged.
package final class Transport: Sendable {
    /// How many connections, and how slow they may be.
    package struct Limits: Sendable, Hashable {
        /// Below this many bytes a second, a transfer counts as stalled.
        static let leastSpeed = 10
        /// Idle connections kept for later requests.
        static let keptConnections = 8

        /// Requests that run at once; further ones wait in line.
        package var connections: Int
        /// Of those, to one host and port.
        package var connectionsPerHost: Int
        /// How long a transfer may stall before it ends as `timeout`. Whole seconds, at least 1.
        package var stall: Duration

        package init(connections: Int = 64, connectionsPerHost: Int = 16, stall: Duration = .seconds(30)) {
            self.connections = connections
            self.connectionsPerHost = connectionsPerHost
            self.stall = stall
        }
    }

    private let mailbox: Mailbox

    /// Starts the thread. The proxy is the caller's to find, by `Proxy(environment:)`.
    ///
    /// - Throws: `unknown` when libcurl or the system has no room for it.
    package init(userAgent: String, proxy: Proxy?, limits: Limits = Limits()) throws(TransportError) {
        mailbox = try CurlMulti.start(terms: CurlHandle.Terms(userAgent: userAgent, proxy: proxy, limits: limits))
    }

    deinit { mailbox.post(.stop) }

    /// Sends a request and waits for its outcome, which comes within the request's timeout.
    ///
    /// Cancelling the task ends the transfer at once, with the error `cancelled`: `notSent` or `unknown`, as it stands.
    package func send(_ request: TransportRequest) async -> Outcome {
        let deadline = SuspendingClock.now.advanced(by: request.timeout)
        do throws(TransportError) {
            var target = try Target(request.head)
            var anchors: TrustAnchors?
            if let path = request.caFile { anchors = try TrustAnchors(file: path) }
            var redirectsLeft = request.redirectLimit
            while true {
                let answer = await mailbox.exchange(request, with: target, anchors: anchors, deadline: deadline)
                guard redirectsLeft > 0, let location = answer.redirect, let next = try? Target(url: location),
                    next.origin == target.origin
                else { return answer.outcome }
                target = next
                redirectsLeft -= 1
            }
        } catch {
            return .notSent(error)
        }
    }

    /// Ends all transfers, those to come included, with the error `cancelled`, and returns when the thread has ended.
    package func shutdown() async {
        mailbox.post(.stop)
        await mailbox.ended()
    }
}
