import CCurl
import Glibc

/// libcurl's event loop: runs every transfer, on the one thread that owns the multi handle.
///
/// Between events it sleeps in `curl_multi_poll` without a time limit of its own, so an idle transport never wakes up.
final class CurlMulti {
    private struct Running {
        let transfer: Transfer
        let handle: CurlHandle
    }

    private let mailbox: Mailbox
    private let terms: CurlHandle.Terms
    private let clock = SuspendingClock()
    private var admission: Admission
    private var waiting: [UInt64: Transfer] = [:]
    private var running: [UnsafeMutableRawPointer: Running] = [:]

    private init(_ mailbox: Mailbox, terms: CurlHandle.Terms) {
        self.mailbox = mailbox
        self.terms = terms
        admission = Admission(terms.limits)
    }

    private var multi: UnsafeMutableRawPointer { mailbox.multi.pointer }

    /// Set up once for the whole process, however many transports there are.
    private static let library = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    /// Starts the thread.
    ///
    /// - Returns: the way to talk to it.
    /// - Throws: `unknown` when libcurl or the system has no room for it.
    static func start(terms: CurlHandle.Terms) throws(TransportError) -> Mailbox {
        guard library == CURLE_OK, let multi = curl_multi_init() else { throw .outOfMemory }
        // One request at a time on a connection. A second one beside it, as HTTP/2 allows, would mark the connection as
        // reused, and libcurl would send a request again that asked for a fresh one.
        let options = [
            ccurl_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING)),
            ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, Transport.Limits.keptConnections),
        ]
        let mailbox = Mailbox(Mailbox.MultiHandle(pointer: multi))
        do throws(TransportError) {
            if let code = options.first(where: { $0 != CURLM_OK }) { throw failure(code) }
            let error = startThread { CurlMulti(mailbox, terms: terms).run() }
            if error != 0 { throw TransportError(.unknown, "no thread for HTTP: \(String(cString: strerror(error)))") }
        } catch {
            curl_multi_cleanup(multi)
            throw error
        }
        return mailbox
    }

    private func run() {
        while receive() {
            var active: Int32 = 0
            check(curl_multi_perform(multi, &active))
            collect()
            dropOverdue()
            admit()
            check(curl_multi_poll(multi, nil, 0, pause, nil))
        }
        for case .start(let transfer) in mailbox.close() { transfer.fail(.shutDown) }
        endAll(.shutDown)
        curl_multi_cleanup(multi)
        mailbox.end()
    }

    /// Does what the messages say.
    ///
    /// - Returns: `false` when the thread is to end.
    private func receive() -> Bool {
        var goesOn = true
        for message in mailbox.take() {
            switch message {
            case .start(let transfer):
                waiting[transfer.id] = transfer
                admission.enter(transfer.id, for: transfer.target.origin, deadline: transfer.deadline)
            case .cancel(let id): cancel(id)
            case .stop: goesOn = false
            }
        }
        return goesOn
    }

    private func cancel(_ id: UInt64) {
        if let transfer = waiting.removeValue(forKey: id) {
            admission.leave(id)
            transfer.fail(.cancelled)
        } else if let easy = running.first(where: { $0.value.transfer.id == id })?.key {
            end(easy) { handle, _ in Answer(.cancelled, requestSent: handle.requestSent) }
        }
    }

    /// Hands out the answers of the transfers that are done.
    private func collect() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            let result = message.pointee.data.result
            end(easy) { handle, transfer in handle.answer(result, to: transfer) }
        }
    }

    private func dropOverdue() {
        for id in admission.overdue(at: clock.now) {
            admission.leave(id)
            guard let transfer = waiting.removeValue(forKey: id) else { continue }
            let host = transfer.target.origin.host
            transfer.fail(
                TransportError(.timeout, "no connection to \(host) became free within \(transfer.request.timeout)")
            )
        }
    }

    private func admit() {
        for id in admission.admit() {
            guard let transfer = waiting.removeValue(forKey: id) else { continue }
            do throws(TransportError) {
                let remaining = clock.now.duration(to: transfer.deadline)
                let handle = try CurlHandle(transfer, remaining: remaining, terms: terms)
                let code = curl_multi_add_handle(multi, handle.easy)
                guard code == CURLM_OK else { throw Self.failure(code) }
                running[handle.easy] = Running(transfer: transfer, handle: handle)
            } catch {
                admission.leave(id)
                transfer.fail(error)
            }
        }
    }

    private func end(_ easy: UnsafeMutableRawPointer, _ conclude: (CurlHandle, Transfer) -> Answer) {
        guard let ended = running.removeValue(forKey: easy) else { return }
        admission.leave(ended.transfer.id)
        let answer = conclude(ended.handle, ended.transfer)
        // Fails only for a handle that was never added.
        let code = curl_multi_remove_handle(multi, easy)
        assert(code == CURLM_OK)
        ended.transfer.finish(answer)
    }

    /// Gives up everything under way when libcurl's loop fails, as it does for want of memory or descriptors, and takes
    /// a breath, so that a lasting fault does not become a spinning thread.
    private func check(_ code: CURLMcode) {
        guard code != CURLM_OK else { return }
        endAll(Self.failure(code))
        poll(nil, 0, 100)
    }

    private static func failure(_ code: CURLMcode) -> TransportError {
        TransportError(.unknown, "libcurl failed: \(String(cString: curl_multi_strerror(code)))")
    }

    private func endAll(_ error: TransportError) {
        for transfer in waiting.values {
            admission.leave(transfer.id)
            transfer.fail(error)
        }
        waiting.removeAll()
        for easy in Array(running.keys) {
            end(easy) { handle, _ in Answer(error, requestSent: handle.requestSent) }
        }
    }

    /// How long to wait for events, in milliseconds. libcurl shortens it to its own next deadline.
    private var pause: Int32 {
        guard let deadline = admission.nextDeadline else { return .max }
        return Int32(clock.now.duration(to: deadline).wholeMilliseconds)
    }
}
