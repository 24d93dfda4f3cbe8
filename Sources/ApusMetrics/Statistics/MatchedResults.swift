/// What an evaluation found on every image, matched once: metrics of any part of the images, or of images that count
/// several times, follow from it without looking at a box again.
///
///     let (metrics, matches) = evaluator.evaluateWithMatches()
///     let dark = try matches.metrics(on: ImageSlice(name: "dark", imageIDs: [3, 8, 11]))
///
/// Weights are whole numbers: an image of weight 2 stands for two of the same kind. Equal scores of one class keep
/// their order, and the copies of a detection stand together.
public struct MatchedResults: Hashable, Sendable {
    /// `nil` for a classifier, which has but one.
    public let profile: EvaluationProfile?
    public let classNames: [String]
    /// Ascending.
    public let imageIDs: [Int]
    let parts: [Part]

    /// Matches of one kind; a segmenter has boxes and masks.
    enum Part: Hashable, Sendable {
        case objects(ObjectMatches)
        case classes(ClassMatches)
        case keypoints(KeypointMatches)
        case pixels(PixelMatches)
    }

    init(profile: EvaluationProfile?, classNames: [String], imageIDs: [Int], parts: [Part]) {
        (self.profile, self.classNames, self.imageIDs, self.parts) = (profile, classNames, imageIDs, parts)
    }

    /// With matches of another kind on the same images.
    func adding(_ part: Part) -> MatchedResults {
        MatchedResults(profile: profile, classNames: classNames, imageIDs: imageIDs, parts: parts + [part])
    }

    /// The metrics with every image counted as often as it weighs; weights of 1 give the evaluation's own numbers,
    /// and weights of 0 and 1 those of a part of the images.
    ///
    /// - Parameter weights: from 0 to 1000, in the order of `imageIDs`.
    public func metrics(weights: [Int]) -> SampledMetrics {
        precondition(weights.count == imageIDs.count, "\(weights.count) weights for \(imageIDs.count) images")
        precondition(weights.allSatisfy { (0...1000).contains($0) }, "a weight is not from 0 to 1000")
        return sampler.metrics(weights.map(Int32.init))
    }

    /// The metrics of some of the images alone.
    ///
    /// - Throws: `EvaluationError.unknownImage` for an id that was not evaluated.
    public func metrics(on slice: ImageSlice) throws(EvaluationError) -> SampledMetrics {
        sampler.metrics(try weights(of: slice))
    }

    /// 1 for images of the slice, 0 for others.
    func weights(of slice: ImageSlice) throws(EvaluationError) -> [Int32] {
        var weights = [Int32](repeating: 0, count: imageIDs.count)
        for id in slice.imageIDs {
            guard let place = place(of: id) else { throw .unknownImage(id, entry: "slice \(slice.name)") }
            weights[place] = 1
        }
        return weights
    }

    private func place(of id: Int) -> Int? {
        var (low, high) = (0, imageIDs.count)
        while low < high {
            let middle = (low + high) / 2
            if imageIDs[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low < imageIDs.count && imageIDs[low] == id ? low : nil
    }

    /// Prepares weighted passes; worth keeping for many of them.
    var sampler: MatchedSampler { MatchedSampler(self) }
}

/// The samplers of every part, one after another.
struct MatchedSampler: Sendable {
    private let parts: [any MatchSampler]
    let names: [String]

    init(_ matches: MatchedResults) {
        parts = matches.parts.map { part -> any MatchSampler in
            switch part {
            case .objects(let objects): ObjectSampler(objects, classNames: matches.classNames)
            case .classes(let classes): ClassificationSampler(classes, classNames: matches.classNames)
            case .keypoints(let keypoints): KeypointSampler(keypoints)
            case .pixels(let pixels): PixelSampler(pixels, classNames: matches.classNames)
            }
        }
        names = parts.flatMap(\.names)
    }

    /// - Parameter draws: weights as `[draw][image]`.
    /// - Returns: `[draw][name]`, NaN where there is nothing to count.
    func values(_ draws: [[Int32]]) -> [[Double]] {
        let columns = parts.map { $0.values(draws) }
        return draws.indices.map { draw in columns.flatMap { $0[draw] } }
    }

    func metrics(_ weights: [Int32]) -> SampledMetrics {
        let row = values([weights])[0]
        let present = zip(names, row).filter { !$0.1.isNaN }
        return SampledMetrics(
            imageCount: weights.reduce(0) { $0 + Int($1) }, instances: parts.first?.instances(weights) ?? [],
            values: Dictionary(present.map { ($0.0, $0.1) }) { $1 })
    }
}
