import ApusCore

/// Which steps write their images into those that later steps put together.
///
/// Shapes are known only when a model runs, so the first run looks, and those after it use what was seen. An operator
/// whose image turns out otherwise stores it by itself, and the concatenation copies as in the first run.
final class ImagePlacements: Sendable {
    struct Placement: Sendable {
        /// The slot of the whole.
        let whole: Int
        let channel, count, total: Int
    }

    /// For each step its placement, after the first run.
    private let placements = Mutex<[Placement?]?>(nil)

    /// `nil` before the first run has ended.
    var known: [Placement?]? { placements.withLock { $0 } }

    func settle(_ found: [Placement?]) { placements.withLock { $0 = $0 ?? found } }
}

/// What a first run sees of each value.
struct SeenValue {
    let shape: Shape
    let isImage: Bool
    let storage: ObjectIdentifier
    let offset: Int

    init(_ value: Value) {
        (shape, isImage, offset) = (value.shape, value.isChannelsLast && value.isOfJoinableType, value.offset)
        storage = ObjectIdentifier(value.storage)
    }
}

extension Value {
    /// Whether kernels write elements of this type into larger images.
    fileprivate var isOfJoinableType: Bool { dataType == .float32 || dataType.isByte }
}

extension Program {
    /// Looks, after a run, for the images that concatenations put together.
    func findPlacements(_ seen: [SeenValue?]) -> [ImagePlacements.Placement?] {
        var found = [ImagePlacements.Placement?](repeating: nil, count: steps.count)
        for step in steps where step.run.joinsChannels {
            guard let whole = step.outputs.first ?? nil, let image = seen[whole], image.isImage else { continue }
            var channel = 0
            var index = 0
            while index < step.inputs.count {
                let part = part(of: step, at: index, seen)
                if let producer = part.producer, found[producer] == nil, steps[producer].run.writesImageParts {
                    found[producer] = ImagePlacements.Placement(
                        whole: whole, channel: channel, count: part.channels, total: image.shape[1])
                }
                channel += part.channels
                index += part.inputs
            }
        }
        return found
    }

    /// The step whose image input `index` of a concatenation is, or is split from together with the inputs after it.
    private func part(
        of step: Step, at index: Int, _ seen: [SeenValue?]
    ) -> (producer: Int?, channels: Int, inputs: Int) {
        guard let slot = step.inputs[index], let value = seen[slot] else { return (nil, 0, 1) }
        guard let producer = producers[slot] else { return (nil, value.shape.rank > 1 ? value.shape[1] : 0, 1) }
        let count = steps[producer].outputs.count
        if steps[producer].run.splitsChannels, let source = steps[producer].inputs.first ?? nil,
            let original = seen[source], original.isImage, value.storage == original.storage,
            index + count <= step.inputs.count,
            Array(step.inputs[index..<index + count]) == steps[producer].outputs
        {
            return (producers[source], original.shape[1], count)
        }
        return (value.isImage ? producer : nil, value.shape.rank > 1 ? value.shape[1] : 0, 1)
    }
}
