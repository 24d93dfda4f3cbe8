import ApusCore
import ApusTracking
import Testing

@testable import ApusTrackingServer

@Suite struct RunShipperTests {
    @Test func `a run arrives with everything that was recorded`() throws {
        let place = try TemporaryStore(), server = StandInServer(), listener = try server.listen()
        defer { listener.close() }
        let run = try place.run()
        try run.log(metrics: ["odd": .nan], step: 1)
        try run.log(metrics: ["odd": .infinity], step: 2)
        try run.setTag("note", "grüße")
        try run.logArtifact(text: "hello", as: "notes/a b.txt")
        try run.logDataset(name: "set", digest: "12", source: "/data")
        try run.finish()
        let shipper = try shipper(run, of: place.store, to: settings(listener.url))
        try shipper.ship()
        let sent = try #require(server.run)
        #expect(sent.points["loss"] == (try run.history(of: "loss")))
        #expect(sent.points["odd"]?.map(\.value.isFinite) == [false, false])
        #expect(sent.parameters == (try run.parameters()))
        #expect(sent.tags["note"] == "grüße")
        #expect(sent.tags["apus.run"] == run.id)
        #expect(sent.artifacts["notes/a b.txt"] == Array("hello".utf8))
        #expect(sent.inputs == ["set"])
        #expect(sent.status == "FINISHED")
        #expect(sent.end == (try run.times().end))
        #expect(shipper.cursor.isComplete)
        #expect(shipper.page == "\(listener.url)/#/experiments/1/runs/remote1")
    }

    @Test func `nothing new makes no request, and what is new is sent alone`() throws {
        let place = try TemporaryStore(), server = StandInServer(), listener = try server.listen()
        defer { listener.close() }
        let run = try place.run()
        let first = try shipper(run, of: place.store, to: settings(listener.url))
        try first.ship()
        let count = server.state.withLock { $0.requests.count }
        try first.ship()
        #expect(server.state.withLock { $0.requests.count } == count)
        try run.log(metrics: ["loss": 7], step: 99)
        try first.ship()
        #expect(server.state.withLock { $0.requests.count } == count + 1)
        #expect(server.run?.points["loss"]?.count == 11)
    }

    @Test(arguments: [0, 1, 2, 3, 4, 5, 6, 7])
    func `an answer that is lost, whichever, loses nothing and doubles nothing`(number: Int) throws {
        for fault in [StandInServer.Fault.lost, .answerLost, .half] {
            let place = try TemporaryStore()
            let server = StandInServer { _, count in count == number ? fault : nil }
            let listener = try server.listen()
            defer { listener.close() }
            let run = try place.run(points: 2500)
            try run.log(metrics: ["other": 1], step: 0)
            try run.logArtifact(text: "x", as: "x.txt")
            try run.finish()
            try ship(try shipper(run, of: place.store, to: settings(listener.url)), tries: 3)
            let sent = try #require(server.run)
            #expect(sent.points["loss"] == (try run.history(of: "loss")))
            #expect(sent.points["other"]?.count == 1)
            #expect(sent.artifacts.count == 1)
            #expect(server.state.withLock { $0.runs.filter { !$0.isDeleted }.count } == 1)
        }
    }

    @Test func `a process that dies between a request and its note doubles nothing`() throws {
        let place = try TemporaryStore(), server = StandInServer(), listener = try server.listen()
        defer { listener.close() }
        let run = try place.run()
        let address = try settings(listener.url)
        var old: RunShipper? = try shipper(run, of: place.store, to: address)
        try old?.ship()
        let spool = Spool(root: place.store.root, server: address.address)
        let before = spool.cursor(ofRun: run.id, server: address.address)
        for step in 10..<20 { try run.log(metrics: ["loss": 1], step: step) }
        try old?.ship()
        old = nil
        try spool.write(before)
        try run.log(metrics: ["loss": 2], step: 20)
        try ship(try shipper(run, of: place.store, to: address))
        #expect(server.run?.points["loss"] == (try run.history(of: "loss")))
    }

    @Test(arguments: ["", "{", "{\"server\":1}", "null"])
    func `a cursor that is lost or damaged is made again from what the server has`(text: String) throws {
        let place = try TemporaryStore(), server = StandInServer(), listener = try server.listen()
        defer { listener.close() }
        let run = try place.run()
        let address = try settings(listener.url)
        try shipper(run, of: place.store, to: address).ship()
        let spool = Spool(root: place.store.root, server: address.address)
        try FileSystem.writeWhole(text, to: "\(spool.folder)/\(run.id).json")
        try run.log(metrics: ["loss": 3], step: 30)
        try ship(try shipper(run, of: place.store, to: address))
        #expect(server.run?.points["loss"] == (try run.history(of: "loss")))
        #expect(server.state.withLock { $0.runs.count } == 1)
    }

