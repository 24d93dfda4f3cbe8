import ApusCore
import Glibc
import Testing

@testable import ApusTracking

@Suite struct SystemSamplerTests {
    @Test func `the kernel's counts become MLflow's metrics`() {
        var first = SystemReadings(), now = SystemReadings()
        first.readProcessor("cpu  100 0 100 800 0 0 0 0 50 0\ncpu0 1 2 3 4 5 6 7 8\n")
        now.readProcessor("cpu  175 0 125 870 30 0 0 0 99 0\n")
        now.readMemory("MemTotal:  2000000 kB\nMemFree: 1 kB\nMemAvailable:   500000 kB\nHugePages_Total: 0\n")
        now.readNetwork(
            "Inter-|   Receive\n face |bytes\n  eth0: 3000000 1 0 0 0 0 0 0 1500000 1 0 0 0 0 0 0\n    lo:5 0 0 0 0 0 0 0 5 0\n"
        )
        let metrics = now.metrics(since: first, first: first)
        #expect(metrics["system/cpu_utilization_percentage"] == 50)
        #expect(metrics["system/system_memory_usage_megabytes"] == 1536)
        #expect(metrics["system/system_memory_usage_percentage"] == 75)
        #expect(metrics["system/network_receive_megabytes"] == 3.000005)
        #expect(metrics["system/network_transmit_megabytes"] == 1.500005)
    }

    @Test(arguments: ["", "cpu", "cpu  1 2", "cpu  a b c d e f\n", "MemTotal: 99999999999999999999 kB", ":::\n: 1"])
    func `what the kernel does not tell is left out`(text: String) {
        var readings = SystemReadings()
        readings.readProcessor(text)
        readings.readMemory(text)
        readings.readNetwork(text)
        let metrics = readings.metrics(since: SystemReadings(), first: SystemReadings())
        #expect(metrics.keys.allSatisfy { $0.hasPrefix("system/network") })
    }

    @Test func `counters that went back are left out`() {
        var later = SystemReadings()
        (later.busyTicks, later.allTicks, later.received, later.sent) = (5, 10, 5, 5)
        #expect(SystemReadings().metrics(since: later, first: later).isEmpty)
    }

    @Test func `this machine's numbers make sense`() {
        let readings = SystemReadings.read(folder: "/")
        #expect(readings.memory > readings.usedMemory && readings.usedMemory > 0)
        #expect(readings.allTicks >= readings.busyTicks && readings.busyTicks > 0)
        #expect(readings.usedDisk > 0)
    }

    @Test func `samples are recorded while work goes on, and a run that is taken up goes on with them`() throws {
        let folder = try TemporaryFolder(), store = try folder.store()
        let run = try store.createRun(in: try store.experiment(named: "x"))
        let key = "system/system_memory_usage_megabytes"
        for _ in 0..<2 {
            let before = try run.history(of: key).count
            let sampler = SystemSampler(run, interval: 0.02)
            for _ in 0..<500 where try run.history(of: key).count < before + 3 { usleep(10_000) }
            sampler.stop()
            sampler.stop()
        }
        let points = try run.history(of: key)
        #expect(points.map(\.step) == (0..<Int64(points.count)).map { $0 })
        #expect(points.count >= 6)
        #expect(try run.metrics()["system/cpu_utilization_percentage"] != nil)
    }

    @Test func `stopping does not wait for the next sample`() throws {
        let folder = try TemporaryFolder(), store = try folder.store()
        let run = try store.createRun(in: try store.experiment(named: "x"))
        let start = ContinuousClock.now
        SystemSampler(run, interval: 3600).stop()
        #expect(ContinuousClock.now - start < .seconds(60))
        #expect(try run.metrics().isEmpty)
    }

    @Test func `MLflow's variables count more than the configuration`() {
        func interval(_ configured: Double?, _ enabled: String?, _ seconds: String? = nil) -> Double? {
            SystemSampler.interval(configured: configured) { name in
                name == "MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING" ? enabled : seconds
            }
        }
        #expect(interval(10, nil) == 10)
        #expect(interval(nil, nil) == nil)
        #expect(interval(10, "false") == nil)
        #expect(interval(nil, "true") == 10)
        #expect(interval(10, "True", "2.5") == 2.5)
        #expect(interval(10, nil, "2.5") == 2.5)
        for nonsense in ["-1", "0", "nan", "inf", "soon"] { #expect(interval(10, nil, nonsense) == 10) }
    }
}
