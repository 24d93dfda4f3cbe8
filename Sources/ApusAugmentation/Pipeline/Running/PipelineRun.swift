import ApusCore
import ApusVision

/// One sample's way through a pipeline.
///
/// Every part has a random stream of its own, numbered by its place: what one part draws moves no other's draws.
struct PipelineRun<Failure: Error> {
    let pipeline: Pipeline
    var sample: Sample
    let key: SampleKey
    let source: SampleSource<Failure>
    let isRecording: Bool
    private(set) var applied: [AppliedTransform] = []
    /// How often each part has run, for those that may run more than once.
    private var repetitions: [Int: Int] = [:]
    /// The part at the top that runs now.
    private var topLevel = 0
    /// The channels that the sample's image was cut down to.
    private var channels: [Int]?

    init(pipeline: Pipeline, sample: Sample, key: SampleKey, source: SampleSource<Failure>, isRecording: Bool) {
        (self.pipeline, self.sample, self.key) = (pipeline, sample, key)
        (self.source, self.isRecording) = (source, isRecording)
    }

    /// Runs the first parts at the top.
    mutating func run(topLevelNodes count: Int) throws(Failure) {
        sample.begin(pipeline)
        var stream = self.stream(0)
        if stream.happens(pipeline.group.probability) {
            var number = 1
            for (index, node) in pipeline.group.nodes.prefix(count).enumerated() {
                topLevel = index
                try run(node, number: number)
                number += node.count
            }
        }
        sample.judge(pipeline, after: "Compose", isLast: true)
    }

    /// Below are the purposes of the training recipe's own draws.
    private static var firstPurpose: Int { 1 << 10 }

    private func stream(_ number: Int, repetition: Int = 0) -> RandomStream {
        key.stream(Self.firstPurpose + number + repetition << 20)
    }

    private mutating func nextStream(_ number: Int) -> RandomStream {
        let repetition = repetitions[number, default: 0]
        repetitions[number] = repetition + 1
        return stream(number, repetition: repetition)
    }

    /// - Parameters:
    ///   - number: the part's place in the pipeline.
    ///   - isForced: whether it runs whatever its probability.
    private mutating func run(_ node: PipelineNode, number: Int, isForced: Bool = false) throws(Failure) {
        var stream = nextStream(number)
        let happens = stream.happens(node.probability) || isForced
        switch node {
        case .step(let step): if happens { try apply(step, &stream) }
        case .group(let group): try run(group, number, happens: happens, &stream)
        }
    }
}

// MARK: - Groups

extension PipelineRun {
    private mutating func run(
        _ group: PipelineGroup, _ number: Int, happens: Bool, _ stream: inout RandomStream
    ) throws(Failure) {
        guard let last = group.nodes.indices.last else { return }
        if case .oneOrOther = group.kind { return try runChild(happens ? 0 : last, group, number, isForced: true) }
        guard happens else { return }
        switch group.kind {
        case .compose, .replayCompose, .sequential, .oneOrOther:
            try runChildren(Array(group.nodes.indices), group, number)
        case .oneOf:
            guard let index = stream.index(weights: group.nodes.map(\.probability)) else { return }
            try runChild(index, group, number, isForced: true)
        case .someOf(let count, let repeats):
            try runChildren(stream.indices(count, of: last + 1, repeats: repeats).sorted(), group, number)
        case .randomOrder(let count, let repeats):
            try runChildren(stream.indices(count, of: last + 1, repeats: repeats), group, number)
        case .selectiveChannels(let channels): try runOnChannels(channels, group, number)
        }
    }

    private mutating func runChildren(_ indices: [Int], _ group: PipelineGroup, _ number: Int) throws(Failure) {
        for index in indices { try runChild(index, group, number) }
    }

    private mutating func runChild(
        _ index: Int, _ group: PipelineGroup, _ number: Int, isForced: Bool = false
    ) throws(Failure) {
        let first = group.nodes.prefix(index).reduce(number + 1) { $0 + $1.count }
        try run(group.nodes[index], number: first, isForced: isForced)
    }

    /// On a sample of these channels alone; what changes the picture's size there is left out.
    private mutating func runOnChannels(_ chosen: [Int], _ group: PipelineGroup, _ number: Int) throws(Failure) {
        let present = chosen.filter { $0 < sample.image.channels }
        guard channels == nil, !present.isEmpty else { return }
        let (whole, before) = (sample, applied)
        sample = Sample(image: whole.image.channels(present))
        channels = present
        try runChildren(Array(group.nodes.indices), group, number)
        channels = nil
        var result = whole
        let fits = result.image.replaceChannels(present, by: sample.image)
        if !fits { applied = before }
        sample = fits ? result : whole
    }
}

// MARK: - Transforms

extension PipelineRun {
    private mutating func apply(_ step: TransformStep, _ stream: inout RandomStream) throws(Failure) {
        try apply(step.transform, step, &stream)
    }

    private mutating func apply<T: Transform>(
        _ transform: T, _ step: TransformStep, _ stream: inout RandomStream
    ) throws(Failure) {
        if let mixing = transform as? any MixingTransform { return try mix(mixing, step, &stream) }
        guard let draw = transform.draw(for: sample, using: &stream) else { return }
        transform.apply(draw, to: &sample)
        note(step, draw)
        if !(transform is any PixelTransform) { sample.judge(pipeline, after: T.name, isLast: false) }
    }

    private mutating func mix<T: MixingTransform>(
        _ transform: T, _ step: TransformStep, _ stream: inout RandomStream
    ) throws(Failure) {
        var partners: [AppliedTransform.Partner] = [], samples: [Sample] = []
        if source.count > 0 {
            for slot in 0..<transform.partnerCount {
                let position = stream.index(below: source.count)
                let run = try partner(at: position, slot: slot)
                samples.append(run.sample)
                partners.append(AppliedTransform.Partner(position: position, applied: run.applied))
            }
        }
        guard let draw = transform.draw(for: sample, partners: samples, using: &stream) else { return }
        transform.apply(draw, to: &sample, with: samples)
        note(step, draw, partners)
        sample.judge(pipeline, after: T.name, isLast: false)
    }

    /// Another sample, by the parts before this one, with draws of its own.
    private func partner(at position: Int, slot: Int) throws(Failure) -> PipelineRun {
        let run = PipelineRun(
            pipeline: pipeline, sample: try source.sample(position),
            key: key.derived(sample: position, slot: slot + topLevel << 8),
            source: source, isRecording: isRecording)
        var result = run
        try result.run(topLevelNodes: topLevel)
        return result
    }

    private mutating func note(
        _ step: TransformStep, _ draw: any Codable & Sendable, _ partners: [AppliedTransform.Partner] = []
    ) {
        guard isRecording else { return }
        applied.append(AppliedTransform(step: step, draw: draw, channels: channels, partners: partners))
    }
}
