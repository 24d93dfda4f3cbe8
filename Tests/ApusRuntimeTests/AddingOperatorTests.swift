import ApusCore
import ApusONNX
import Testing
@testable import ApusRuntime

/// README, "How to add an operator to the runtime": five steps, followed here with one of our own, and held to by all
/// operators that there are.
@Suite struct AddingOperatorTests {
    /// Step 1: a struct that reads its attributes once.
    struct Scaling: Operator {
        static let type = OperatorType("Scaling")
        private let factor: Float

        init(_ node: Node, opset: Int) throws(GraphError) {
            try node.requireInputs(1...1)
            factor = try node.float("factor", default: 2)
        }

        func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
            let x = try inputs.required(0, .float32)
            return [try context.combine(.multiply, x, try context.make([], .float32, doubles: [Double(factor)]))]
        }
    }

    /// Steps 2 and 4 without a file: what the registry makes of a node, and what it computes.
    @Test func `an operator reads its attributes and computes`() throws {
        let node = Node("Scaling", inputs: ["x"], outputs: ["y"], attributes: ["factor": 3.0])
        let context = ExecutionContext(
            threads: ThreadPool(threads: 1), cpu: InstructionSet.best.cpu, workspace: Workspace(limit: 1 << 20))
        let run = Executor(try Scaling(node, opset: 17))
        let y = try run([Value(NDArray([1, 2, 4] as [Float]))], context)
        #expect(NDArray(y[0]).elements(of: Float.self) == [3, 6, 12])
        #expect(throws: OperatorError.self) { try run([Value(NDArray([1] as [Int32]))], context) }
        #expect(throws: GraphError.self) {
            try Scaling(Node("Scaling", inputs: [], outputs: ["y"], attributes: [:]), opset: 17)
        }
    }

    private static let sources = FileSystem.folder(of: #filePath) + "/../../Sources/ApusRuntime/Operators"

    /// Every operator's file names it once, and its family's table, in the same folder, has its line.
    @Test func `every operator stands in its family's table`() throws {
        for family in try FileSystem.names(in: Self.sources) where !family.hasSuffix(".swift") {
            let folder = "\(Self.sources)/\(family)"
            let texts = try FileSystem.names(in: folder).map { try Self.text("\(folder)/\($0)") }
            let tables = texts.filter { $0.contains(": [any Operator.Type] = [") }.joined()
            for text in texts {
                for name in Self.operators(in: text) {
                    #expect(tables.contains("\(name).self"), "\(family) has no line for \(name)")
                }
            }
        }
    }

    /// The registry knows each family, so that each operator's name leads to it.
    @Test func `every family is in the registry`() throws {
        let registry = try Self.text(Self.sources + "/OperatorRegistry.swift")
        for family in try FileSystem.names(in: Self.sources) where !family.hasSuffix(".swift") {
            let folder = "\(Self.sources)/\(family)"
            for file in try FileSystem.names(in: folder) {
                let text = try Self.text("\(folder)/\(file)")
                guard let table = text.split(separator: ": [any Operator.Type] = [", maxSplits: 1).first,
                    table.count < text.count, let name = table.split(separator: " ").last
                else { continue }
                #expect(registry.contains(String(name)), "\(name) of \(family)")
            }
        }
    }

    /// No two files implement one operator from the same opset on.
    @Test func `each operator stands once`() {
        let types = OperatorRegistry.families.joined().map { $0.type }
        #expect(Set(types).count == types.count)
    }

    private static func text(_ path: String) throws -> String {
        String(decoding: try FileSystem.read(path), as: UTF8.self)
    }

    /// The structs of a file that have an operator type of their own.
    private static func operators(in text: String) -> [String] {
        guard text.contains("static let type = OperatorType(") else { return [] }
        return text.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("struct "), line.contains("Operator") || line.contains("Function") else { return nil }
            return line.dropFirst(7).split(whereSeparator: { $0 == ":" || $0 == "<" || $0 == " " }).first.map(
                String.init)
        }
    }
}
