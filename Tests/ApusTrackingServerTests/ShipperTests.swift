import ApusCore
import ApusTracking
import Testing

@testable import ApusTrackingServer

@Suite struct ShipperTests {
    private var pace: Shipper.Pace {
        var pace = Shipper.Pace()
        (pace.interval, pace.firstRetry, pace.longestRetry) = (0.02, 0.02, 0.1)
        return pace
    }

    @Test func `a server that dies and comes back while a run is recorded has all of it once`() throws {
        let place = try TemporaryStore(), server = StandInServer()
        var listener = try server.listen()
        let port = listener.port
        let events = Mutex([ServerEvent]())
        let run = try place.run(points: 0)
        let shipper = Shipper(store: place.store, settings: try settings(listener.url), pace: pace) { event in
            events.withLock { $0.append(event) }
        }
        shipper.add(run)
        for step in 0..<400 {
            try run.log(metrics: ["loss": Double(step)], step: step)
            if step % 100 == 50 {
                listener.close()
                pause(0.1)
                listener = try server.listen(port: port)
            }
            pause(0.001)
        }
        try run.finish()
        let shipment = try #require(shipper.finish(within: 20).first)
        listener.close()
        #expect(shipment.isWhole, "\(shipment)")
        #expect(server.run?.points["loss"] == (try run.history(of: "loss")))
        #expect(events.withLock { $0.contains { if case .recording = $0 { true } else { false } } })
    }

    @Test func `without a server nothing is waited for, and a later process sends everything`() throws {
        let place = try TemporaryStore(), server = StandInServer(), gone = try server.listen()
        let (port, url) = (gone.port, gone.url)
        gone.close()
        let events = Mutex([ServerEvent]())
        let run = try place.run()
        let shipper = Shipper(store: place.store, settings: try settings(url), pace: pace) { event in
            events.withLock { $0.append(event) }
        }
        shipper.add(run)
        pause(0.3)
        try run.finish()
        let start = ContinuousClock.now
        let left = shipper.finish(within: 30)
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(left.map(\.isWhole) == [false])
        #expect(left.first?.page == nil)
        #expect(events.withLock { $0.count } == 1)

        let listener = try server.listen(port: port)
        defer { listener.close() }
        // The next run of this store takes the old one along.
        let next = Shipper(store: place.store, settings: try settings(url), pace: pace)
        next.add(try place.run())
        for _ in 0..<1200 where server.state.withLock({ $0.runs.filter { $0.status == "FINISHED" }.count }) == 0 {
            pause(0.05)
        }
        _ = next.finish(within: 60)
        let old = server.state.withLock { $0.runs.first { $0.tags["apus.run"] == run.id } }
        #expect(old?.points["loss"] == (try run.history(of: "loss")))
        #expect(old?.status == "FINISHED")
    }

    @Test func `sync sends what is left, once`() throws {
        let place = try TemporaryStore(), server = StandInServer(), listener = try server.listen()
        defer { listener.close() }
        let run = try place.run()
        try run.finish()
        let sync = ServerSync(store: place.store, settings: try settings(listener.url))
        #expect(sync.knownRuns().isEmpty)
        #expect(sync.send([run], within: 5).shipments.first?.requests ?? 0 > 0)
        #expect(sync.knownRuns().map(\.id) == [run.id])
        #expect(sync.send([run], within: 5).shipments.first?.requests == 0)
        sync.forget(run)
        #expect(sync.send([run], within: 5).shipments.first?.isWhole == true)
        #expect(server.run?.points["loss"]?.count == 10)
        #expect(server.state.withLock { $0.runs.count } == 1)
    }

    private func pause(_ seconds: Double) {
        _ = Monitor(()).wait(atMost: seconds) { _ -> Bool? in nil }
    }
}
