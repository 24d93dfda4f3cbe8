import ApusConfiguration
import ApusCore
import ApusVision

/// Stretches the columns and rows of a grid differently.
public struct GridDistortion: FieldTransform {
    /// How many cells lie along each side.
    public var count = 5
    /// By how much a cell's sides change, in fractions of them.
    public var limit = -0.3...0.3
    /// Whether the changed cells still cover the image.
    public var isNormalized = true
    public var look = WarpLook()

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.integer("num_steps", &count, in: 1...4096)
        try parameters.range("distort_limit", &limit, in: -1...1)
        try parameters.flag("normalized", &isNormalized)
        try look.bind(&parameters)
    }

    /// How long each cell's side becomes in the input, by its own length.
    public struct Draw: Codable, Hashable, Sendable {
        public var x, y: [Double]
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        let x = (0...count).map { _ in 1 + stream.uniform(limit) }
        let y = (0...count).map { _ in 1 + stream.uniform(limit) }
        guard isNormalized else { return Draw(x: x, y: y) }
        return Draw(x: normalized(x, sample.size.width), y: normalized(y, sample.size.height))
    }

    /// The same with a sum that covers the side; the last, cut cell counts as what there is of it.
    func normalized(_ steps: [Double], _ side: Int) -> [Double] {
        let count = max(min(steps.count - 1, side), 1)
        let step = side / count
        var result = steps
        result[result.count - 1] *= Double(min(side, (count + 1) * step) - count * step) / Double(step)
        let sum = result.reduce(0, +)
        guard sum > 0 else { return steps }
        return result.map { $0 * (Double(side) / Double(step)) / sum }
    }

    public func sources(_ draw: Draw, of size: ImageSize) -> FieldSources? {
        FieldSources(WarpField(columns: Self.places(draw.x, size.width), rows: Self.places(draw.y, size.height)))
    }

    /// For each pixel its place: cell by cell from one edge to the next, both included.
    static func places(_ steps: [Double], _ side: Int) -> [Float] {
        let step = side / max(min(steps.count - 1, side), 1)
        var (result, previous) = ([Float](repeating: 0, count: side), 0.0)
        for (index, factor) in steps.enumerated() {
            let (first, last) = (min(index * step, side), min((index + 1) * step, side))
            let current = previous + Double(step) * factor
            let gap = last - first > 1 ? (current - previous) / Double(last - first - 1) : 0
            for place in first..<last { result[place] = Float(previous + gap * Double(place - first)) }
            previous = current
        }
        return result
    }
}
