import ApusCommands
import ApusCore
import Foundation

/// Processes of one command that work together: where one fails, the others are ended.
final class WorkerProcesses {
    /// How the one that failed first did.
    struct Failure {
        var rank: Int
        var identifier: Int32
        /// 128 and the signal's number where it was killed.
        var status: Int32
        var wasKilled: Bool

        /// Whether it failed by itself, and not because another one was gone.
        var isCause: Bool { status != PeerLoss.status }

        /// `nil` where the process itself has said enough.
        var message: String? {
            if !isCause { return "process \(rank) (pid \(identifier)) lost the others, so all were ended" }
            if !wasKilled { return rank == 0 ? nil : "process \(rank) ended with status \(status), so all were ended" }
            let memory = status == 128 + SIGKILL ? " (perhaps because memory ran out)" : ""
            return """
                process \(rank) (pid \(identifier)) was killed by signal \(status - 128)\(memory), so all were ended; \
                the run goes on from its last checkpoint with apus launch --processes … train --resume latest
                """
        }
    }

    /// How long processes may take to end by themselves, then after SIGTERM, before they are killed; in seconds.
    private static let patience = (own: 15.0, asked: 5.0)

    private let processes: [Process]
    private var readers: [LineReader] = []
    private var hasPassedSignal = false

    init(command: [String], count: Int) throws {
        let port = try Self.freePort()
        processes = (0..<count).map { _ in Process() }
        for (rank, process) in processes.enumerated() {
            process.executableURL = Bundle.main.executableURL
            process.arguments = command
            process.environment = Self.environment(rank: rank, count: count, port: port)
            if rank > 0 { readers.append(LineReader(process, prefix: "process \(rank): ")) }
        }
        do {
            for process in processes { try process.run() }
        } catch {
            signal(SIGKILL)
            throw error
        }
    }

    /// Waits until all have ended; passes an interruption on.
    func wait() -> Failure? {
        while processes.contains(where: \.isRunning) && failures.isEmpty {
            if Interruption.isAsked && !hasPassedSignal {
                hasPassedSignal = true
                signal(SIGINT)
            }
            Thread.sleep(forTimeInterval: 0.05)
        }
        // Those that fail because one is gone may be seen before that one is.
        wait(atMost: 1) { self.failures.isEmpty || self.failures.contains(where: \.isCause) }
        let failures = failures
        if !failures.isEmpty { end() }
        for reader in readers { reader.finish() }
        return failures.first(where: \.wasKilled) ?? failures.first(where: \.isCause) ?? failures.first
    }

    private var failures: [Failure] {
        processes.enumerated().compactMap { rank, process in
            guard !process.isRunning && process.terminationStatus != 0 else { return nil }
            let wasKilled = process.terminationReason == .uncaughtSignal
            return Failure(
                rank: rank, identifier: process.processIdentifier,
                status: process.terminationStatus + (wasKilled ? 128 : 0), wasKilled: wasKilled)
        }
    }

    /// The others notice by themselves that one is gone, or are still writing a checkpoint; those that do not end are
    /// told, and then killed.
    private func end() {
        let haveEnded = { !self.processes.contains(where: \.isRunning) }
        wait(atMost: Self.patience.own, until: haveEnded)
        signal(SIGTERM)
        wait(atMost: Self.patience.asked, until: haveEnded)
        signal(SIGKILL)
        for process in processes { process.waitUntilExit() }
    }

    private func wait(atMost seconds: Double, until isDone: () -> Bool) {
        let limit = ContinuousClock.now + .seconds(seconds)
        while !isDone() && ContinuousClock.now < limit { Thread.sleep(forTimeInterval: 0.05) }
    }

    private func signal(_ number: Int32) {
        for process in processes where process.isRunning { kill(process.processIdentifier, number) }
    }

    private static func environment(rank: Int, count: Int, port: UInt16) -> [String: String] {
        let threads = max(availableCores / count, 1)
        let own = [
            "RANK": "\(rank)", "LOCAL_RANK": "\(rank)", "WORLD_SIZE": "\(count)", "LOCAL_WORLD_SIZE": "\(count)",
            "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "\(port)", Launcher.variable: "\(getpid())",
        ]
        let given = ProcessInfo.processInfo.environment
        return ["OMP_NUM_THREADS": "\(threads)"].merging(given) { $1 }.merging(own) { $1 }
    }

    /// A port of the loopback that nobody listens at.
    private static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw WorkFailure(description: "no socket can be made") }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
            }
        }
        guard status == 0 else { throw WorkFailure(description: "no port of the loopback is free") }
        return UInt16(bigEndian: address.sin_port)
    }
}

/// Shows what a process says, each line after a prefix.
private final class LineReader: @unchecked Sendable {
    private let pipe = Pipe()
    private let done = DispatchSemaphore(value: 0)
    private var hasFinished = false

    init(_ process: Process, prefix: String) {
        process.standardOutput = pipe
        process.standardError = pipe
        let handle = pipe.fileHandleForReading
        Thread.detachNewThread { [done] in
            var rest: [UInt8] = []
            while case let data = handle.availableData, !data.isEmpty {
                var lines = (rest + data).split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
                rest = lines.removeLast()
                for line in lines { Terminal.complain(prefix + String(decoding: line, as: UTF8.self)) }
            }
            if !rest.isEmpty { Terminal.complain(prefix + String(decoding: rest, as: UTF8.self)) }
            done.signal()
        }
    }

    /// Waits until everything is shown; not for long where a child of the process still holds the pipe.
    func finish() {
        if hasFinished { return }
        hasFinished = true
        _ = done.wait(timeout: .now() + 2)
    }
}
