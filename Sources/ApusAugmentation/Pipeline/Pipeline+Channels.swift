import ApusConfiguration

extension Pipeline {
    /// An error where a transform may be handed an image of a number of channels that it does not take, be it one of
    /// `channels` or what transforms before it made of it. Running, it would leave such an image alone.
    public func check(channels: Int) throws(ConfigurationError) {
        _ = try group.channels(after: [channels], path: "transforms")
    }
}

extension PipelineNode {
    /// Every number of channels that there may be after one of these.
    fileprivate func channels(after counts: Set<Int>, path: String) throws(ConfigurationError) -> Set<Int> {
        switch self {
        case .step(let step): try step.channels(after: counts, path: path)
        case .group(let group): try group.channels(after: counts, path: path + ".transforms")
        }
    }
}

extension TransformStep {
    fileprivate func channels(after counts: Set<Int>, path: String) throws(ConfigurationError) -> Set<Int> {
        var result: Set<Int> = probability < 1 ? counts : []
        for count in counts.sorted() where probability > 0 {
            guard let made = transform.channels(after: count) else {
                throw ConfigurationError(
                    .invalidValue, at: .standard, keyPath: path,
                    problem: "\(type(of: transform).name) takes no images of \(count) channels",
                    remedy: "leave it out, or apply it to some channels in a SelectiveChannelTransform")
            }
            result.insert(made)
        }
        return result
    }
}

extension PipelineGroup {
    fileprivate func channels(after counts: Set<Int>, path: String) throws(ConfigurationError) -> Set<Int> {
        let made: Set<Int>
        switch kind {
        case .compose, .replayCompose, .sequential: made = try inTurn(counts, path)
        case .oneOf, .oneOrOther: made = try anyOf(counts, path)
        case .someOf(let count, _), .randomOrder(let count, _): made = try anyOf(counts, path, times: count)
        case .selectiveChannels(let chosen):
            let parts = Set(counts.map { count in chosen.filter { $0 < count }.count }).subtracting([0])
            _ = try inTurn(parts, path)
            return counts
        }
        return probability < 1 ? made.union(counts) : made
    }

    private func inTurn(_ counts: Set<Int>, _ path: String) throws(ConfigurationError) -> Set<Int> {
        var result = counts
        for (index, node) in nodes.enumerated() { result = try node.channels(after: result, path: "\(path)[\(index)]") }
        return result
    }

    /// After so many of the parts, in any order.
    private func anyOf(_ counts: Set<Int>, _ path: String, times: Int = 1) throws(ConfigurationError) -> Set<Int> {
        var result = counts
        for _ in 0..<min(times, nodes.count) {
            for (index, node) in nodes.enumerated() {
                result.formUnion(try node.channels(after: result, path: "\(path)[\(index)]"))
            }
        }
        return result
    }
}
