import ApusCore
import ApusONNX
import Foundation
import Testing

/// Repeated runs allocate nothing: counted from outside, by a `malloc` of our own.
@Suite struct AllocationTests {
    /// What a MobileNet is made of: a stem, an expansion with its depthwise filter, a squeeze, a residual, a classifier.
    private func model() -> Model {
        var builder = GraphBuilder(name: "net")
        var stream = RandomStream(seed: 1, epoch: 0, sample: 0, purpose: 0)
        func noise(_ shape: Shape) -> GraphValue {
            let values = (0..<shape.count).map { _ in Float.random(in: -0.3...0.3, using: &stream) }
            return builder.constant(NDArray(values, shape: shape), name: "w")
        }
        func convolve(_ x: GraphValue, _ shape: Shape, group: Int = 1, pad: Int = 0) -> GraphValue {
            let attributes: [String: Attribute] = ["group": .int(group), "pads": .ints([pad, pad, pad, pad])]
            return builder.node("Conv", [x, noise(shape)], attributes: attributes)
        }
        let x = builder.input("images", shape: [1, 3, 32, 32])
        let stem = builder.node("Relu", [convolve(x, [16, 3, 3, 3], pad: 1)])
        let wide = builder.node("Relu", [convolve(stem, [64, 16, 1, 1])])
        let filtered = builder.node("Relu", [convolve(wide, [64, 1, 3, 3], group: 64, pad: 1)])
        let mean = builder.node("GlobalAveragePool", [filtered])
        let gates = builder.node("HardSigmoid", [convolve(mean, [64, 64, 1, 1])])
        let narrow = convolve(builder.node("Mul", [filtered, gates]), [16, 64, 1, 1])
        let sum = builder.node("Add", [narrow, stem])
        let deep = builder.node("Concat", [convolve(sum, [16, 16, 3, 3], pad: 1), stem], attributes: ["axis": 1])
        let flat = builder.node("Flatten", [builder.node("GlobalAveragePool", [deep])])
        let logits = builder.node("Gemm", [flat, noise([10, 32]), noise([10])], attributes: ["transB": 1])
        builder.output(builder.node("Softmax", [logits]), name: "scores", shape: [1, 10])
        return builder.model()
    }

    private static let hasCompiler = (try? Command.run("/usr/bin/env", words: ["clang", "--version"]))?.status == 0

    @Test(.enabled(if: hasCompiler), arguments: [1, 2])
    func `a run after the first ones allocates nothing`(threads: Int) throws {
        let folder = try TemporaryFolder(), library = folder.path + "/count.so", file = folder.path + "/net.onnx"
        let source = FileSystem.folder(of: #filePath) + "/Oracles/count_allocations.c"
        let words = ["clang", "-O1", "-shared", "-fPIC", source, "-o", library]
        #expect(try Command.run("/usr/bin/env", words: words).status == 0)
        try model().write(to: file)
        func allocations(runs: Int) throws -> Int {
            let count = folder.path + "/count"
            let words = ["benchmark", file, "--runs", "\(runs)", "--threads", "\(threads)", "--json"]
            let result = try Command.run(words: words, environment: ["LD_PRELOAD": library, "APUS_ALLOCATIONS": count])
            #expect(result.status == 0, "\(result.errors)")
            return try #require(Int(try FileSystem.readText(count)))
        }
        // Texts of other numbers may take another allocation or two; 4000 runs may not.
        let few = try allocations(runs: 100), many = try allocations(runs: 4100)
        #expect(many - few < 40, "\(many - few) allocations in 4000 runs")
        #expect(few > 100)
    }
}
