import ApusCore
import ApusModels
import ApusONNX
import ApusRegistry
import ApusRuntime
import ApusTorch
import Glibc
import Testing

@testable import ApusExport

/// Three runtimes, one network: LibTorch, ours, and onnxruntime, whose outputs `Oracles/run_onnxruntime.py` wrote.
@Suite struct OracleTests {
    private static let folder = FileSystem.folder(of: #filePath) + "/Oracles"
    private let detector = TinyDetector.make()
    private let exporter = ModelExporter(description: TinyDetector.description())

    private var pixels: NDArray {
        var random = RandomStream(seed: 9)
        let shape: Shape = [2, 3, 64, 96]
        return NDArray((0..<shape.count).map { _ in random.uniform() }, shape: shape)
    }

    private func largestDifference(_ a: NDArray, _ b: NDArray) -> Float {
        zip(a.elements(of: Float.self), b.elements()).map { abs($0 - $1) }.max() ?? .infinity
    }

    @Test func `LibTorch and our runtime give what onnxruntime gives`() throws {
        let expected = try NPYFile.read(Self.folder + "/tiny_output.npy")
        let torch = try detector.predict(Tensor(pixels)).array()
        let session = try Session(model: try exporter.model(of: detector))
        let ours = try #require(try session.run(["images": pixels])["output0"])
        #expect(torch.shape == expected.shape && ours.shape == expected.shape)
        // Boxes are in pixels of a 96-pixel image.
        #expect(largestDifference(torch, expected) < 1e-3)
        #expect(largestDifference(ours, expected) < 1e-3)
    }

    /// Writes what the oracle reads.
    @Test(.enabled(if: getenv("APUS_WRITTEN_MODELS") != nil))
    func `writes the models for onnxruntime`() throws {
        let folder = String(cString: getenv("APUS_WRITTEN_MODELS"))
        try exporter.model(of: detector).write(to: folder + "/tiny.onnx")
        var dynamic = exporter
        dynamic.hasDynamicSize = true
        try dynamic.model(of: detector).write(to: folder + "/tiny_dynamic.onnx")
        try NPYFile.write(pixels, to: folder + "/tiny_input.npy")
        _ = try exporter.export(
            detector, card: ModelCard(), images: TinyDetector.images(), to: folder + "/tiny_version")
    }
}
