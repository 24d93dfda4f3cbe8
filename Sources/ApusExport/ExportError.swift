import ApusCore
import ApusONNX

/// A model that cannot be exported, or whose export does not compute what the model does.
public enum ExportError: Error, Equatable, CustomStringConvertible {
    case unsupportedArchitecture(String)
    case imageSize(width: Int, height: Int, multipleOf: Int)
    /// A network for keypoints takes one size only: width and height.
    case crop(model: [Int], description: [Int])
    case classCount(model: Int, labels: Int)
    case versionExists(folder: String)
    case noImages
    case parity(ParityReport)
    case outputs(expected: [String], found: [String])
    /// Why a model cannot be quantized.
    case quantization(String)
    case file(FileError)

    public var description: String {
        switch self {
        case .unsupportedArchitecture(let name): "no ONNX form of the architecture \(name)"
        case .imageSize(let width, let height, let multiple):
            "an image size of \(width)×\(height); choose multiples of \(multiple)"
        case .crop(let model, let description):
            "an image size of \(description[0])×\(description[1]), but the network takes \(model[0])×\(model[1])"
        case .classCount(let model, let labels):
            "the model finds \(model) classes, but \(labels) labels are given; give one label a class"
        case .versionExists(let folder):
            "\(folder) is there already, and versions never change; export to a new version"
        case .noImages: "no image to prove parity on; give at least one"
        case .parity(let report): "the exported model does not compute what was trained: \(report)"
        case .outputs(let expected, let found):
            "the exported model has the outputs \(found.joined(separator: ", ")), expected "
                + expected.joined(separator: ", ")
        case .quantization(let reason): "the model cannot be quantized: \(reason)"
        case .file(let error): error.description
        }
    }
}
