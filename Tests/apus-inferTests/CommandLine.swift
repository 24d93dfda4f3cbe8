import ApusCore
import Foundation
import Glibc
import Testing

/// The built command, run as a shell runs it.
enum Command {
    struct Output {
        let status: Int32
        let output: String
        let errors: String

        var lines: [Substring] { output.split(separator: "\n") }
    }

    /// Beside the test runner, where the package manager puts both.
    static let path: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let runner = String(decoding: buffer[..<max(count, 0)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return FileSystem.folder(of: runner) + "/apus-infer"
    }()

    static func run(_ words: String..., in folder: String = ".") throws -> Output {
        try run(words: words, in: folder)
    }

    static func run(
        _ program: String = path, words: [String], in folder: String = ".", environment: [String: String] = [:]
    ) throws -> Output {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = words
        process.currentDirectoryURL = URL(filePath: folder)
        process.environment = ["COLUMNS": "100", "LANG": "C.UTF-8"].merging(environment) { $1 }
        let (output, errors) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (output, errors)
        try process.run()
        let results = try [output, errors].map { try $0.fileHandleForReading.readToEnd() ?? Data() }
        process.waitUntilExit()
        return Output(
            status: process.terminationStatus, output: String(decoding: results[0], as: UTF8.self),
            errors: String(decoding: results[1], as: UTF8.self))
    }
}

/// Text that a command is to print, kept in Oracles. RECORD_SNAPSHOTS=1 writes it anew.
func expectSnapshot(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let path = FileSystem.folder(of: #filePath) + "/Oracles/" + name + ".txt"
    if getenv("RECORD_SNAPSHOTS") != nil { try FileSystem.writeWhole(text, to: path) }
    #expect(text == (try FileSystem.readText(path)), sourceLocation: sourceLocation)
}

/// A folder of its own below /tmp, removed with what is in it when the value goes.
final class TemporaryFolder {
    let path = "/tmp/apus-infer-tests-\(getpid())-\(UInt32.random(in: 0 ... .max))"

    init() throws { try FileSystem.createFolder(path) }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
