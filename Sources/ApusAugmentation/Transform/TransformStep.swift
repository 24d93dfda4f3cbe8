import ApusConfiguration
import ApusCore

/// A transform and how often it is applied: a leaf of a pipeline.
public struct TransformStep: Sendable {
    public var transform: any Transform
    /// Albumentations' `p`.
    public var probability: Double

    public init(_ transform: any Transform, probability: Double? = nil) {
        self.transform = transform
        self.probability = probability ?? type(of: transform).standardProbability
    }

    /// Reads a transform's parameters and `p`.
    ///
    /// - Parameters:
    ///   - entries: the keys beside the transform's name.
    ///   - path: what error messages call the place, such as `transforms[2]`.
    public init(
        name: String, entries: [YAMLEntry], at position: SourcePosition, path: String
    ) throws(ConfigurationError) {
        let type = try TransformRegistry.type(named: name, at: position)
        var parameters = Parameters(reading: entries, at: position, path: path)
        var transform = type.init()
        probability = type.standardProbability
        try transform.bind(&parameters)
        try parameters.number("p", &probability, in: 0...1)
        try parameters.finish()
        self.transform = transform
    }

    /// Every parameter under its key, `p` last.
    public func parameters() -> [YAMLEntry] {
        var (transform, probability, parameters) = (transform, probability, Parameters())
        writing { () throws(ConfigurationError) in
            try transform.bind(&parameters)
            try parameters.number("p", &probability)
        }
        return parameters.written
    }
}
