/// Transforms one after the other, each with a random stream of its own: adding one does not change the others' draws.
public struct Compose: Sendable {
    public var transforms: [any Transform]
    /// The purpose of the first transform's stream; the others follow.
    public var firstPurpose: Int

    public init(_ transforms: [any Transform], firstPurpose: Int = 1 << 10) {
        (self.transforms, self.firstPurpose) = (transforms, firstPurpose)
    }

    public func callAsFunction(_ sample: Sample, key: SampleKey) -> Sample {
        transforms.enumerated().reduce(sample) { sample, item in
            var stream = key.stream(firstPurpose + item.offset)
            return item.element(sample, using: &stream)
        }
    }
}
