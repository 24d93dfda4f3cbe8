import ArgumentParser

/// A network that is exported without a run: an architecture with weights of one's own, or with random ones.
struct NetworkOptions: ParsableArguments {
    @Option(help: "Instead of a run: an architecture, such as resnet50 or v8-detect.") var architecture: String?
    @Option(help: "The size of a v8-detect: n, s, m, l or x.") var scale: String?
    @Option(
        help: "The architecture's weights: a safetensors file with PyTorch's names.",
        completion: .file(extensions: ["safetensors"])) var weights: String?
    @Flag(help: "Export initial weights, as for measuring speed.") var randomWeights = false
    @Option(help: "How many classes the architecture has.") var classes: Int?
    @Option(help: "The classes' names, one a line.", completion: .file()) var labels: String?
    @Option(help: "The side of the architecture's input, in pixels.") var imageSize: Int?
    @Flag(help: "The model takes one image at a time instead of any number.") var fixedBatch = false
    @Option(help: "The folder to make for the architecture's export.", completion: .directory) var output: String?

    func validate() throws {
        guard architecture != nil else {
            let given = [
                ("--scale", scale), ("--weights", weights), ("--labels", labels), ("--output", output),
                ("--classes", classes.map(String.init)), ("--image-size", imageSize.map(String.init)),
                ("--random-weights", randomWeights ? "" : nil), ("--fixed-batch", fixedBatch ? "" : nil),
            ].first { $0.1 != nil }
            if let given { throw ValidationError("\(given.0) goes with --architecture; a run brings its own.") }
            return
        }
        guard output != nil else { throw ValidationError("--architecture needs --output, the folder to make.") }
        guard (weights == nil) == randomWeights else {
            throw ValidationError("Give either --weights FILE or --random-weights.")
        }
        guard classes == nil || labels == nil else { throw ValidationError("Give --classes or --labels, not both.") }
        guard (1...65_536).contains(classes ?? 1) else {
            throw ValidationError("--classes is \(classes ?? 0); choose 1 to 65536.")
        }
        guard (32...4096).contains(imageSize ?? 32) else {
            throw ValidationError("--image-size is \(imageSize ?? 0); choose 32 to 4096.")
        }
    }
}
