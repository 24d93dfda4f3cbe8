import ApusCore

/// A transform into which other samples go: a mosaic, a blend, a pasted object.
public protocol MixingTransform: Transform {
    /// How many others are fetched for one application.
    var partnerCount: Int { get }

    /// Draws for a sample and its partners; there are fewer than `partnerCount` where nothing gives samples.
    func draw(for sample: Sample, partners: [Sample], using stream: inout RandomStream) -> Draw?

    /// Changes the sample by a draw for it and these partners.
    func apply(_ draw: Draw, to sample: inout Sample, with partners: [Sample])
}

extension MixingTransform {
    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        draw(for: sample, partners: [], using: &stream)
    }

    public func apply(_ draw: Draw, to sample: inout Sample) { apply(draw, to: &sample, with: []) }
}

/// Where partners come from.
public struct SampleSource<Failure: Error> {
    /// How many samples there are; at least 1.
    public var count: Int
    public var sample: (Int) throws(Failure) -> Sample

    public init(count: Int, sample: @escaping (Int) throws(Failure) -> Sample) {
        (self.count, self.sample) = (count, sample)
    }
}
