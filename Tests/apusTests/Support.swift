import ApusCore
import ApusVision
import Foundation

/// What a command printed and how it ended.
struct Outcome {
    var status: Int32
    var output: String
    var errors: String
}

/// Runs the built `apus` as a user would.
func apus(_ arguments: String..., in folder: String = ".") throws -> Outcome {
    try apus(arguments, in: folder)
}

func apus(_ arguments: [String], in folder: String = ".") throws -> Outcome {
    let process = Process()
    process.executableURL = builtProducts.appending(path: "apus")
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = ProcessInfo.processInfo.environment.merging(["COLUMNS": "100"]) { $1 }
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    let collected = Collector(errors)
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Outcome(
        status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
        errors: String(decoding: collected.finish(), as: UTF8.self))
}

/// Drains a pipe on its own thread, so that a talkative child never blocks.
private final class Collector: @unchecked Sendable {
    private var data = Data()
    private let done = DispatchSemaphore(value: 0)

    init(_ pipe: Pipe) {
        let handle = pipe.fileHandleForReading
        Thread.detachNewThread { [self] in
            data = handle.readDataToEndOfFile()
            done.signal()
        }
    }

    func finish() -> Data {
        done.wait()
        return data
    }
}

/// The folder that this test bundle was built into.
let builtProducts: URL = {
    let arguments = CommandLine.arguments
    let bundle = arguments.first { $0.hasSuffix(".xctest") } ?? arguments[0]
    return URL(filePath: bundle).deletingLastPathComponent()
}()

/// A folder that is gone when the test is done.
final class TemporaryFolder {
    let path = NSTemporaryDirectory() + "apus-command-\(UUID().uuidString)"

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let file = URL(filePath: path + "/" + name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        return file.path
    }
}

extension TemporaryFolder {
    /// A workspace of squares, four images a split, and a network that learns them in no time.
    func writeWorkspace(splits: [String]) throws {
        let data = "datasets/squares"
        for split in splits {
            for index in 0..<4 {
                try write("0 0.5 0.5 0.25 0.25\n", to: "\(data)/raw/labels/\(split)/\(index).txt")
                let color = [UInt8(40 * index + split.utf8.count), 90, split.utf8.first ?? 0]
                let image = Image(width: 64, height: 64, color: color)
                let file = "\(path)/\(data)/raw/images/\(split)/\(index).png"
                try FileSystem.createFolder(FileSystem.folder(of: file))
                try FileSystem.writeWhole(image.pngData(), to: file)
            }
        }
        let folders = splits.map { "\($0): images/\($0)\n" }.joined()
        try write(folders + "names: [square]\n", to: "\(data)/raw/data.yaml")
        try write(
            "name: squares\nsource: {format: yolo, path: raw}\nsplits: {method: declared}\n", to: "\(data)/dataset.yaml"
        )
        try write("architecture: v8-detect\nwidth: 0.125\ndepth: 0.33\nmaxChannels: 128\n", to: "models/tiny.yaml")
    }
}
