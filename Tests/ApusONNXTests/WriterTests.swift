import ApusCore
import Glibc
import Testing

@testable import ApusONNX

/// Writes models for `Oracles/check_written.py`, which runs onnx.checker on them.
@Suite(.enabled(if: getenv("APUS_WRITTEN_MODELS") != nil)) struct WriterTests {
    private let folder = getenv("APUS_WRITTEN_MODELS").map { String(cString: $0) } ?? "/tmp"

    @Test(arguments: Goldens.names)
    func `models of the oracle`(name: String) throws {
        try Goldens.model(name).write(to: folder + "/" + name.replacing("/", with: "_"))
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `random models`(seed: UInt64) throws {
        try RandomModel.make(seed: seed).write(to: folder + "/random\(seed).onnx")
    }
}
