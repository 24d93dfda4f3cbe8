import ApusCore
import ApusONNX
import Glibc
import Testing
@testable import ApusRuntime

/// The cases of the ONNX project itself, where `APUS_ONNX_CASES` names a folder that `Oracles/dump_onnx_cases.py` wrote:
/// a case may be refused, but never computed wrongly.
@Suite struct ConformanceTests {
    static let folder = getenv("APUS_ONNX_CASES").map { String(cString: $0) }

    static var cases: [String] { folder.flatMap { try? FileSystem.names(in: $0) } ?? [] }

    private enum Verdict { case passed, refused, wrong }

    @Test(.enabled(if: folder != nil), arguments: Backend.allCases)
    func `no case is computed wrongly`(backend: Backend) throws {
        var counts: [Verdict: Int] = [:]
        for name in Self.cases {
            let verdict = try judge("\(Self.folder ?? "")/\(name)", backend)
            counts[verdict, default: 0] += 1
            if verdict == .wrong { Issue.record("\(name)") }
        }
        #expect(counts[.passed, default: 0] > 800, "\(counts)")
    }

    private func judge(_ folder: String, _ backend: Backend) throws -> Verdict {
        let inputs = try arrays(folder, "in_"), expected = try arrays(folder, "out_")
        let outputs: [String: NDArray]
        do {
            outputs = try Session(model: Model(contentsOf: folder + "/model.onnx"), options: backend.options).run(
                inputs)
        } catch {
            return .refused
        }
        let isRight = expected.allSatisfy { name, array in
            outputs[name]?.isClose(to: array, .onnxCase) ?? false
        }
        return isRight ? .passed : .wrong
    }

    private func arrays(_ folder: String, _ prefix: String) throws -> [String: NDArray] {
        var result: [String: NDArray] = [:]
        for file in try FileSystem.names(in: folder) where file.hasPrefix(prefix) {
            let name = file.dropFirst(prefix.count).dropLast(4).split(separator: "%", omittingEmptySubsequences: false)
            result[name.joined(separator: "/")] = try NPYFile.read("\(folder)/\(file)")
        }
        return result
    }
}
