import ApusConfiguration
import ApusCore

/// Bends the relation of bright and dark by a cubic Bézier curve; floats go through bytes.
///
/// Wu et al., *Deep Image: Scaling up Image Recognition*, <https://arxiv.org/abs/1501.02876>.
public struct RandomToneCurve: PixelTransform {
    /// The deviation of the curve's two handles.
    public var scale = 0.1
    public var isPerChannel = false

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.number("scale", &scale, in: 0...1)
        try parameters.flag("per_channel", &isPerChannel)
    }

    /// The heights of the handles, from 0 to 1: one for each channel, or for all.
    public struct Draw: Codable, Hashable, Sendable {
        public var low, high: [Double]
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        let count = isPerChannel ? sample.image.channels : 1
        func heights(_ mean: Double) -> [Double] {
            (0..<count).map { _ in min(max(mean + scale * stream.normal(), 0), 1) }
        }
        let low = heights(0.25)
        return Draw(low: low, high: heights(0.75))
    }

    public func apply(_ draw: Draw, to image: inout Raster) {
        guard [1, image.channels].contains(draw.low.count), draw.low.count == draw.high.count else { return }
        let tables = draw.low.indices.flatMap { channel in
            roundedTable { x in
                let (t, s) = (x / 255, 1 - x / 255)
                return (3 * s * s * t * draw.low[channel] + 3 * s * t * t * draw.high[channel] + t * t * t) * 255
            }
        }
        image.asBytes { $0.map(tables) { _ in } }
    }
}
