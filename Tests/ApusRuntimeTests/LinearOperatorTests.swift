import ApusCore
import ApusONNX
import Testing
@testable import ApusRuntime

/// What must hold of products and recurrences whatever the numbers are.
@Suite struct LinearOperatorTests {
    private func einsum(_ equation: String, _ inputs: [NDArray]) throws -> NDArray {
        try run("Einsum", inputs, attributes: ["equation": .string(equation)])[0]
    }

    @Test func `an equation of a matrix product is one`() throws {
        let a = noise([5, 3, 4]), b = noise([5, 4, 6], seed: 2)
        let product = try run("MatMul", [a, b])[0]
        #expect(try einsum("bij,bjk->bik", [a, b]).isClose(to: product))
        #expect(try einsum("...ij,...jk", [a, b]).isClose(to: product))
        let turned = try run("Transpose", [product], attributes: ["perm": [2, 0, 1]])[0]
        #expect(try einsum("zij,zjk->kzi", [a, b]).isClose(to: turned))
    }

    @Test func `a label in one term only is summed, a repeated one is a diagonal`() throws {
        let x = noise([4, 4])
        #expect(try einsum("ij->", [x]).isClose(to: try run("ReduceSum", [x], attributes: ["keepdims": 0])[0]))
        let eye = try run("EyeLike", [x])[0], diagonal = try einsum("ii->i", [x])
        #expect(try einsum("ij,ij->i", [x, eye]).isClose(to: diagonal))
        #expect(try einsum("ji", [x]) == (try run("Transpose", [x])[0]))
    }

    @Test func `extents of one are stretched`() throws {
        let a = noise([1, 4]), b = noise([3, 4], seed: 2)
        #expect(try einsum("ij,ij->ij", [a, b]).isClose(to: try run("Mul", [a, b])[0]))
        #expect(try einsum("...,...->...", [noise([2, 1]), b.reshaped(to: [3, 1, 4])]).shape == [3, 2, 4])
    }

    @Test func `what is no equation is refused`() throws {
        let x = noise([2, 3])
        for equation in [
            "", "ij,", "i", "ijk", "ij->ik", "ij->ii", "i1", "i..j", "ij->j->i", "......", "ij->...ij.", "→",
        ] {
            #expect(throws: RuntimeError.self, "\(equation)") { try einsum(equation, [x]) }
        }
        #expect(throws: RuntimeError.self) { try einsum("ij,jk->ik", [x, x]) }
        #expect(throws: RuntimeError.self) { try einsum("ii", [x]) }
    }

    @Test func `a product over nothing is zero`() throws {
        let zeros = NDArray(zeros: [2, 3])
        #expect(try run("MatMul", [noise([2, 0]), noise([0, 3])]) == [zeros])
        #expect(try run("Gemm", [noise([2, 0]), noise([0, 3])]) == [zeros])
        #expect(try einsum("ij,jk->ik", [noise([2, 0]), noise([0, 3])]) == zeros)
        let doubles = NDArray([] as [Double], shape: [2, 0])
        #expect(
            try run("MatMul", [doubles, doubles.reshaped(to: [0, 2])]) == [NDArray(zeros: [2, 2], dataType: .float64)])
    }

    // MARK: Recurrences

    private static let layers: [(name: String, gates: Int)] = [("RNN", 1), ("GRU", 3), ("LSTM", 4)]

    private func weights(_ gates: Int, directions: Int = 1) -> [NDArray] {
        [
            noise([directions, gates * 5, 3], seed: 2), noise([directions, gates * 5, 5], seed: 3),
            noise([directions, gates * 10], seed: 4),
        ]
    }

    @Test(arguments: layers)
    func `a batch is its sequences`(name: String, gates: Int) throws {
        let x = noise([4, 2, 3]), weights = weights(gates)
        let whole = try run(name, [x] + weights, outputs: 2)[0]
        let parts = try run("Split", [x], outputs: 2, attributes: ["axis": 1]).map { part in
            try run(name, [part] + weights, outputs: 2)[0]
        }
        #expect(try run("Concat", parts, attributes: ["axis": 2])[0].isClose(to: whole))
    }

    @Test(arguments: layers)
    func `the batch may come first`(name: String, gates: Int) throws {
        let x = noise([4, 2, 3]), weights = weights(gates)
        let expected = try run(name, [x] + weights, outputs: 2, opset: 14)
        let turned = try run("Transpose", [x], attributes: ["perm": [1, 0, 2]])[0]
        let found = try run(name, [turned] + weights, outputs: 2, attributes: ["layout": 1], opset: 14)
        #expect(try run("Transpose", [found[0]], attributes: ["perm": [1, 2, 0, 3]])[0] == expected[0])
        #expect(try run("Transpose", [found[1]], attributes: ["perm": [1, 0, 2]])[0] == expected[1])
    }

    @Test(arguments: layers)
    func `a sequence run from its end is the reversed one`(name: String, gates: Int) throws {
        let x = noise([4, 2, 3]), weights = weights(gates), lengths = NDArray([4, 4] as [Int64])
        let backward = try run(name, [x] + weights, outputs: 2, attributes: ["direction": "reverse"])
        let forward = try run(name, [try run("ReverseSequence", [x, lengths])[0]] + weights, outputs: 2)
        #expect(backward[1] == forward[1])
    }

    @Test(arguments: layers)
    func `doubles agree with floats`(name: String, gates: Int) throws {
        let inputs = [noise([4, 2, 3])] + weights(gates, directions: 2)
        let doubles = inputs.map { NDArray($0.elements(of: Float.self).map(Double.init), shape: $0.shape) }
        let attributes: [String: Attribute] = ["direction": "bidirectional"]
        let wide = try run(name, doubles, outputs: 1, attributes: attributes)[0].elements(of: Double.self)
        let narrow = try run(name, inputs, outputs: 1, attributes: attributes)[0].elements(of: Float.self)
        #expect(zip(wide, narrow).allSatisfy { abs($0 - Double($1)) < 1e-5 })
    }

    @Test func `wrong weights are refused`() throws {
        let x = noise([4, 2, 3])
        let odd: [[NDArray]] = [
            [x], [x, noise([1, 5, 3])], [x, noise([1, 5, 3]), noise([1, 4, 5])], [x, noise([5, 3]), noise([5, 5])],
            [x, noise([1, 5, 2]), noise([1, 5, 5])], [x, noise([2, 5, 3]), noise([2, 5, 5])],
            [x, noise([1, 5, 3]), noise([1, 5, 5]), noise([1, 9])],
            [x, noise([1, 5, 3]), noise([1, 5, 5]), noise([1, 10]), NDArray([5, 1] as [Int32])],
            [x, noise([1, 5, 3]), noise([1, 5, 5]), noise([1, 10]), NDArray([-1, 1] as [Int32])],
            [x, noise([1, 5, 3]), noise([1, 5, 5]), noise([1, 10]), NDArray([1, 1] as [Int32]), noise([1, 2, 4])],
        ]
        for inputs in odd { #expect(throws: RuntimeError.self) { try run("RNN", inputs) } }
        let good = [x, noise([1, 5, 3]), noise([1, 5, 5])]
        let wrong: [[String: Attribute]] = [
            ["direction": "sideways"], ["hidden_size": 6], ["activations": .strings(["Wave"])],
            ["activations": .strings([])], ["direction": "bidirectional"],
        ]
        for attributes in wrong { #expect(throws: RuntimeError.self) { try run("RNN", good, attributes: attributes) } }
    }
}
