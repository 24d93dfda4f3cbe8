import ApusCore
import Glibc

/// Makes runs ahead while they are created one after another: blank ones, in staging, with their folders and the tags
/// that every run of this process carries, all on the disk. A new run then takes its own files and a rename.
///
/// A run on its own is made at once: the line starts with the fifth in quick succession, and it ends, and what it made is
/// removed, a second after the last.
final class RunBlanks: Sendable {
    private struct State {
        var ready = [StagedFolder]()
        var lastTime: Int64 = 0
        /// How many runs followed each other quickly.
        var count = 0
        var isWorking = false
        var isClosed = false
    }

    private static let capacity = 8
    private static let quickCount = 5
    /// Milliseconds.
    private static let patience: Int64 = 1000

    private let staging: Staging
    private let line = Monitor(State())

    init(staging: Staging) { self.staging = staging }

    deinit {
        line.update { $0.isClosed = true }
        _ = line.wait { $0.isWorking ? nil : true }
    }

    /// A blank run, and those of `tags` that are still to be written to it.
    func blank(carrying tags: [String: String]) throws(TrackingError) -> (StagedFolder, [String: String]) {
        let usual = RunTag.ofProcess
        guard usual.allSatisfy({ tags[$0.key] == $0.value }) else { return (try RunBlanks.make([:], staging), tags) }
        let remaining = tags.filter { usual[$0.key] == nil }
        if let blank = take() { return (blank, remaining) }
        return (try RunBlanks.make(usual, staging), remaining)
    }

    private func take() -> StagedFolder? {
        let now = currentMilliseconds()
        let (blank, isStarted) = line.update { state -> (StagedFolder?, Bool) in
            state.count = now - state.lastTime < RunBlanks.patience ? state.count + 1 : 1
            state.lastTime = now
            let isStarted = !state.isWorking && state.count >= RunBlanks.quickCount
            state.isWorking = state.isWorking || isStarted
            return (state.ready.popLast(), isStarted)
        }
        if isStarted {
            _ = Thread(stackSize: 1 << 18) { [line, staging] in RunBlanks.work(line, staging) }
        }
        return blank
    }

    private static func make(_ tags: [String: String], _ staging: Staging) throws(TrackingError) -> StagedFolder {
        let path = try staging.uniquePath()
        do throws(TrackingError) {
            return try onFiles { () throws(FileError) in
                let folder = try StagedFolder(path: path, durable: staging.isDurable)
                for name in ["metrics", "artifacts", "params", "tags"] { try folder.makeFolder(name) }
                for (key, value) in tags { try folder.write(value, to: "tags/" + key) }
                return folder
            }
        } catch {
            removeTree(path)
            throw error
        }
    }

    // MARK: The line

    private static func work(_ line: Monitor<State>, _ staging: Staging) {
        // Where one cannot be made, the next run that is created says why.
        while isOneWanted(line), let blank = try? make(RunTag.ofProcess, staging) {
            try? blank.sync()
            line.update { $0.ready.append(blank) }
        }
        let rest = line.update { state in
            defer { state.ready = [] }
            return state.ready
        }
        removeTrees(rest.map(\.path))
        line.update { $0.isWorking = false }
    }

    /// Waits until one is missing; `false` where no more are wanted.
    private static func isOneWanted(_ line: Monitor<State>) -> Bool {
        while true {
            let isWanted = line.wait(atMost: Double(patience) / 1000) { state -> Bool? in
                state.isClosed ? false : state.ready.count < capacity ? true : nil
            }
            if let isWanted { return isWanted }
            if line.update({ currentMilliseconds() - $0.lastTime >= patience }) { return false }
        }
    }
}
