import ApusCore
import ApusVision

extension Pipeline {
    /// The sample changed as its key says.
    ///
    /// - Parameter source: where mosaics and blends take other samples from; without one they do nothing.
    public func callAsFunction<Failure>(
        _ sample: Sample, key: SampleKey, source: SampleSource<Failure>
    ) throws(Failure) -> Sample {
        var run = PipelineRun(pipeline: self, sample: sample, key: key, source: source, isRecording: false)
        try run.run(topLevelNodes: group.nodes.count)
        return run.sample
    }

    public func callAsFunction(_ sample: Sample, key: SampleKey) -> Sample {
        self(sample, key: key, source: .none)
    }

    /// The same, with a record of what was applied.
    public func recording<Failure>(
        _ sample: Sample, key: SampleKey, source: SampleSource<Failure>
    ) throws(Failure) -> (sample: Sample, replay: Replay) {
        var run = PipelineRun(pipeline: self, sample: sample, key: key, source: source, isRecording: true)
        try run.run(topLevelNodes: group.nodes.count)
        return (run.sample, Replay(applied: run.applied))
    }

    public func recording(_ sample: Sample, key: SampleKey) -> (sample: Sample, replay: Replay) {
        recording(sample, key: key, source: .none)
    }
}

extension SampleSource where Failure == Never {
    /// Nobody takes part but the sample itself.
    static var none: SampleSource<Never> {
        SampleSource(count: 0) { _ in preconditionFailure("there is no sample to take part") }
    }
}

extension Sample {
    /// What a pipeline does to the boxes before its first transform.
    mutating func begin(_ pipeline: Pipeline) { prepareBoxes(pipeline.boxes ?? BoxParameters(), by: "Compose") }

    /// What a pipeline does after a transform, and last.
    mutating func judge(_ pipeline: Pipeline, after name: String, isLast: Bool) {
        if let rule = pipeline.boxes, isLast || rule.checksEachTransform { filterBoxes(rule, by: name) }
        if isLast, pipeline.keypoints?.removesInvisible == true { removeAbsentPoints() }
    }
}
