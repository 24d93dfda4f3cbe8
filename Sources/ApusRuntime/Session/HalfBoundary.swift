import ApusCore
import ApusONNX

/// Where a model that declares 16-bit floats, but is computed in `float32`, meets its caller.
extension ExecutionContext {
    /// Inputs as the graph takes them.
    func widenedInputs(_ values: [AnyValue?]) throws(RuntimeError) -> [AnyValue?] {
        var results = values
        for (index, value) in values.enumerated() {
            guard case .tensor(let tensor)? = value, tensor.dataType.isHalf else { continue }
            do throws(OperatorError) { results[index] = .tensor(try widen(tensor)) } catch {
                throw RuntimeError(error, in: Node("Cast", name: "input \(index)", inputs: [], outputs: []))
            }
        }
        return results
    }

    /// Outputs as the model declares them.
    func narrowedOutputs(_ values: [AnyValue], _ facts: [ValueFact]) throws(RuntimeError) -> [AnyValue] {
        var results = values
        for (index, (value, fact)) in zip(values, facts).enumerated() {
            guard case .tensor(let tensor) = value, tensor.dataType == .float32, let type = fact.tensor?.dataType,
                type.isHalf
            else { continue }
            do throws(OperatorError) { results[index] = .tensor(try narrow(tensor, to: type)) } catch {
                throw RuntimeError(error, in: Node("Cast", name: "output '\(fact.name)'", inputs: [], outputs: []))
            }
        }
        return results
    }
}