    @Test func `equal points are as many there as here`() throws {
        let place = try TemporaryStore(), listenerFault = StandInServer { _, number in number == 6 ? .half : nil }
        let listener = try listenerFault.listen()
        defer { listener.close() }
        let run = try place.run(points: 0)
        let point = MetricPoint(value: 0.5, step: 1, timestamp: 1_700_000_000_000)
        try run.log(points: ["loss": Array(repeating: point, count: 3000)])
        try ship(try shipper(run, of: place.store, to: settings(listener.url)), tries: 3)
        #expect(listenerFault.run?.points["loss"]?.count == 3000)
    }

    @Test func `what the server refuses is left out and told, the rest arrives`() throws {
        let place = try TemporaryStore(), server = StandInServer(), listener = try server.listen()
        defer { listener.close() }
        let run = try place.run()
        try run.setTag("refused", "x")
        let shipper = try shipper(run, of: place.store, to: settings(listener.url))
        try shipper.ship()
        #expect(shipper.cursor.refused == ["tag refused": "INVALID_PARAMETER_VALUE: not this key"])
        #expect(server.run?.points["loss"]?.count == 10)
        #expect(server.run?.parameters.count == 2)
    }

    @Test func `a run that was deleted there is not taken to pieces`() throws {
        let place = try TemporaryStore(), server = StandInServer(), listener = try server.listen()
        defer { listener.close() }
        let run = try place.run()
        let shipper = try shipper(run, of: place.store, to: settings(listener.url))
        try shipper.ship()
        server.state.withLock { $0.runs[0].isDeleted = true }
        try run.log(metrics: ["loss": 3], step: 30)
        #expect(throws: ServerError.missing("the run was deleted there")) { try shipper.ship() }
        #expect(shipper.cursor.refused.isEmpty)
    }

    @Test func `a nested run names its parent as the server does`() throws {
        let place = try TemporaryStore(), server = StandInServer(), listener = try server.listen()
        defer { listener.close() }
        let parent = try place.run()
        let child = try place.store.createRun(
            in: try place.store.experiment(named: "garments"), tags: [RunTag.parentRun: parent.id])
        let sync = ServerSync(store: place.store, settings: try settings(listener.url))
        let shipments = sync.send([child], within: 5).shipments
        #expect(shipments.map(\.isWhole) == [true, true])
        let runs = server.state.withLock { $0.runs }
        #expect(runs.first { $0.tags["apus.run"] == child.id }?.tags[RunTag.parentRun] == "remote1")
    }

    @Test func `links that lead out of a run are not followed`() throws {
        let place = try TemporaryStore(), server = StandInServer(), listener = try server.listen()
        defer { listener.close() }
        let run = try place.run()
        #expect(runCommand("/bin/ln", ["-s", "/etc/passwd", run.artifactPath + "/users"]) == 0)
        #expect(runCommand("/bin/ln", ["-s", "/etc/ssl", run.artifactPath + "/folder"]) == 0)
        let shipper = try shipper(run, of: place.store, to: settings(listener.url))
        try shipper.ship()
        #expect(server.run?.artifacts.isEmpty == true)
        #expect(shipper.cursor.refused["artifact users"] != nil)
    }

    @Test func `an artifact that changes is sent again, a large one when training has ended`() throws {
        let place = try TemporaryStore(), server = StandInServer(), listener = try server.listen()
        defer { listener.close() }
        let run = try place.run()
        let shipper = try shipper(run, of: place.store, to: settings(listener.url))
        shipper.largestFile = 10
        for text in ["one", "two"] {
            try run.logArtifact(text: text, as: "small")
            try run.logArtifact(text: "more than ten bytes of \(text)", as: "large")
            try shipper.ship()
            #expect(server.run?.artifacts == ["small": Array(text.utf8)])
            #expect(!shipper.hasShipped)
        }
        shipper.largestFile = .max
        try shipper.ship()
        #expect(server.run?.artifacts["large"] == Array("more than ten bytes of two".utf8))
        #expect(shipper.hasShipped)
    }

    @Test func `a run is sent by one process at a time`() throws {
        let place = try TemporaryStore(), run = try place.run()
        let address = try settings("http://127.0.0.1:9")
        let first = try shipper(run, of: place.store, to: address)
        #expect(throws: ServerError.self) { try shipper(run, of: place.store, to: address) }
        withExtendedLifetime(first) {}
    }
}
