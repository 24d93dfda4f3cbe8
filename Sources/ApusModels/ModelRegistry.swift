/// The architectures that a model file can name. A new one is a file of its own and a line here.
public enum ModelRegistry {
    public typealias DetectorBuilder =
        @Sendable (ModelConfiguration, _ classCount: Int, _ seed: UInt64) throws(ModelError) ->
        any Detector

    public static let detectors: [(name: String, build: DetectorBuilder)] = [
        (
            "v8-detect",
            { (configuration, classCount, seed) throws(ModelError) in
                V8Detector(scale: try configuration.v8Scale(), classCount: classCount, seed: seed)
            }
        )
    ]

    /// A detector with initial weights that are a function of the seed.
    public static func makeDetector(
        _ configuration: ModelConfiguration, classCount: Int, seed: UInt64
    ) throws(ModelError) -> any Detector {
        guard let entry = detectors.first(where: { $0.name == configuration.architecture }) else {
            throw .unknownArchitecture(configuration.architecture, known: detectors.map(\.name))
        }
        return try entry.build(configuration, classCount, seed)
    }
}
