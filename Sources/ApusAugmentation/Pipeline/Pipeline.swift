import ApusConfiguration
import ApusVision

/// Transforms and groups of them, applied to samples: Albumentations' `Compose`.
///
/// What becomes of a sample is a function of the pipeline and the sample's key, whichever thread runs it.
public struct Pipeline: Sendable {
    public var group: PipelineGroup
    public var boxes: BoxParameters?
    public var keypoints: KeypointParameters?
    /// What stands in for every transform's own resampling of masks.
    public var maskResampling: Resampling?
    /// Kept for the file: draws follow the training's seed.
    public var seed: Int?
    /// Kept for the file: shapes are always what a `Sample` says.
    public var checksShapes = true

    public init(
        _ nodes: [PipelineNode], probability: Double = 1, boxes: BoxParameters? = nil,
        keypoints: KeypointParameters? = nil
    ) {
        group = PipelineGroup(.compose, probability: probability, nodes)
        (self.boxes, self.keypoints) = (boxes, keypoints)
    }

    /// Whether other samples take part.
    public var mixes: Bool { group.nodes.contains { $0.mixes } }

    /// The names of its transforms, in order.
    public var transformNames: [String] { group.nodes.flatMap(\.transforms).map { type(of: $0).name } }

    /// The same without the transforms that mix samples, as the last epochs of a training take it.
    public var withoutMixing: Pipeline {
        var result = self
        result.group = group.withoutMixing
        return result
    }
}

extension PipelineNode {
    var mixes: Bool { transforms.contains { $0 is any MixingTransform } }

    fileprivate var withoutMixing: PipelineNode? {
        switch self {
        case .step(let step): step.transform is any MixingTransform ? nil : self
        case .group(let group): .group(group.withoutMixing)
        }
    }
}

extension PipelineGroup {
    fileprivate var withoutMixing: PipelineGroup {
        var result = self
        result.nodes = nodes.compactMap(\.withoutMixing)
        return result
    }
}
