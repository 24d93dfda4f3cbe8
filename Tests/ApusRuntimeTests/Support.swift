import ApusCore
import ApusONNX
@testable import ApusRuntime

/// Files that the generators in `Oracles/` wrote.
enum Oracles {
    static let folder = FileSystem.folder(of: #filePath) + "/Oracles"

    static func names(in subfolder: String) -> [String] {
        (try? FileSystem.names(in: folder + "/" + subfolder)) ?? []
    }
}

/// How a model is run in tests: results must not depend on it.
enum Backend: CaseIterable {
    /// Fused, on the best kernels.
    case optimized
    /// As written, on the best kernels.
    case plain
    /// Fused, on the portable kernels.
    case generic

    var options: Session.Options {
        Session.Options(threads: 2, optimizes: self != .plain, instructions: self == .generic ? .generic : .best)
    }
}

/// How far two arrays may differ.
enum Tolerance {
    /// Sums of floats in another order.
    case rounding
    /// A chain of layers.
    case wholeModel

    var relative: Double {
        switch self {
        case .rounding: 1e-5
        case .wholeModel: 1e-4
        }
    }

    /// onnxruntime's sigmoid is itself off by as much where it is near 0.
    var absolute: Double { self == .rounding ? 0 : 5e-7 }
}

extension NDArray {
    /// Whether shape and type agree, and every element to `tolerance` of itself and of the largest.
    func isClose(to other: NDArray, _ tolerance: Tolerance = .rounding) -> Bool {
        guard shape == other.shape, dataType == other.dataType else { return false }
        guard let a = doubles, let b = other.doubles else { return self == other }
        let largest = b.reduce(0) { $1.isFinite ? max($0, $1.magnitude) : $0 }
        return zip(a, b).allSatisfy { x, y in
            x == y || x.isNaN && y.isNaN
                || (x - y).magnitude <= tolerance.relative * (y.magnitude + largest) + tolerance.absolute
        }
    }

    private var doubles: [Double]? {
        switch dataType {
        case .float32: elements(of: Float.self).map(Double.init)
        case .float64: elements(of: Double.self)
        default: nil
        }
    }
}

extension Session {
    /// A session of one node whose inputs are all fed.
    convenience init(
        _ node: String, inputs: [NDArray], outputs: Int = 1, attributes: [String: Attribute] = [:], opset: Int = 17,
        options: Options = Options(threads: 1)
    ) throws {
        let names = inputs.indices.map { "x\($0)" }, results = (0..<outputs).map { "y\($0)" }
        let infos = zip(names, inputs).map { ValueInfo($0, $1.dataType, shape: nil) }
        let graph = Graph(
            name: "test", nodes: [Node(node, name: "node", inputs: names, outputs: results, attributes: attributes)],
            inputs: infos, outputs: results.map { ValueInfo($0, .float32, shape: nil) })
        try self.init(model: Model(graph: graph, opset: opset), options: options)
    }
}

/// Runs one node on `inputs`.
func run(
    _ node: String, _ inputs: [NDArray], outputs: Int = 1, attributes: [String: Attribute] = [:], opset: Int = 17
) throws -> [NDArray] {
    let session = try Session(node, inputs: inputs, outputs: outputs, attributes: attributes, opset: opset)
    let feeds = Dictionary(uniqueKeysWithValues: inputs.enumerated().map { ("x\($0.offset)", $0.element) })
    let results = try session.run(feeds)
    return (0..<outputs).compactMap { results["y\($0)"] }
}

/// Numbers that look random and are the same everywhere.
func noise(_ shape: Shape, seed: UInt64 = 1) -> NDArray {
    var stream = RandomStream(seed: seed, epoch: 0, sample: 0, purpose: 0)
    return NDArray((0..<shape.count).map { _ in Float.random(in: -1...1, using: &stream) }, shape: shape)
}
