import ApusCore
import ApusTracking
import Testing

@testable import ApusTrackingServer

@Suite struct FaultTests {
    /// What the first request to a server that answers so ends with.
    private func failure(_ reply: HTTPReply, _ environment: [String: String] = [:]) throws -> ServerError? {
        let place = try TemporaryStore(), server = StandInServer { _, _ in .reply(reply) }
        let listener = try server.listen()
        defer { listener.close() }
        let run = try place.run()
        let shipper = try shipper(run, of: place.store, to: settings(listener.url, environment))
        do throws(ServerError) { try shipper.ship() } catch { return error }
        return nil
    }

    @Test func `refused credentials are no network trouble`() throws {
        let body = "{\"error_code\":\"PERMISSION_DENIED\",\"message\":\"no\"}"
        let first = try failure(.answer(status: 401, body: "You are not authenticated"))
        #expect(first == .credentials(status: 401, message: ""))
        let error = try failure(.answer(status: 403, body: body))
        #expect(error == .credentials(status: 403, message: "no"))
        #expect(error?.isPassing == false)
    }

    @Test func `a server that is busy says how long`() throws {
        let busy = HTTPReply.answer(status: 429, body: "slow down", headers: ["Retry-After": "7"])
        #expect(try failure(busy) == .busy(status: 429, seconds: 7))
        #expect(try failure(.answer(status: 500, body: "<html>")) == .busy(status: 500, seconds: nil))
        #expect(try failure(.answer(status: 503, body: "", headers: ["Retry-After": "soon"]))?.isPassing == true)
    }

    @Test(arguments: [
        HTTPReply.answer(status: 200, body: "<html>Sign in</html>"), .answer(status: 200, body: "[1, 2]"),
        .answer(status: 404, body: "not found"), .answer(status: 200, body: "{\"runs\": 3}"),
        .answer(status: 200, body: ""), .answer(status: 200, body: "{\"experiment\":{}}"),
    ])
    func `what is no MLflow server is told so`(reply: HTTPReply) throws {
        guard case .notMLflow = try failure(reply) else {
            Issue.record("\(reply)")
            return
        }
    }

    @Test(arguments: [
        "SSH-2.0-OpenSSH_9.2\r\n", "\u{1}\u{2}", "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{}",
    ])
    func `bytes that are no answer are no answer`(text: String) throws {
        let error = try failure(.bytes(Array(text.utf8)))
        #expect(error?.isPassing == true, "\(String(describing: error))")
    }

    @Test func `an answer without an end is not read to its end`() throws {
        let place = try TemporaryStore()
        let server = StandInServer { _, _ in .reply(.answer(status: 200, body: String(repeating: " ", count: 3 << 20)))
        }
        let listener = try server.listen()
        defer { listener.close() }
        var client = HTTPClient(settings: try settings(listener.url), cancellation: Cancellation())
        client.answerLimit = 1 << 20
        #expect(throws: ServerError.notMLflow("more than 1 MB")) {
            _ = try TrackingServer(client: client).experiment(named: "x")
        }
        withExtendedLifetime(place) {}
    }

    @Test func `a server that answers a byte at a time is given up`() throws {
        let start = ContinuousClock.now
        let error = try failure(.drip(seconds: 0.1), ["MLFLOW_HTTP_REQUEST_TIMEOUT": "1"])
        guard case .unanswered = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test func `a redirection is told and not followed`() throws {
        let reply = HTTPReply.answer(status: 302, body: "", headers: ["Location": "https://elsewhere/login"])
        #expect(try failure(reply, ["MLFLOW_TRACKING_TOKEN": "secret"]) == .redirected(to: "https://elsewhere/login"))
    }

    @Test func `nobody there is a passing trouble, and nothing was sent`() throws {
        let listener = try StandInServer().listen()
        let url = listener.url
        listener.close()
        let place = try TemporaryStore()
        let shipper = try shipper(try place.run(), of: place.store, to: settings(url))
        do throws(ServerError) {
            try shipper.ship()
        } catch {
            #expect(error.isPassing && !error.isUncertain)
        }
        #expect(!shipper.cursor.mayHaveTwin)
    }

    @Test func `credentials go along with every request`() throws {
        let place = try TemporaryStore(), server = StandInServer(), listener = try server.listen()
        defer { listener.close() }
        let run = try place.run()
        try run.logArtifact(text: "x", as: "x")
        let environment = ["MLFLOW_TRACKING_TOKEN": "abc", "MLFLOW_TRACKING_USERNAME": "me"]
        try ship(try shipper(run, of: place.store, to: settings(listener.url, environment)))
        #expect(server.state.withLock { $0.requests.allSatisfy { $0.headers["authorization"] == "Bearer abc" } })
        let basic = ["MLFLOW_TRACKING_USERNAME": "me", "MLFLOW_TRACKING_PASSWORD": "pass:word"]
        try run.log(metrics: ["loss": 1], step: 50)
        try ship(try shipper(run, of: place.store, to: settings(listener.url, basic)))
        #expect(server.state.withLock { $0.requests.last?.headers["authorization"] } == "Basic bWU6cGFzczp3b3Jk")
    }

    @Test func `a twin that a lost answer left is removed`() throws {
        let place = try TemporaryStore()
        let server = StandInServer { _, number in number == 3 ? .lost : nil }
        let listener = try server.listen()
        defer { listener.close() }
        let run = try place.run()
        let shipper = try shipper(run, of: place.store, to: settings(listener.url))
        #expect(throws: ServerError.self) { try shipper.ship() }
        #expect(shipper.cursor.mayHaveTwin)
        try shipper.ship()
        // The request that was lost is carried out late.
        server.state.withLock { state in
            state.runs.append(StandInServer.StoredRun(id: "remote9", experiment: "1", tags: ["apus.run": run.id]))
        }
        try run.finish()
        try shipper.ship()
        #expect(!shipper.cursor.mayHaveTwin)
        #expect(server.state.withLock { $0.runs.filter { !$0.isDeleted }.count } == 1)
    }
}
