import ApusCore
import ApusONNX
@testable import ApusRuntime

let fuzzedSchema = Schema.model
let fuzzedOperators = OperatorRegistry.operatorNames

/// Reads a model, looks at all of it, makes a session in one of four ways and runs it once.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: data, count: size))
    do throws(GraphError) {
        let model = try Model(decoding: bytes)
        _ = GraphSummary(model).description
        _ = model.encoded()
        exercise(model, choice: bytes.reduce(0) { $0 &* 31 &+ Int($1) })
    } catch {
        _ = error.description
    }
    return 0
}

private func exercise(_ model: Model, choice: Int) {
    let options = Session.Options(
        threads: 1, optimizes: choice & 1 == 0, memoryLimit: 1 << 20, instructions: choice & 2 != 0 ? .generic : .best)
    do throws(RuntimeError) {
        let session = try Session(model: model, options: options)
        _ = session.plan
        var inputs: [String: NDArray] = [:]
        for fact in session.inputs {
            guard let array = array(for: fact, choice: choice) else { return }
            inputs[fact.name] = array
        }
        for array in try session.run(inputs).values { array.withUnsafeBytes { _ = $0.reduce(0, &+) } }
    } catch {
        _ = error.description
    }
}

/// Small numbers in the declared shape; `nil` where it is large.
private func array(for fact: TensorFact, choice: Int) -> NDArray? {
    let shape = Shape((fact.shape ?? [2, 3]).map { $0 ?? 1 + abs(choice >> 8) % 4 })
    guard let count = shape.checkedCount, count <= 1 << 14 else { return nil }
    var array = NDArray(zeros: shape, dataType: fact.dataType)
    guard choice & 12 != 0 else { return array }
    let size = fact.dataType.size
    array.withUnsafeMutableBytes { bytes in
        for index in stride(from: 0, to: bytes.count, by: size) {
            let value = Float(index / size % 5) - (choice & 4 == 0 ? 1 : 0)
            switch fact.dataType {
            case .float32: bytes.storeBytes(of: value, toByteOffset: index, as: Float.self)
            case .bool: bytes[index] = value > 0 ? 1 : 0
            default: bytes[index] = UInt8(max(value, 0))
            }
        }
    }
    return array
}
