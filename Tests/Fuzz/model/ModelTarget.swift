import ApusCore
import ApusONNX
@testable import ApusRuntime

let fuzzedSchema = Schema.model
let fuzzedOperators = OperatorRegistry.operatorNames

/// Reads a model, looks at all of it, makes a session in one of four ways and runs it.
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
        threads: 1, optimizes: choice & 1 == 0, memoryLimit: 1 << 20, stepLimit: 1000,
        instructions: choice & 2 == 0 ? .best : .generic)
    do throws(RuntimeError) {
        let session = try Session(model: model, options: options)
        _ = session.plan
        // What a session keeps from a run must serve inputs of other sizes too.
        for choice in [choice, choice &+ 256, choice] { try feed(session, choice: choice) }
    } catch {
        _ = error.description
    }
}

private func feed(_ session: Session, choice: Int) throws(RuntimeError) {
    var inputs: [String: ModelValue] = [:]
    for fact in session.inputValues {
        guard let value = value(of: fact.type, choice: choice) else { return }
        inputs[fact.name] = value
    }
    for value in try session.run(values: inputs).values { touch(value) }
}

/// Small numbers, or texts, of the declared type; `nil` where the shape is large.
private func value(of type: ModelValueType, choice: Int) -> ModelValue? {
    switch type {
    case .tensor(let element, let extents): return array(element, extents, choice: choice).map { .tensor($0) }
    case .strings(let extents):
        guard let (shape, count) = small(extents, choice: choice) else { return nil }
        return .strings(StringArray((0..<count).map { "a b\($0)" }, shape: shape))
    case .sequence(let element):
        return value(of: element, choice: choice).map { .sequence([ModelValue](repeating: $0, count: choice & 3)) }
    case .optional(let element): return choice & 4 == 0 ? .optional(nil) : value(of: element, choice: choice)
    case .undeclared: return .tensor(NDArray(zeros: [2]))
    }
}

private func small(_ extents: [Int?]?, choice: Int) -> (Shape, Int)? {
    let shape = Shape((extents ?? [2, 3]).map { $0 ?? 1 + abs(choice >> 8) % 4 })
    guard let count = shape.checkedCount, count <= 1 << 14 else { return nil }
    return (shape, count)
}

private func array(_ type: DataType, _ extents: [Int?]?, choice: Int) -> NDArray? {
    guard let (shape, _) = small(extents, choice: choice) else { return nil }
    var array = NDArray(zeros: shape, dataType: type)
    guard choice & 12 != 0 else { return array }
    array.withUnsafeMutableBytes { bytes in
        for index in stride(from: 0, to: bytes.count, by: type.size) {
            let value = Float(index / type.size % 5) - (choice & 4 == 0 ? 1 : 0)
            switch type {
            case .float32: bytes.storeBytes(of: value, toByteOffset: index, as: Float.self)
            case .bool: bytes[index] = value > 0 ? 1 : 0
            default: bytes[index] = UInt8(max(value, 0))
            }
        }
    }
    return array
}
