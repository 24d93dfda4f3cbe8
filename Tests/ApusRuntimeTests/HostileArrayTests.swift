import ApusCore
import ApusONNX
import Testing
@testable import ApusRuntime

/// Array operators get what no exporter writes: each must return or throw, never trap.
@Suite struct HostileArrayTests {
    private static let huge = Int.max

    /// Attributes that a careless implementation would trust.
    private static let oddities: [(operators: [String], attributes: [[String: Attribute]])] = [
        (
            [
                "Gather", "GatherElements", "ScatterElements", "Scatter", "Concat", "Softmax", "Hardmax", "ArgMax",
                "Compress", "Unique", "OneHot", "Split", "TopK", "CumSum", "LogSoftmax",
            ], [["axis": .int(huge)], ["axis": .int(.min)], ["axis": -1], ["axis": 2]]
        ),
        (["GatherND"], [["batch_dims": 1], ["batch_dims": -1], ["batch_dims": .int(huge)]]),
        (
            ["ScatterElements", "ScatterND"],
            [["reduction": "add"], ["reduction": "max", "axis": 1], ["reduction": "none"], ["reduction": "mean"]]
        ),
        (["BitShift"], [["direction": "LEFT"], ["direction": "RIGHT"], ["direction": "UP"], [:]]),
        (
            ["Einsum"],
            [
                ["equation": "ij,jk->ik"], ["equation": "ii"], ["equation": "...i,...i"], ["equation": "i,j,k->kji"],
                ["equation": ",->"], ["equation": "ij,ij->"], ["equation": "...->..."], ["equation": "abcd"],
            ]
        ),
        (["EyeLike"], [["k": .int(huge)], ["k": .int(.min)], ["dtype": 9], ["dtype": 77], ["dtype": 10]]),
        (["Trilu"], [["upper": 0], ["upper": 1]]),
        (["ReverseSequence"], [["batch_axis": 0, "time_axis": 1], ["batch_axis": 5], ["time_axis": 1]]),
        (
            ["RNN", "GRU", "LSTM"],
            [
                ["hidden_size": 1], ["hidden_size": .int(huge)], ["layout": 1], ["direction": "bidirectional"],
                ["clip": .float(.nan)], ["linear_before_reset": 1],
            ]
        ),
        (
            ["RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike", "Bernoulli", "Multinomial"],
            [
                ["shape": [-1]], ["shape": .ints([huge, huge])], ["shape": [0, 1 << 40, 1 << 40]], ["dtype": 7],
                ["sample_size": .int(huge)], ["sample_size": 0], ["scale": .float(.nan), "shape": [3]],
            ]
        ),
        (
            ["DepthToSpace", "SpaceToDepth"],
            [["blocksize": .int(huge)], ["blocksize": .int(1 << 24)], ["blocksize": -2]]
        ),
        (["Transpose"], [["perm": .ints([huge, 0])], ["perm": [-1, 0]], ["perm": [0, 0]], ["perm": []]]),
        (["Pad"], [["mode": "wrap"], ["mode": "edge"], ["mode": "reflect"], ["mode": "mirror"]]),
        (["Mod"], [["fmod": 1], ["fmod": 0]]),
        (
            ["ReduceSum", "ReduceMax", "ReduceMean", "ReduceLogSumExp", "ReduceProd", "ReduceL1", "ReduceL2"],
            [["keepdims": 0], ["noop_with_empty_axes": 1], ["axes": .ints([huge])], ["axes": [0, 0]]]
        ),
        (["Shrink", "Celu"], [["alpha": 0], ["lambd": .float(.nan)], ["bias": .float(.infinity)]]),
        (["CenterCropPad"], [["axes": .ints([huge])], ["axes": [0, 0]], ["axes": [1]]]),
        (
            ["Tile", "Expand", "Slice", "Range", "NonZero", "Where", "Pow", "Div", "IsInf", "BitwiseNot", "MatMul"],
            [[:]]
        ),
    ]

