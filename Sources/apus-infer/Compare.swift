import ApusCore
import ApusInference
import ApusONNX
import ApusRuntime
import ArgumentParser

struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare the outputs of two models on the same inputs.",
        discussion: """
            Outputs are paired in their order. The difference of two values counts relative to the larger of 1 and \
            the value of the first model. Without --input both get the same seeded arrays.

            Examples:
              apus-infer compare garments/1 garments/2
              apus-infer compare a.onnx b.onnx --input images=x.npy --tolerance 1e-4 --json

            Exit status: 0 the models agree, 1 they differ by more than the tolerance, 2 a bad model or argument.
            """)

    @Argument(help: "The first model: FILE.onnx, NAME/VERSION or NAME@ALIAS.") var first: String
    @Argument(help: "The second model.") var second: String
    @OptionGroup var workspace: WorkspaceOption

    @Option(help: ArgumentHelp("An input and the array it gets; once for each input.", valueName: "name=file.npy"))
    var input: [NamedValue] = []

    @Option(help: ArgumentHelp("The shape of an input, where the model leaves it open.", valueName: "name=extents"))
    var shape: [NamedValue] = []

    @Option(help: "The largest difference that counts as agreement.")
    var tolerance = 1e-3

    @OptionGroup var threads: ThreadsOption

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard tolerance >= 0, tolerance.isFinite else {
            throw ValidationError("--tolerance is \(tolerance); choose a number from 0 upwards.")
        }
    }

    func run() throws {
        let sessions = try [first, second].map { reference in
            try Session(
                model: Model(contentsOf: workspace.file(for: reference)), options: .init(threads: threads.count))
        }
        let given = try input.dictionary(option: "--input").mapValues { try NPYFile.read($0) }
        let samples = try SampleInputs(shape)
        let inputs = given.isEmpty ? try samples.arrays(for: sessions[0].inputs) : given
        let outputs = try sessions.map { session in
            let results = try session.run(inputs)
            return session.outputs.compactMap { fact in results[fact.name].map { (name: fact.name, array: $0) } }
        }
        guard outputs[0].count == outputs[1].count else {
            throw ValidationError("\(first) has \(outputs[0].count) outputs, \(second) has \(outputs[1].count).")
        }
        let differences = zip(outputs[0], outputs[1]).map { OutputDifference($0.name, $0.array, $1.array) }
        for difference in differences { Console.write(json ? difference.json.text : difference.line) }
        if differences.contains(where: { !($0.largest <= tolerance) }) { throw ExitStatus.incomplete }
    }
}

/// How far two arrays are apart.
struct OutputDifference {
    let name: String
    let shapes: (Shape, Shape)
    /// Infinite where shapes or types differ, or a value is NaN in one of them alone.
    let largest: Double

    init(_ name: String, _ first: NDArray, _ second: NDArray) {
        self.name = name
        shapes = (first.shape, second.shape)
        largest = Self.difference(first, second)
    }

    private static func difference(_ first: NDArray, _ second: NDArray) -> Double {
        guard first.shape == second.shape, first.dataType == second.dataType else { return .infinity }
        guard first.dataType == .float32 else { return first == second ? 0 : .infinity }
        return zip(first.elements(of: Float.self), second.elements(of: Float.self)).reduce(0) { largest, pair in
            let (a, b) = (Double(pair.0), Double(pair.1))
            if pair.0 == pair.1 || (a.isNaN && b.isNaN) { return largest }
            let difference = abs(a - b) / max(1, abs(a))
            return difference.isNaN ? .infinity : max(largest, difference)
        }
    }

    var line: String {
        let shape = shapes.0 == shapes.1 ? "\(shapes.0)" : "\(shapes.0) and \(shapes.1)"
        return "\(name)  \(shape)  largest difference \(largest)"
    }

    var json: JSONText {
        .object([
            ("output", .string(name)), ("shape", .array(shapes.0.dimensions.map(JSONText.integer))),
            ("largest_difference", .number(largest)),
        ])
    }
}
