import ApusCore
import ApusModels
import ApusONNX
import ApusRuntime
import ApusVision
import Testing

@testable import ApusExport

private let photographs = FileSystem.folder(of: #filePath) + "/../../../shared/data/raccoon"

/// The smallest published size, as users export it.
@Suite struct FullSizeTests {
    private let detector = V8Detector(scale: .n, classCount: 80)

    private func exporter(side: Int) -> ModelExporter {
        let letterbox = LetterboxSpecification(width: side, height: side)
        return ModelExporter(
            description: ModelDescription(
                task: .detect, labels: (0..<80).map { "class \($0)" },
                input: InputSpecification(letterbox: letterbox)))
    }

    @Test func `the n scale takes the published operations`() throws {
        let summary = GraphSummary(try exporter(side: 640).model(of: detector))
        #expect((8.65e9..<8.75e9).contains(Double(try #require(summary.floatingPointOperations))))
        #expect(summary.outputs.map(\.shape) == [["batch", "84", "8400"]])
    }

    @Test(.enabled(if: FileSystem.exists(photographs)))
    func `photographs give the same boxes and scores`() throws {
        let files = try ImageFiles.list(at: [photographs]).prefix(3)
        let exporter = exporter(side: 320)
        let report = try ParityCheck(description: exporter.description)(
            detector, try Session(model: exporter.model(of: detector)),
            images: files.map { try Image(contentsOf: $0) })
        #expect(report.largestDifference < 1e-4, "\(report)")
    }
}
