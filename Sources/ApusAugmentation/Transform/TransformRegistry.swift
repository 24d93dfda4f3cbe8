import ApusConfiguration

/// The transforms that a pipeline's file can name. A family is a folder, and a line here.
public enum TransformRegistry {
    public static let families: [[any Transform.Type]] = [
        automatic,
        blurs,
        colors,
        crops,
        details,
        dropouts,
        flips,
        formats,
        mixing,
        noises,
        sizes,
        tone,
        warps,
        weathers,
    ]

    /// Every transform by Albumentations' class name.
    public static let byName = Dictionary(
        families.joined().map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    /// - Parameter position: where the name was written.
    public static func type(
        named name: String, at position: SourcePosition
    ) throws(ConfigurationError) -> any Transform.Type {
        if let type = byName[name] { return type }
        if name == "Lambda" {
            throw ConfigurationError(
                .invalidValue, at: position, problem: "no transform 'Lambda': it is made of Python's functions",
                remedy: "write it as a `Transform` in Swift, or apply it before the images are stored")
        }
        let near = nearestName(to: name, among: Array(byName.keys) + PipelineGroup.Kind.standard.map(\.name))
        throw ConfigurationError(
            .invalidValue, at: position, problem: "no transform '\(name.prefix(60))'",
            remedy: near.map { "did you mean '\($0)'?" } ?? "`apus data preview --list` names the transforms")
    }
}
