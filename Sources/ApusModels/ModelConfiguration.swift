/// What a model file (`models/<name>.yaml`) says: an architecture by name and its size.
public struct ModelConfiguration: Codable, Hashable, Sendable {
    /// A name in `ModelRegistry`, such as `v8-detect`.
    public var architecture: String
    /// A named size, such as `n`; or `width`, `depth` and `maxChannels` say it in numbers.
    public var scale: String?
    public var width: Double?
    public var depth: Double?
    public var maxChannels: Int?

    public init(
        architecture: String = "v8-detect", scale: String? = nil, width: Double? = nil, depth: Double? = nil,
        maxChannels: Int? = nil
    ) {
        (self.architecture, self.scale) = (architecture, scale)
        (self.width, self.depth, self.maxChannels) = (width, depth, maxChannels)
    }
}

/// A model file that names no model that can be built.
public enum ModelError: Error, Equatable, CustomStringConvertible {
    case unknownArchitecture(String, known: [String])
    case unknownScale(String, known: [String])
    /// Neither a scale nor numbers, both, or numbers that give no network.
    case size(String)

    public var description: String {
        switch self {
        case .unknownArchitecture(let name, let known):
            "no architecture is named \(name); known: \(known.joined(separator: ", "))"
        case .unknownScale(let name, let known): "no scale is named \(name); known: \(known.joined(separator: ", "))"
        case .size(let reason): "the model's size: \(reason)"
        }
    }
}

extension ModelConfiguration {
    /// The size that the file names or spells.
    public func v8Scale() throws(ModelError) -> V8Scale {
        if let scale {
            guard width == nil, depth == nil, maxChannels == nil else {
                throw .size("scale \(scale) stands beside width, depth or maxChannels; give one or the other")
            }
            guard let named = V8Scale.named.first(where: { $0.name == scale }) else {
                throw .unknownScale(scale, known: V8Scale.named.map(\.name))
            }
            return named.scale
        }
        guard let width, let depth else { throw .size("give scale (n, s, m, l, x), or width and depth") }
        guard width > 0, width <= 4, depth > 0, depth <= 4, (8...4096).contains(maxChannels ?? 1024) else {
            throw .size("width \(width) and depth \(depth) shall be in 0…4, maxChannels in 8…4096")
        }
        return V8Scale(depth: depth, width: width, maxChannels: maxChannels ?? 1024)
    }
}
