import ApusCore

/// Why an operator refuses its inputs. The session adds which node it was (`RuntimeError.operation`).
enum OperatorError: Error, Equatable {
    /// What was expected, and what came instead.
    case mismatch(expected: String, found: String)
    /// The operator exists, but not for this.
    case unsupported(String)
    case memory(bytes: Int, limit: Int)
    /// The run has executed as many nodes as it may.
    case steps(limit: Int)
    /// A node of a graph that the operator runs.
    indirect case nested(RuntimeError)
}

/// Throws a mismatch unless `condition` holds.
func expect(
    _ condition: Bool, _ expected: @autoclosure () -> String, found: @autoclosure () -> String
) throws(OperatorError) {
    guard condition else { throw .mismatch(expected: expected(), found: found()) }
}

extension Shape {
    /// The number of elements, where a computer can hold them.
    func requireCount() throws(OperatorError) -> Int {
        guard let count = checkedCount, count <= 1 << 48 else {
            throw .mismatch(expected: "a shape that fits in memory", found: "\(self)")
        }
        return count
    }
}

extension Optional {
    /// The value, or what `other` makes: as `??`, which forgets the type of the error.
    func or(_ other: @autoclosure () throws(OperatorError) -> Wrapped) throws(OperatorError) -> Wrapped {
        if let self { return self }
        return try other()
    }
}
