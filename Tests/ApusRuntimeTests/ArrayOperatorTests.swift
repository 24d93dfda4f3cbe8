import ApusCore
import ApusONNX
import Testing
@testable import ApusRuntime

/// What must hold of array operators whatever the numbers are.
@Suite struct ArrayOperatorTests {
    private func ints(_ numbers: [Int]) -> NDArray { NDArray(numbers.map(Int64.init)) }

    @Test func `triangles add up to the whole`() throws {
        let x = noise([2, 4, 5])
        for k in -6...6 {
            let upper = try run("Trilu", [x, NDArray(scalar: Int64(k))], attributes: ["upper": 1])[0]
            let lower = try run("Trilu", [x, NDArray(scalar: Int64(k - 1))], attributes: ["upper": 0])[0]
            #expect(try run("Add", [upper, lower]) == [x])
        }
    }

    @Test func `what is scattered can be gathered`() throws {
        let x = noise([3, 7]), order = NDArray([3, 1, 0, 6, 2, 5, 4] as [Int64], shape: [1, 7])
        let indices = try run("Tile", [order, ints([3, 1])])[0]
        let zeros = NDArray(zeros: [3, 7])
        let scattered = try run("ScatterElements", [zeros, indices, x], attributes: ["axis": 1])[0]
        #expect(try run("GatherElements", [scattered, indices], attributes: ["axis": 1]) == [x])
        let tuples = NDArray([2, 0, 1] as [Int64], shape: [3, 1])
        let rows = try run("ScatterND", [zeros, tuples, x])[0]
        #expect(try run("GatherND", [rows, tuples]) == [x])
    }

    @Test func `a sequence turned twice is itself`() throws {
        let x = noise([4, 3, 2]), lengths = ints([4, 0, 3])
        let once = try run("ReverseSequence", [x, lengths])[0]
        #expect(once != x)
        #expect(try run("ReverseSequence", [once, lengths]) == [x])
    }

    @Test func `distinct elements make up the whole again`() throws {
        let x = NDArray([3, 1, 3, .nan, 2, .nan, 1] as [Float])
        for sorted in [0, 1] {
            let parts = try run("Unique", [x], outputs: 4, attributes: ["sorted": .int(sorted)])
            let again = try run("Gather", [parts[0], parts[2]])[0].elements(of: Float.self)
            #expect(zip(again, x.elements(of: Float.self)).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN })
            #expect(parts[3].elements(of: Int64.self).reduce(0, +) == 7)
            #expect(parts[0].count == 4)
        }
    }

    @Test func `padding is undone by negative padding`() throws {
        let x = noise([3, 5])
        for mode in ["constant", "edge", "reflect", "wrap"] {
            let padded = try run("Pad", [x, ints([2, 9, 1, 0])], attributes: ["mode": .string(mode)], opset: 19)[0]
            #expect(padded.shape == [6, 14])
            #expect(
                try run("Pad", [padded, ints([-2, -9, -1, 0])], attributes: ["mode": .string(mode)], opset: 19) == [x])
        }
    }

    @Test func `slices that split an array concatenate to it`() throws {
        let x = noise([2, 9])
        let parts = try run("Split", [x, ints([4, 0, 5])], outputs: 3, attributes: ["axis": 1])
        #expect(try run("Concat", parts, attributes: ["axis": 1]) == [x])
        #expect(try run("Compress", [x, NDArray([true, true])], attributes: ["axis": 0]) == [x])
        #expect(try run("CenterCropPad", [x, ints([2, 9])], opset: 18) == [x])
    }

    @Test func `the largest of all are all in order`() throws {
        let x = noise([1000]), all = try run("TopK", [x, ints([1000])], outputs: 2)[0].elements(of: Float.self)
        #expect(all == x.elements(of: Float.self).sorted(by: >))
        let few = try run("TopK", [x, ints([7])], outputs: 2)
        #expect(few[0].elements(of: Float.self) == Array(all.prefix(7)))
        #expect(try run("Gather", [x, few[1]]) == [few[0]])
        let odd = NDArray([1, .nan, 3] as [Float])
        #expect(try run("TopK", [odd, ints([2])], outputs: 2)[1].elements(of: Int64.self) == [1, 2])
        #expect(
            try run("TopK", [odd, ints([2])], outputs: 2, attributes: ["largest": 0])[1].elements(of: Int64.self)
                == [0, 2])
    }

    @Test func `the place of a one is the index it stands for`() throws {
        let indices = ints([2, 0, 3, -1])
        let lines = try run("OneHot", [indices, NDArray(scalar: Int64(4)), NDArray([0, 1] as [Float])])[0]
        #expect(try run("ArgMax", [lines], attributes: ["axis": 1, "keepdims": 0]) == [ints([2, 0, 3, 3])])
        #expect(try run("Hardmax", [lines]) == [lines])
    }

    @Test func `bits are negated, joined and shifted out`() throws {
        let x = NDArray([0, 1, 0x80, 0xFF] as [UInt8]), zero = NDArray([0] as [UInt8])
        let not = try run("BitwiseNot", [x], opset: 18)[0]
        #expect(try run("BitwiseNot", [not], opset: 18) == [x])
        #expect(try run("BitwiseAnd", [x, not], opset: 18)[0].elements(of: UInt8.self) == [0, 0, 0, 0])
        #expect(try run("BitwiseOr", [x, not], opset: 18)[0].elements(of: UInt8.self) == [255, 255, 255, 255])
        #expect(try run("BitwiseXor", [x, zero], opset: 18) == [x])
        for direction in ["LEFT", "RIGHT"] {
            for width in [8, 9, 255] as [UInt8] {
                let shifted = try run("BitShift", [x, NDArray([width])], attributes: ["direction": .string(direction)])
                #expect(shifted[0].elements(of: UInt8.self) == [0, 0, 0, 0])
            }
        }
    }

    @Test func `integers wrap and are exact beyond doubles`() throws {
        let big = NDArray([Int64.max, Int64.min, (1 << 53) + 1])
        #expect(try run("Add", [big, ints([1])])[0].elements() == [.min, .min + 1, (1 << 53) + 2] as [Int64])
        #expect(try run("Abs", [big])[0].elements() == [.max, .min, (1 << 53) + 1] as [Int64])
        #expect(try run("Max", [big, ints([0])])[0].elements() == [.max, 0, (1 << 53) + 1] as [Int64])
        #expect(try run("ReduceL1", [NDArray([Int64.min])]).count == 1)
        let unsigned = NDArray([UInt64.max, 1])
        #expect(try run("Max", [unsigned, NDArray([2] as [UInt64])])[0].elements() == [UInt64.max, 2])
        #expect(try run("Less", [unsigned, NDArray([2] as [UInt64])])[0].elements() == [false, true])
        #expect(try run("TopK", [unsigned, ints([1])], outputs: 2)[0].elements() == [UInt64.max])
        #expect(try run("Neg", [NDArray([Int8.min])])[0].elements() == [Int8.min])
        #expect(try run("Pow", [NDArray([3] as [Int32]), ints([-1])])[0].elements() == [0] as [Int32])
        #expect(
            try run("Range", [NDArray(scalar: Int64.min), NDArray(scalar: Int64.max), NDArray(scalar: Int64.max)])[0]
                .elements() == [.min, -1, .max - 1] as [Int64])
    }
}
