import ApusCommandSupport
import ApusCore
import ApusVision
import Foundation
import Testing

/// Several processes on the loopback.
@Suite(.serialized) struct LaunchTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for (split, count) in [("train", 6), ("val", 3)] {
            let images = folder.path + "/datasets/raw/images/" + split
            try FileSystem.createFolder(images)
            for index in 0..<count {
                try folder.write("0 0.5 0.5 0.25 0.25\n", to: "datasets/raw/labels/\(split)/\(index).txt")
                let image = Image(width: 64, height: 64, color: [UInt8(40 * index), 90, split == "val" ? 200 : 20])
                try FileSystem.writeWhole(image.pngData(), to: "\(images)/\(index).png")
            }
        }
        try folder.write("train: images/train\nval: images/val\nnames: [square]\n", to: "datasets/raw/data.yaml")
        try folder.write(
            "name: squares\nsource: {format: yolo, path: raw}\nsplits: {method: declared}\n",
            to: "datasets/dataset.yaml")
        try folder.write(
            "architecture: v8-detect\nwidth: 0.125\ndepth: 0.33\nmaxChannels: 128\n", to: "models/tiny.yaml")
        try folder.write(
            """
            name: tiny
            model: ../models/tiny.yaml
            dataset: ../datasets/dataset.yaml
            image_size: 64
            epochs: 1
            batch_size: 4
            device: cpu
            machine: {loader_threads: 1}
            checkpoint: {every_steps: 5}
            """, to: "experiments/tiny.yaml")
    }

    @Test func `two processes record one run`() throws {
        let outcome = try apus("launch", "--processes", "2", "train", "experiments/tiny.yaml", "-q", in: folder.path)
        #expect(outcome.status == 0)
        #expect(outcome.errors.isEmpty)
        let runs = try apus("runs", "list", "--json", in: folder.path)
        let listed = try JSONSerialization.jsonObject(with: Data(runs.output.utf8)) as? [Any]
        #expect(listed?.count == 1)
    }

    @Test(arguments: [0, 1])
    func `where a process is killed all end soon, one message says so, and the run goes on`(_ rank: Int) throws {
        let launch = try Launched("epochs=5000", in: folder.path)
        let worker = try #require(launch.worker(rank))
        let workers = launch.workers
        #expect(workers.count == 2)
        #expect(kill(worker, SIGKILL) == 0)
        let start = ContinuousClock.now
        let outcome = launch.outcome()
        #expect(ContinuousClock.now - start < .seconds(120))
        #expect(outcome.status == 137)
        let messages = outcome.errors.split(separator: "\n").filter { $0.contains("apus") }
        #expect(messages.count == 1, "\(messages)")
        #expect(outcome.errors.contains("process \(rank) (pid \(worker)) was killed by signal 9"))
        #expect(!workers.contains(where: isRunning))
        let alone = try apus("train", "--resume", "latest", "--time-limit", "0.001", in: folder.path)
        #expect(alone.status == 1)
        #expect(alone.errors.contains("processes: 2 before, 1 from here on"))
        let resumed = try apus(
            "launch", "--processes", "2", "train", "--resume", "latest", "--time-limit", "0.001", in: folder.path)
        #expect(resumed.status == 1)
        #expect(resumed.errors.contains("apus launch --processes 2 train --resume"))
    }

    @Test func `an interruption ends all with a checkpoint`() throws {
        let launch = try Launched("epochs=5000", in: folder.path)
        _ = try #require(launch.worker(1))
        let workers = launch.workers
        launch.signal(SIGINT)
        let outcome = launch.outcome()
        #expect(outcome.status == 1)
        let messages = outcome.errors.split(separator: "\n").filter { $0.contains("interrupted") }
        #expect(messages.count == 1, "\(outcome.errors)")
        #expect(outcome.errors.contains("interrupted; apus launch --processes 2 train --resume"))
        #expect(!workers.contains(where: isRunning))
    }

    @Test func `processes whose launcher is gone end`() throws {
        let launch = try Launched("epochs=5000", in: folder.path)
        let workers = [try #require(launch.worker(0)), try #require(launch.worker(1))]
        launch.signal(SIGKILL)
        _ = launch.outcome()
        for _ in 0..<400 where workers.contains(where: isRunning) { Thread.sleep(forTimeInterval: 0.05) }
        #expect(!workers.contains(where: isRunning))
    }

    @Test(arguments: [
        (["train", "experiments/tiny.yaml", "colour=1"], "unknown key 'colour'"),
        (["train", "none.yaml"], "none.yaml"),
        (["train", "experiments/tiny.yaml", "batch_size=1"], "batch_size is 1, expected at least 2"),
        (["evaluate", "latest"], "what to train"),
    ])
    func `what cannot be trained is said once`(_ command: [String], _ words: String) throws {
        let outcome = try apus(["launch", "--processes", "2"] + command, in: folder.path)
        #expect(outcome.status == 2)
        #expect(outcome.errors.components(separatedBy: words).count == 2, "\(outcome.errors)")
        #expect(!outcome.errors.contains("another process"))
    }

    @Test func `an environment that half says a group is refused`() throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["RANK=1", builtProducts.appending(path: "apus").path, "train", "experiments/tiny.yaml"]
        process.currentDirectoryURL = URL(filePath: folder.path)
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 2)
        #expect(text.contains("WORLD_SIZE is missing"))
    }
}

/// Two processes that train until something ends them.
/// Whether a process is there and has not ended: one that nobody has asked after is a zombie.
private func isRunning(_ process: Int32) -> Bool {
    guard let state = try? FileSystem.readText("/proc/\(process)/stat") else { return false }
    return state.split(separator: ")").last?.hasPrefix(" Z") == false
}

private final class Launched {
    private let process = Process()
    private let errors = Pipe()
    private let folder: String

    init(_ values: String..., in folder: String) throws {
        self.folder = folder
        process.executableURL = builtProducts.appending(path: "apus")
        process.arguments = ["launch", "--processes", "2", "train", "experiments/tiny.yaml", "-q"] + values
        process.currentDirectoryURL = URL(filePath: folder)
        (process.standardError, process.standardOutput) = (errors, FileHandle.nullDevice)
        try process.run()
    }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    func outcome() -> Outcome {
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return Outcome(status: process.terminationStatus, output: "", errors: text)
    }

    /// The processes that are there.
    var workers: [Int32] {
        let launcher = process.processIdentifier
        let children = (try? FileSystem.readText("/proc/\(launcher)/task/\(launcher)/children")) ?? ""
        return children.split(separator: " ").compactMap { Int32($0) }
    }

    /// The process of this rank, once the run has its first checkpoint.
    func worker(_ rank: Int) -> Int32? {
        for _ in 0..<1200 where process.isRunning {
            Thread.sleep(forTimeInterval: 0.05)
            guard hasCheckpoint else { continue }
            let found = workers.first { number in
                let environment = (try? FileSystem.readText("/proc/\(number)/environ")) ?? ""
                return environment.split(separator: "\0").contains("RANK=\(rank)")
            }
            if let found { return found }
        }
        return nil
    }

    private var hasCheckpoint: Bool {
        let files = FileManager.default.enumerator(atPath: folder + "/experiments/mlruns")
        return files?.contains { ($0 as? String)?.hasSuffix("last.safetensors") == true } ?? false
    }
}
