import ApusCore
import Testing

@testable import ApusCheckpoints

/// Pickles spelled out, as `pickletools.dis` shows them.
@Suite struct PickleTests {
    private func run(_ parts: [[UInt8]]) throws -> (PickleValue, PickleHeap) {
        let bytes = parts.flatMap { $0 }
        return try bytes.withUnsafeBytes { bytes in
            var machine = PickleMachine(bytes, limits: ReadingLimits())
            return (try machine.run(), machine.heap)
        }
    }

    private func run(_ text: String) throws -> (PickleValue, PickleHeap) { try run([Array(text.utf8)]) }

    @Test(arguments: [
        ("I42\n.", PickleValue.integer(42)), ("I01\n.", .bool(true)), ("L-7L\n.", .integer(-7)),
        ("F1.5\n.", .float(1.5)),
        ("S'it\\'s\\x41\\n'\n.", .text("it'sA\n")), ("V\\u00fc\\q\n.", .text("ü\\q")), ("N.", .none),
        ("L18446744073709551616L\n.", .wideInteger([0, 0, 0, 0, 0, 0, 0, 0, 1])), ("I1\n0I2\n.", .integer(2)),
        ("I5\np3\n0g3\n.", .integer(5)),
    ])
    func `protocol 0 is text`(pickle: String, value: PickleValue) throws {
        #expect(try run(pickle).0 == value)
    }

    @Test func `binary numbers have their width and sign`() throws {
        #expect(try run([[0x4A, 0xFE, 0xFF, 0xFF, 0xFF, 0x2E]]).0 == .integer(-2))
        #expect(try run([[0x8A, 2, 0, 0x80, 0x2E]]).0 == .integer(-32768))
        #expect(try run([[0x8A, 0, 0x2E]]).0 == .integer(0))
        #expect(try run([[0x47, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0, 0x2E]]).0 == .float(1.5))
    }

    @Test func `a call that would run a program is a record of it`() throws {
        let (value, heap) = try run("cos\nsystem\n(S'echo hello'\ntR.")
        guard case .record(let name, let arguments)? = heap.node(value)?.kind else {
            Issue.record("no record")
            return
        }
        #expect(name.description == "os.system" && heap.tuple(arguments) == [.text("echo hello")])
    }

    @Test func `a list that holds itself is freed, and has no tensors`() throws {
        let (value, heap) = try run("]p0\ng0\na.")
        #expect(try TensorTree.tensors(in: value, of: heap, limits: ReadingLimits()).isEmpty)
    }

    @Test func `a million lists within lists are read and freed`() throws {
        let pickle = [UInt8](repeating: 0x5D, count: 1_000_000) + [UInt8](repeating: 0x61, count: 999_999) + [0x2E]
        let (value, heap) = try run([pickle])
        #expect(throws: CheckpointError.self) {
            try TensorTree.tensors(in: value, of: heap, limits: ReadingLimits())
        }
    }

    @Test func `tuples that double at each level are not followed for ever`() throws {
        let pickle = [UInt8](")".utf8) + (0..<100).flatMap { _ in [0x32, 0x86] as [UInt8] } + [0x2E]
        let (value, heap) = try run([pickle])
        #expect(throws: CheckpointError.self) {
            try TensorTree.tensors(in: value, of: heap, limits: ReadingLimits())
        }
    }

    @Test func `copies of a long list are counted`() throws {
        let list = "](" + String(repeating: "N", count: 100_000) + "ep0\n0"
        let copies = String(repeating: "cbuiltins\nlist\n(g0\ntR0", count: 200)
        #expect(throws: CheckpointError.self) { try run(list + copies + "N.") }
    }

    @Test(arguments: [
        "", ".", "(.", "0.", "a.", "]N", "tR.", "g7\n.", "\u{1}", "Ix\n.", "I1", "S'x\n.", "(I1\nd.", "Nb.",
        "cx\ny\nR.", "P1\n.",
        "I1\nN]s.", "NQ.",
    ])
    func `a pickle that cannot be is refused where it goes wrong`(pickle: String) {
        let error = #expect(throws: CheckpointError.self) { try run(pickle) }
        #expect(error?.offset != nil)
    }
}

@Suite struct TensorSpanTests {
    private func span(_ shape: [Int], _ strides: [Int], offset: Int = 0) -> TensorSpan? {
        let storage = StorageReference(key: "0", typeName: "FloatStorage", count: 0)
        return TensorSpan(TensorReference(storage: storage, offset: offset, shape: shape, strides: strides))
    }

    @Test func `the last element decides how much of a storage is read`() throws {
        #expect(try #require(span([2, 3], [3, 1], offset: 4)).end == 10)
        #expect(try #require(span([3, 2], [1, 3])).end == 6)
        #expect(try #require(span([4, 3], [0, 1])).end == 3)
        #expect(try #require(span([0, 3], [3, 1])).end == 0)
        #expect(try #require(span([], [])).end == 1)
    }

    @Test func `an axis of one element may step anyhow`() throws {
        #expect(try #require(span([2, 1, 3], [3, 999, 1])).isDense)
        #expect(try !#require(span([3, 2], [1, 3])).isDense)
    }

    @Test func `numbers that overflow are none`() {
        #expect(span([2, 2], [.max, .max]) == nil)
        #expect(span([2], [-1]) == nil)
        #expect(span([-1], [1]) == nil)
        #expect(span([1 << 40, 1 << 40], [0, 0]) == nil)
        #expect(span([2], [1], offset: .max) == nil)
    }
}

@Suite struct TensorReaderTests {
    private final class Nobody {}

    private func read(_ shape: [Int], _ strides: [Int], offset: Int = 0, isSwapped: Bool = false) throws -> [Int16] {
        let storage = StorageReference(key: "0", typeName: "ShortStorage", count: 8)
        let tensor = TensorReference(storage: storage, offset: offset, shape: shape, strides: strides)
        return try [Int16](0..<8).withUnsafeBytes { bytes in
            var reader = TensorReader(bytes, owner: Nobody(), limits: ReadingLimits(), isSwapped: isSwapped) { _ in
                0..<bytes.count
            }
            return try reader.array(tensor, name: "t", type: .int16).elements()
        }
    }

    @Test func `strides are followed, idle ones of any size ignored`() throws {
        #expect(try read([2, 3], [1, 2], offset: 1) == [1, 3, 5, 2, 4, 6])
        #expect(try read([3, 1], [2, .max], offset: 1) == [1, 3, 5])
        #expect(try read([1, 2, 1, 2], [.max, 4, .max, 2], offset: 1) == [1, 3, 5, 7])
        #expect(try read([2, 2], [0, 1]) == [0, 1, 0, 1])
        #expect(try read([], [], offset: 7) == [7])
    }

    @Test func `swapped numbers are turned, also where they lie in order`() throws {
        #expect(try read([2], [1], offset: 1, isSwapped: true) == [256, 512])
        #expect(try read([2], [2], offset: 1, isSwapped: true) == [256, 768])
    }

    @Test func `a step beyond the storage is refused`() {
        #expect(throws: CheckpointError.self) { try read([2, 4], [4, 1], offset: 1) }
        #expect(throws: CheckpointError.self) { try read([9], [1]) }
    }
}
