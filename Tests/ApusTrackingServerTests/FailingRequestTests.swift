import ApusConfiguration
import ApusCore
import ApusTracking
import Testing

@testable import ApusTrackingServer

/// A server that fails at some requests, always, and takes all others.
@Suite struct FailingRequestTests {
    private static func fails(_ status: Int) -> StandInServer.Fault { .reply(.answer(status: status, body: "<html>")) }

    /// A server that answers so while `isBroken`, where a request's body or path holds one of `words`.
    private func server(
        failingAt words: [String], _ fault: StandInServer.Fault = fails(500), while isBroken: Switch
    ) -> StandInServer {
        StandInServer { request, _ in
            let text = request.method + " " + request.path + String(decoding: request.body, as: UTF8.self)
            return isBroken.isOn && words.contains { text.contains($0) } ? fault : nil
        }
    }

    private final class Switch: Sendable {
        private let value = Mutex(true)
        var isOn: Bool { value.withLock { $0 } }
        func turnOff() { value.withLock { $0 = false } }
    }

    /// Ships until nothing is to be tried again.
    private func shipAll(_ shipper: RunShipper) throws {
        (shipper.suspects.firstPause, shipper.suspects.longestPause) = (1e-4, 1e-3)
        for _ in 0..<20_000 {
            do throws(ServerError) { return try shipper.ship() } catch {
                guard case .failing = error else { throw error }
            }
        }
        Issue.record("it is tried for ever")
    }

    private func busyRun(in place: TemporaryStore) throws -> Run {
        let run = try place.run(points: 1500)
        for step in 0..<5 { try run.log(metrics: ["bad": Double(step), "later": Double(step)], step: step) }
        try run.logArtifact(text: "x", as: "x.txt")
        try run.finish()
        return run
    }

