import ApusCore
import ApusONNX
import ApusRuntime
import ApusVision

/// A model of one image input, with the description it carries: what the predictors of all tasks share.
struct ImageModel: Sendable {
    let file: String
    let description: ModelDescription
    private let session: Session
    private let inputName, outputName: String

    init(_ model: Model, file: String, task: ModelDescription.Task, threads: Int) throws(InferenceError) {
        self.file = file
        do throws(ModelDescriptionError) {
            description = try ModelDescription(metadata: model.metadata)
        } catch { throw .description(file: file, error) }
        guard description.task == task else { throw .task(file: file, expected: task, found: description.task) }
        do throws(RuntimeError) {
            session = try Session(model: model, options: .init(threads: threads))
        } catch { throw .runtime(file: file, error) }
        (inputName, outputName) = try Self.signature(of: session, description.input.letterbox, file: file)
    }

    /// The names of the one input and the first output.
    private static func signature(
        of session: Session, _ input: LetterboxSpecification, file: String
    ) throws(InferenceError) -> (String, String) {
        let expected: [Int?] = [1, 3, input.height, input.width]
        guard session.inputs.count == 1, let fact = session.inputs.first, let output = session.outputs.first,
            fact.dataType == .float32, output.dataType == .float32
        else {
            throw .signature(
                file: file, expected: "one float32 input and a float32 output",
                found: "\(session.inputs.count) inputs and \(session.outputs.count) outputs")
        }
        let shape = fact.shape ?? expected
        guard shape.count == 4, zip(shape, expected).allSatisfy({ $0 == nil || $0 == $1 }) else {
            let text = shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
            throw .signature(
                file: file, expected: "an input of [1, 3, \(input.height), \(input.width)]", found: "[\(text)]")
        }
        return (fact.name, output.name)
    }

    /// Runs an image that already has the input's extents.
    ///
    /// - Returns: the first output.
    func run(_ image: Image) throws(InferenceError) -> NDArray {
        var pixels = NDArray(uninitialized: [1, 3, image.height, image.width], dataType: .float32)
        pixels.withMutableElements(of: Float.self) { image.normalizedCHW(into: $0.baseAddress!, description.input) }
        do throws(RuntimeError) {
            let outputs = try session.run([inputName: pixels])
            guard let output = outputs[outputName] else {
                throw RuntimeError.unsupportedValue(outputName, type: "nothing")
            }
            return output
        } catch { throw .runtime(file: file, error) }
    }
}

extension Model {
    /// Reads an ONNX file for a predictor.
    static func read(_ path: String) throws(InferenceError) -> Model {
        do throws(GraphError) { return try Model(contentsOf: path) } catch { throw .model(file: path, error) }
    }
}