    private static let candidates: [NDArray] = [
        NDArray([] as [Float], shape: [0]), noise([]), noise([0, 3]), noise([2, 3]), noise([3, 3]), noise([2, 3, 4]),
        noise([1, 1, 1]), NDArray([Float.nan, .infinity, -.infinity]), NDArray([Int64.min, .max]),
        NDArray([0, 1] as [Int64]), NDArray([-1, 7, 1 << 40] as [Int64]), NDArray(scalar: Int64.min),
        NDArray([0, -1, 1, 0] as [Int64], shape: [2, 2]), NDArray([Int32.min, 0] as [Int32]),
        NDArray([Int8.min, -1] as [Int8]), NDArray([0, 255] as [UInt8]), NDArray([UInt64.max]),
        NDArray([true, false]), NDArray([1.5, .nan] as [Double]), NDArray([] as [Int64], shape: [0]),
        NDArray([0, 1 << 30, 1 << 30] as [Int64]), NDArray([1 << 33, 1 << 33] as [Int64]),
        NDArray([] as [Float], shape: [1 << 40, 0]), NDArray([] as [Int64], shape: [1 << 28, 1 << 28, 0]),
        NDArray([] as [Float], shape: [0, 1 << 40, 3]), NDArray([] as [Float], shape: [1 << 40, 0, 1, 1]),
    ]

    @Test(arguments: oddities.indices)
    func `no attribute and no input makes an operator crash`(index: Int) {
        let (operators, variants) = Self.oddities[index]
        for name in operators {
            for attributes in variants {
                for opset in [9, 18] {
                    tryAll(name, attributes, opset)
                }
            }
        }
    }

    private func tryAll(_ name: String, _ attributes: [String: Attribute], _ opset: Int) {
        let options = Session.Options(threads: 1, memoryLimit: 1 << 24)
        func attempt(_ inputs: [NDArray]) {
            guard
                let session = try? Session(
                    name, inputs: inputs, outputs: 1, attributes: attributes, opset: opset, options: options)
            else { return }
            _ = try? session.run(Dictionary(uniqueKeysWithValues: inputs.enumerated().map { ("x\($0)", $1) }))
        }
        attempt([])
        for first in Self.candidates {
            attempt([first])
            for second in Self.candidates {
                attempt([first, second])
                attempt([first, second, first])
                attempt([first, second, second])
            }
        }
    }

    @Test func `what integers cannot express is refused`() {
        for type in [NDArray([0] as [Int8]), NDArray([0] as [UInt16]), NDArray([0] as [Int64])] {
            for name in ["Div", "Mod"] {
                #expect(throws: RuntimeError.self) { try run(name, [type, type]) }
            }
        }
        #expect(throws: RuntimeError.self) {
            try run("ReduceMean", [NDArray([] as [Int64]), NDArray([0] as [Int64])], opset: 18)
        }
        #expect(throws: RuntimeError.self) {
            try run("BitShift", [noise([1]), noise([1])], attributes: ["direction": "LEFT"])
        }
        #expect(throws: RuntimeError.self) { try run("BitwiseAnd", [noise([1]), noise([1])], opset: 18) }
        #expect(throws: RuntimeError.self) { try run("Acos", [NDArray([1] as [Int64])]) }
    }

    @Test func `indices outside are refused`() {
        let x = noise([2, 3])
        let out = NDArray([2, 0] as [Int64], shape: [1, 2]), below = NDArray([0, -4] as [Int64], shape: [1, 2])
        for indices in [out, below] {
            #expect(throws: RuntimeError.self) { try run("GatherND", [x, indices]) }
            #expect(throws: RuntimeError.self) { try run("ScatterND", [x, indices, noise([1])]) }
        }
        for index in [2, -3, Int64.max, .min] {
            let indices = NDArray([index], shape: [1, 1])
            #expect(throws: RuntimeError.self) { try run("GatherElements", [x, indices]) }
            #expect(throws: RuntimeError.self) { try run("ScatterElements", [x, indices, noise([1, 1])]) }
        }
        #expect(throws: RuntimeError.self) { try run("ScatterElements", [x, out, noise([1, 1])]) }
        #expect(throws: RuntimeError.self) {
            try run("GatherND", [x, NDArray([0] as [Int64])], attributes: ["batch_dims": 1])
        }
    }
}