    @Test(arguments: [StandInServer.Fault.lost, fails(500), fails(502), fails(403), fails(414)])
    func `values that the server always fails at are left out, the rest arrives once`(fault: StandInServer.Fault) throws
    {
        let place = try TemporaryStore(), broken = Switch()
        let server = server(failingAt: ["\"key\":\"bad\""], fault, while: broken), listener = try server.listen()
        defer { listener.close() }
        let run = try busyRun(in: place), address = try settings(listener.url)
        var first: RunShipper? = try shipper(run, of: place.store, to: address)
        try shipAll(try #require(first))
        let sent = try #require(server.run)
        for key in ["loss", "later"] { #expect(sent.points[key] == (try run.history(of: key))) }
        #expect(sent.artifacts.count == 1)
        #expect(sent.status == "FINISHED")
        #expect(sent.parameters == (try run.parameters()))
        #expect(first?.refused.keys.sorted() == ["metric bad (5 values)"])
        #expect(first?.takeLeftOut().map(\.name) == ["metric bad"])
        #expect(first?.takeLeftOut().isEmpty == true)
        first = nil

        // What was left out stays so until somebody asks for it, and is then there once.
        let next = try shipper(run, of: place.store, to: address)
        broken.turnOff()
        try shipAll(next)
        #expect(next.requests == 0)
        next.tryAgain()
        try shipAll(next)
        #expect(server.run?.points["bad"] == (try run.history(of: "bad")))
        #expect(server.run?.points["loss"]?.count == 1500)
        #expect(next.refused.isEmpty)
        #expect(next.cursor.gaps?.isEmpty != false)
    }

    @Test func `a server that keeps half of what it fails at has it all in the end, once`() throws {
        let place = try TemporaryStore(), broken = Switch()
        let server = server(failingAt: ["\"key\":\"bad\""], .half, while: broken), listener = try server.listen()
        defer { listener.close() }
        let run = try busyRun(in: place)
        let shipper = try shipper(run, of: place.store, to: settings(listener.url))
        try shipAll(shipper)
        #expect(shipper.refused.isEmpty)
        for key in ["loss", "later", "bad"] { #expect(server.run?.points[key] == (try run.history(of: key))) }
    }

    @Test func `a server that still fails when it is asked again has everything else once`() throws {
        let place = try TemporaryStore(), broken = Switch()
        let server = server(failingAt: ["\"key\":\"bad\""], while: broken), listener = try server.listen()
        defer { listener.close() }
        let run = try busyRun(in: place)
        let shipper = try shipper(run, of: place.store, to: settings(listener.url))
        for _ in 0..<3 {
            try shipAll(shipper)
            #expect(shipper.refused.keys.sorted() == ["metric bad (5 values)"])
            shipper.tryAgain()
        }
        broken.turnOff()
        try shipAll(shipper)
        for key in ["loss", "later", "bad"] { #expect(server.run?.points[key] == (try run.history(of: key))) }
    }

    @Test func `one point that is refused takes none of its metric along`() throws {
        let place = try TemporaryStore(), broken = Switch()
        let refusal = HTTPReply.answer(
            status: 400, body: "{\"error_code\":\"INVALID_PARAMETER_VALUE\",\"message\":\"not this value\"}")
        let server = server(failingAt: ["666.0"], .reply(refusal), while: broken), listener = try server.listen()
        defer { listener.close() }
        let run = try place.run(points: 0)
        for step in 0..<100 { try run.log(metrics: ["loss": step == 40 || step == 70 ? 666 : 1], step: step) }
        let shipper = try shipper(run, of: place.store, to: settings(listener.url))
        try shipper.ship()
        try run.log(metrics: ["loss": 2], step: 100)
        try shipper.ship()
        #expect(server.run?.points["loss"]?.count == 99)
        #expect(shipper.refused == ["metric loss (2 values)": "INVALID_PARAMETER_VALUE: not this value"])
        broken.turnOff()
        shipper.tryAgain()
        try shipper.ship()
        #expect(server.run?.points["loss"]?.map(\.step).sorted() == (try run.history(of: "loss")).map(\.step))
    }

    @Test func `a metric whose values are refused one after the other is soon not asked for any more`() throws {
        let place = try TemporaryStore(), broken = Switch()
        let refusal = HTTPReply.answer(status: 400, body: "{\"error_code\":\"BAD\",\"message\":\"\"}")
        let server = server(failingAt: ["\"key\":\"loss\""], .reply(refusal), while: broken)
        let listener = try server.listen()
        defer { listener.close() }
        let run = try place.run(points: 5000)
        let shipper = try shipper(run, of: place.store, to: settings(listener.url))
        try shipper.ship()
        #expect(server.state.withLock { $0.requests.count } < 60)
        #expect(shipper.refused.keys.sorted() == ["metric loss (5000 values)"])
        #expect(server.run?.parameters.count == 2)
    }

    @Test func `an artifact that the server always fails at holds no other up`() throws {
        let place = try TemporaryStore(), broken = Switch()
        let server = server(failingAt: ["b.txt"], while: broken), listener = try server.listen()
        defer { listener.close() }
        let run = try place.run()
        for name in ["a.txt", "b.txt", "c.txt"] { try run.logArtifact(text: name, as: name) }
        let shipper = try shipper(run, of: place.store, to: settings(listener.url))
        #expect(throws: ServerError.self) { try shipper.ship() }
        #expect(server.run?.artifacts.keys.sorted() == ["a.txt", "c.txt"])
        #expect(server.run?.points["loss"]?.count == 10)
        try shipAll(shipper)
        #expect(shipper.refused == ["artifact b.txt": "it answers 500"])
        broken.turnOff()
        shipper.tryAgain()
        try shipAll(shipper)
        #expect(server.run?.artifacts.count == 3)
    }

    @Test func `a server that takes nothing has nothing left out`() throws {
        let place = try TemporaryStore(), broken = Switch()
        let server = server(failingAt: ["log-batch"], while: broken), listener = try server.listen()
        defer { listener.close() }
        let run = try busyRun(in: place)
        let shipper = try shipper(run, of: place.store, to: settings(listener.url))
        for _ in 0..<20 {
            #expect(throws: ServerError.busy(status: 500, seconds: nil)) { try shipper.ship() }
        }
        #expect(shipper.refused.isEmpty)
        broken.turnOff()
        try shipper.ship()
        #expect(server.run?.points["bad"] == (try run.history(of: "bad")))
    }

    @Test func `a run that the server cannot make holds no other up`() throws {
        let place = try TemporaryStore(), broken = Switch()
        let server = server(failingAt: ["\"run_name\":\"bad\""], while: broken), listener = try server.listen()
        defer { listener.close() }
        let experiment = try place.store.experiment(named: "garments")
        let bad = try place.store.createRun(in: experiment, name: "bad"), good = try place.run()
        let sync = ServerSync(store: place.store, settings: try settings(listener.url))
        let shipments = sync.send([bad, good], within: 0.1).shipments
        #expect(shipments.map(\.isWhole) == [false, true])
        #expect(shipments.first?.problem?.contains("500") == true)
    }

    @Test func `training's end does not wait long, and sync says what remains`() throws {
        let place = try TemporaryStore(), broken = Switch()
        let server = server(failingAt: ["\"key\":\"bad\""], while: broken), listener = try server.listen()
        defer { listener.close() }
        let run = try busyRun(in: place), events = Mutex([ServerEvent]())
        var pace = Shipper.Pace()
        (pace.interval, pace.firstRetry, pace.longestRetry) = (0.01, 0.01, 0.02)
        let shipper = Shipper(store: place.store, settings: try settings(listener.url), pace: pace) { event in
            events.withLock { $0.append(event) }
        }
        shipper.add(run)
        let shipment = try #require(shipper.finish(within: 60).first)
        #expect(shipment.isWhole)
        #expect(shipment.refused == ["metric bad (5 values)": "it answers 500"])
        let told = events.withLock { $0 }
        #expect(told.contains(.leftOut(run: run.id, "metric bad", why: "it answers 500")))
        #expect(told.filter { if case .waiting = $0 { true } else { false } }.count <= 1)
        broken.turnOff()
        let sync = ServerSync(store: place.store, settings: try settings(listener.url))
        #expect(sync.send([run], within: 60).shipments.first?.refused.isEmpty == true)
        #expect(server.run?.points["bad"]?.count == 5)
    }

    @Test func `metrics of which the server has nothing new are not asked for one by one`() throws {
        let place = try TemporaryStore(), server = StandInServer { _, number in number == 4 ? .half : nil }
        let listener = try server.listen()
        defer { listener.close() }
        let run = try place.run(points: 0)
        for step in 0..<4 {
            let metrics = (0..<100).map { ("m\($0 / 10)\($0 % 10)", Double(step)) }
            try run.log(metrics: Dictionary(uniqueKeysWithValues: metrics), step: step)
        }
        let shipper = try shipper(run, of: place.store, to: settings(listener.url))
        try ship(shipper, tries: 3)
        let asked = server.state.withLock { $0.requests.filter { $0.path.hasSuffix("get-history") }.count }
        #expect(asked > 0 && asked < 110, "two pages for each of the half that arrived")
        for key in ["m00", "m50", "m99"] { #expect(server.run?.points[key] == (try run.history(of: key))) }
        #expect(server.run?.points.values.reduce(0) { $0 + $1.count } == 400)
    }

    @Test func `gaps are closed from any side`() {
        var cursor = Cursor(server: "s", run: "r")
        for start in stride(from: 0, to: 50, by: 10) {
            let place = Place.point(metric: "m", bytes: start..<(start + 10))
            start == 10 ? cursor.take(place) : cursor.leaveOut(place, because: "no")
        }
        #expect(cursor.metrics["m"] == 50)
        #expect(cursor.gaps?["m"] == [Gap(start: 0, end: 10), Gap(start: 20, end: 50)])
        cursor.take(.point(metric: "m", bytes: 30..<40))
        #expect(cursor.gaps?["m"]?.count == 3)
        #expect(cursor.isInGap("m", 25) && !cursor.isInGap("m", 35) && !cursor.isInGap("n", 25))
        for start in [40, 0, 20] { cursor.take(.point(metric: "m", bytes: start..<(start + 10))) }
        #expect(cursor.gaps?["m"] == nil)
        #expect(cursor.refused.isEmpty)
    }

    @Test func `a cursor of an older Apus is read, and what it refused is asked for`() throws {
        let place = try TemporaryStore(), server = StandInServer(), listener = try server.listen()
        defer { listener.close() }
        let run = try place.run(), address = try settings(listener.url)
        var first: RunShipper? = try shipper(run, of: place.store, to: address)
        try first?.ship()
        var cursor = try #require(first).cursor
        first = nil
        server.state.withLock { $0.runs[0].points["loss"]?.removeLast(4) }
        cursor.refused = ["metric loss": "BAD: no"]
        let spool = Spool(root: place.store.root, server: address.address)
        try spool.write(cursor)
        #expect(!(try FileSystem.readText("\(spool.folder)/\(run.id).json")).contains("gaps"))
        let next = try shipper(run, of: place.store, to: address)
        try next.ship()
        #expect(server.run?.points["loss"]?.count == 6)
        next.tryAgain()
        try next.ship()
        #expect(server.run?.points["loss"] == (try run.history(of: "loss")))
        #expect(next.refused.isEmpty)
    }
}
