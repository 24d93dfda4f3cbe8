import ApusCore
import ApusONNX
import Testing
@testable import ApusRuntime

/// Whatever a graph asks for, the answer is a result or a typed error.
@Suite struct OddGraphTests {
    private static let empty = NDArray([] as [Float], shape: [0])

    @Test func `names the node, what was expected and what was found`() {
        let x = noise([1, 3, 8, 8]), w = noise([4, 5, 3, 3])
        #expect(throws: RuntimeError.operation("Conv", node: "node", expected: "5 channels", found: "[1, 3, 8, 8]")) {
            try run("Conv", [x, w])
        }
    }

    @Test func `refuses an operator that it does not have`() {
        #expect(throws: RuntimeError.graph(.unsupportedOperator("Fancy", opset: 17, node: "node"))) {
            try run("Fancy", [noise([1])])
        }
    }

    @Test func `refuses what no memory holds`() throws {
        for extents in [[1 << 20, 1 << 20, 1 << 20], [Int64.max, 2], [1 << 40], [-3]] as [[Int64]] {
            #expect(throws: RuntimeError.self) { try run("ConstantOfShape", [NDArray(extents)]) }
            #expect(throws: RuntimeError.self) { try run("Expand", [noise([1]), NDArray(extents)]) }
            #expect(throws: RuntimeError.self) { try run("Tile", [noise([1]), NDArray(extents)]) }
        }
        #expect(throws: RuntimeError.self) {
            try run("Range", [NDArray(scalar: Int64(0)), NDArray(scalar: Int64.max), NDArray(scalar: Int64(1))])
        }
        #expect(throws: RuntimeError.self) {
            try run("Pad", [noise([1]), NDArray([1 << 39, 1 << 39] as [Int64])])
        }
        #expect(throws: RuntimeError.self) {
            try run("Resize", [noise([1, 1, 1, 1]), Self.empty, NDArray([1, 1, 1e6, 1e6] as [Float])])
        }
    }

    @Test func `keeps to the memory limit`() throws {
        let session = try Session("Relu", inputs: [noise([1000])], options: .init(threads: 1, memoryLimit: 1000))
        #expect(throws: RuntimeError.memory(bytes: 4000, limit: 1000, operatorType: "Relu", node: "node")) {
            try session.run(["x0": noise([1000])])
        }
    }

    @Test func `refuses windows that do not fit`() {
        let x = noise([1, 1, 4, 4])
        let odd: [[String: Attribute]] = [
            ["kernel_shape": [9, 9]], ["kernel_shape": [0, 2]], ["kernel_shape": [2, 2], "strides": [0, 1]],
            ["kernel_shape": [2, 2], "pads": [-1, 0, 0, 0]], ["kernel_shape": [2]], ["kernel_shape": [2, 2, 2]],
            ["kernel_shape": [2, 2], "dilations": [1 << 30, 1]], ["kernel_shape": [1 << 40, 1]], [:],
            ["kernel_shape": [2, 2], "auto_pad": "SOMEHOW"], ["kernel_shape": "2"],
        ]
        for attributes in odd where attributes["kernel_shape"] != [2] {
            #expect(throws: RuntimeError.self, "\(attributes)") { try run("MaxPool", [x], attributes: attributes) }
        }
        #expect(throws: RuntimeError.self) { try run("Conv", [x, noise([1, 1, 0, 3])]) }
        #expect(throws: RuntimeError.self) { try run("Conv", [x, noise([3, 1, 3, 3])], attributes: ["group": 2]) }
        #expect(throws: RuntimeError.self) { try run("Conv", [x, noise([1, 1, 3, 3]), noise([7])]) }
        #expect(throws: RuntimeError.self) { try run("Conv", [x, NDArray([1, 2] as [Int64])]) }
        #expect(throws: RuntimeError.self) { try run("ConvTranspose", [x, noise([2, 1, 3, 3])]) }
    }

    @Test func `refuses indices, axes and shapes outside`() {
        let x = noise([2, 3])
        #expect(throws: RuntimeError.self) { try run("Gather", [x, NDArray([5] as [Int64])]) }
        #expect(throws: RuntimeError.self) { try run("Gather", [x, NDArray([0] as [Int64])], attributes: ["axis": 7]) }
        #expect(throws: RuntimeError.self) { try run("Reshape", [x, NDArray([4, -1] as [Int64])]) }
        #expect(throws: RuntimeError.self) { try run("Reshape", [x, NDArray([-1, -1] as [Int64])]) }
        #expect(throws: RuntimeError.self) { try run("Reshape", [x, x]) }
        #expect(throws: RuntimeError.self) { try run("Transpose", [x], attributes: ["perm": [0, 0]]) }
        #expect(throws: RuntimeError.self) { try run("Concat", [x, noise([3, 4])], attributes: ["axis": 0]) }
        #expect(throws: RuntimeError.self) { try run("Concat", [noise([]), noise([])], attributes: ["axis": 0]) }
        #expect(throws: RuntimeError.self) { try run("Add", [x, noise([4])]) }
        #expect(throws: RuntimeError.self) { try run("Add", [x, NDArray([1] as [Int64])]) }
        #expect(throws: RuntimeError.self) { try run("MatMul", [x, noise([2, 3])]) }
        #expect(throws: RuntimeError.self) { try run("MatMul", [noise([]), noise([])]) }
        #expect(throws: RuntimeError.self) { try run("Gemm", [x, noise([3])]) }
        #expect(throws: RuntimeError.self) { try run("Squeeze", [x, NDArray([0] as [Int64])]) }
        #expect(throws: RuntimeError.self) { try run("Unsqueeze", [x, NDArray([9] as [Int64])]) }
        #expect(throws: RuntimeError.self) { try run("TopK", [x, NDArray([9] as [Int64])], outputs: 2) }
        #expect(throws: RuntimeError.self) { try run("Split", [x, NDArray([9, -7] as [Int64])], outputs: 2) }
        #expect(throws: RuntimeError.self) { try run("ArgMax", [noise([0, 2])]) }
        #expect(throws: RuntimeError.self) { try run("Softmax", [x], attributes: ["axis": 5]) }
        #expect(throws: RuntimeError.self) {
            try run(
                "Slice",
                [x, NDArray([0] as [Int64]), NDArray([1] as [Int64]), NDArray([0] as [Int64]), NDArray([0] as [Int64])])
        }
    }

    @Test func `takes extreme slices and divisions as ONNX does`() throws {
        let x = NDArray([1, 2, 3] as [Float])
        let bounds = [Int64.min, .min + 1, -4, 0, 2, .max]
        for start in bounds {
            for end in bounds {
                for step in [Int64.min + 1, -2, 1, 3, .max] {
                    _ = try run(
                        "Slice", [x, NDArray([start]), NDArray([end]), NDArray([0] as [Int64]), NDArray([step])])
                }
            }
        }
        #expect(try run("Div", [NDArray([Int64.min]), NDArray([-1] as [Int64])]).count == 1)
        #expect(throws: RuntimeError.self) { try run("Div", [NDArray([1] as [Int64]), NDArray([0] as [Int64])]) }
        #expect(throws: RuntimeError.self) { try run("Mod", [NDArray([1] as [Int64]), NDArray([0] as [Int64])]) }
        #expect(try run("Mod", [NDArray([Int64.min]), NDArray([-1] as [Int64])]) == [NDArray([0] as [Int64])])
    }

    @Test(arguments: OperatorRegistry.operatorNames)
    func `no operator crashes on empty, scalar or strange inputs`(name: String) throws {
        let candidates = [
            Self.empty, noise([]), noise([0, 3, 0, 2]), noise([2, 3]), noise([1, 2, 3, 4]), noise([1, 1, 1, 1, 1]),
            NDArray([] as [Int64]), NDArray([1] as [Int64]), NDArray([-1, 7] as [Int64]), NDArray(scalar: Int64(-9)),
            NDArray([true, false]), NDArray([1.5] as [Double]), NDArray([200, 3] as [UInt8]),
            noise([1, 1, 1, 1, 1, 1, 1, 1, 1, 2]),
        ]
        let attributes: [[String: Attribute]] = [
            [:], ["axis": -1, "to": 1, "blocksize": 1, "kernel_shape": [1, 1]], ["axis": 1, "to": 7, "perm": [1, 0]],
        ]
        for count in 1...3 {
            for first in candidates {
                for second in count == 1 ? [Self.empty] : candidates {
                    for attributes in attributes {
                        let inputs = Array([first, second, second].prefix(count))
                        for outputs in 1...2 {
                            _ = try? run(name, inputs, outputs: outputs, attributes: attributes)
                        }
                    }
                }
            }
        }
    }
}
