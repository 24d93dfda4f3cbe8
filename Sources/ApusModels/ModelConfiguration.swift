/// What a model file (`models/<name>.yaml`) says: an architecture by name and its size.
public struct ModelConfiguration: Codable, Hashable, Sendable {
    /// A name in `ModelRegistry`, such as `v8-detect`.
    public var architecture: String
    /// A named size, such as `n`; or `width`, `depth` and `maxChannels` say it in numbers.
    public var scale: String?
    public var width: Double?
    public var depth: Double?
    public var maxChannels: Int?
    /// What a network for keypoints builds on, such as `resnet18`.
    public var backbone: String?
    /// The pixels that a network for keypoints takes.
    public var inputWidth: Int?
    public var inputHeight: Int?

    public init(
        architecture: String = "v8-detect", scale: String? = nil, width: Double? = nil, depth: Double? = nil,
        maxChannels: Int? = nil, backbone: String? = nil, inputWidth: Int? = nil, inputHeight: Int? = nil
    ) {
        (self.architecture, self.scale) = (architecture, scale)
        (self.width, self.depth, self.maxChannels) = (width, depth, maxChannels)
        (self.backbone, self.inputWidth, self.inputHeight) = (backbone, inputWidth, inputHeight)
    }

    /// What the architecture is for; `nil` where it is unknown.
    public var task: ModelTask? { ModelRegistry.task(of: architecture) }
}

/// A model file that names no model that can be built.
public enum ModelError: Error, Equatable, CustomStringConvertible {
    case unknownArchitecture(String, known: [String])
    case unknownScale(String, known: [String])
    case unknownBackbone(String, known: [String])
    /// Neither a scale nor numbers, both, or numbers that give no network.
    case size(String)

    public var description: String {
        switch self {
        case .unknownArchitecture(let name, let known):
            "no architecture is named \(name); known: \(known.joined(separator: ", "))"
        case .unknownScale(let name, let known): "no scale is named \(name); known: \(known.joined(separator: ", "))"
        case .unknownBackbone(let name, let known):
            "no backbone is named \(name); known: \(known.joined(separator: ", "))"
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

    /// The backbone and the input, in pixels, of a network for keypoints.
    func keypointNetwork() throws(ModelError) -> (
        backbone: ModelRegistry.BackboneBuilder, width: Int, height: Int
    ) {
        let known = ModelRegistry.backbones
        guard let entry = known.first(where: { $0.name == backbone }) else {
            throw .unknownBackbone(backbone ?? "(none)", known: known.map(\.name))
        }
        let (width, height) = (inputWidth ?? 192, inputHeight ?? 256)
        guard [width, height].allSatisfy({ $0 % 32 == 0 && (32...2048).contains($0) }) else {
            throw .size("inputWidth \(width) and inputHeight \(height) shall be multiples of 32 in 32…2048")
        }
        return (entry.build, width, height)
    }

    /// Keys that the architecture has no use for.
    var strayKeys: [String] {
        let isV8 = architecture.hasPrefix("v8-")
        let sizes = [("scale", scale != nil), ("width", width != nil), ("depth", depth != nil)]
        let scaled = sizes + [("maxChannels", maxChannels != nil)]
        let inputs = [("inputWidth", inputWidth != nil), ("inputHeight", inputHeight != nil)]
        let built = [("backbone", backbone != nil)] + inputs
        return ((isV8 ? [] : scaled) + (task == .keypoints ? [] : built)).filter(\.1).map(\.0)
    }
}
