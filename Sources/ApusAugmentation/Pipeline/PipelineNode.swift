/// A part of a pipeline: a transform, or a group of parts.
public indirect enum PipelineNode: Sendable {
    case step(TransformStep)
    case group(PipelineGroup)

    /// Albumentations' `p`.
    public var probability: Double {
        switch self {
        case .step(let step): step.probability
        case .group(let group): group.probability
        }
    }

    /// How many parts there are in it, itself among them: what its random streams are numbered by.
    var count: Int {
        switch self {
        case .step: 1
        case .group(let group): group.nodes.reduce(1) { $0 + $1.count }
        }
    }

    /// Every transform in it, in order.
    var transforms: [any Transform] {
        switch self {
        case .step(let step): [step.transform]
        case .group(let group): group.nodes.flatMap(\.transforms)
        }
    }
}

/// Parts of a pipeline, and which of them run.
public struct PipelineGroup: Sendable {
    /// Albumentations' compositions.
    public enum Kind: Hashable, Sendable {
        /// All, one after the other.
        case compose, replayCompose, sequential
        /// One, drawn by the parts' probabilities as weights, and applied whatever its probability.
        case oneOf
        /// So many, each as likely, in their order; each then by its own probability.
        case someOf(count: Int, repeats: Bool)
        /// So many, each as likely, in the order in which they were drawn.
        case randomOrder(count: Int, repeats: Bool)
        /// The first with the group's probability, else the last.
        case oneOrOther
        /// All, on these channels of the image alone.
        case selectiveChannels([Int])
    }

    public var kind: Kind
    public var probability: Double
    public var nodes: [PipelineNode]

    public init(_ kind: Kind, probability: Double? = nil, _ nodes: [PipelineNode]) {
        (self.kind, self.nodes) = (kind, nodes)
        self.probability = probability ?? kind.standardProbability
    }
}

extension PipelineGroup.Kind {
    var standardProbability: Double {
        switch self {
        case .sequential, .oneOf, .oneOrOther: 0.5
        default: 1
        }
    }

    /// Albumentations' class name.
    var name: String {
        switch self {
        case .compose: "Compose"
        case .replayCompose: "ReplayCompose"
        case .sequential: "Sequential"
        case .oneOf: "OneOf"
        case .someOf: "SomeOf"
        case .randomOrder: "RandomOrder"
        case .oneOrOther: "OneOrOther"
        case .selectiveChannels: "SelectiveChannelTransform"
        }
    }

    /// As its name alone says, with Albumentations' defaults.
    static let standard: [PipelineGroup.Kind] = [
        .compose, .replayCompose, .sequential, .oneOf, .someOf(count: 1, repeats: false),
        .randomOrder(count: 1, repeats: false), .oneOrOther, .selectiveChannels([0, 1, 2]),
    ]
}
