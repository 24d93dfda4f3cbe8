import ApusConfiguration
import ApusCore
import CApusKernels
import CApusOpenCV

/// Streaks of rain, blurred, over a darkened image. For RGB; others stay. Floats go through bytes.
public struct RandomRain: RGBTransform {
    /// How many drops there are.
    public enum Kind: String, CaseIterable, Codable, Sendable {
        case drizzle, heavy, torrential
        case standard = "default"

        func drops(height: Int) -> Int {
            switch self {
            case .drizzle: height / 4
            case .heavy: height
            case .torrential: height * 2
            case .standard: height / 3
            }
        }
    }

    /// How far a streak's end lies beside its beginning, in pixels.
    public var slant = -10.0...10.0
    /// In pixels; `nil` for an eighth of the height.
    public var length: Int?
    public var width = 1
    public var color = [200, 200, 200]
    /// The side of the blur's window.
    public var blur = 7
    public var brightness = 0.7
    public var kind = Kind.standard

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("slant_range", &slant, in: -20...20)
        try parameters.integer("drop_length", &length, in: 1...32_767)
        try parameters.integer("drop_width", &width, in: 1...255)
        try parameters.color("drop_color", &color)
        try parameters.integer("blur_value", &blur, in: 1...255)
        try parameters.number("brightness_coefficient", &brightness, in: 1e-6...1)
        try parameters.choice("rain_type", &kind)
    }

    public struct Draw: Codable, Hashable, Sendable {
        /// In pixels.
        public var slant: Double
        public var length: Int
        /// Where streaks begin.
        public var x, y: [Int]
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Draw? {
        guard sample.image.channels == 3 else { return nil }
        let (width, height) = (sample.size.width, sample.size.height)
        let length = length ?? max(1, height / 8)
        var draw = Draw(slant: stream.uniform(slant), length: length, x: [], y: [])
        for _ in 0..<kind.drops(height: height) {
            draw.x.append(stream.index(below: width))
            draw.y.append(stream.index(below: max(height - length, 1)))
        }
        return draw
    }

    public func apply(_ draw: Draw, to image: inout Raster) {
        guard image.channels == 3, !draw.x.isEmpty, draw.x.count == draw.y.count else { return }
        let dark = roundedTable { $0 * brightness }
        image.asBytes { bytes in
            let (layer, pixels) = (streaks(draw, on: bytes), bytes.pixelCount)
            layer.read(
                uint8: { layer in
                    bytes.modify(
                        uint8: {
                            apus_add_layer($0.baseAddress, pixels, 3, layer.baseAddress, layer.count == pixels)
                            apus_map_bytes($0.baseAddress, $0.count, dark)
                        }, float32: { _ in })
                }, float32: { _ in })
        }
    }

    /// In one channel where the colour is a grey.
    private func streaks(_ draw: Draw, on image: Raster) -> Raster {
        let channels = Set(color).count == 1 ? 1 : 3
        var layer = Raster(
            size: image.size, channels: channels,
            uint8: [UInt8](repeating: 0, count: image.pixelCount * channels))
        let ends = zip(draw.x, draw.y).flatMap { x, y in
            let (endX, endY) = (Double(x) + draw.slant, Double(y) + Double(draw.length))
            return [Int32(clamping: x), Int32(clamping: y), Int32(clampingCut: endX), Int32(clampingCut: endY)]
        }
        let paint = color.map { UInt8(clamping: $0) }
        layer.modify(
            uint8: {
                OpenCV.check(
                    apus_cv_draw_lines(
                        $0.baseAddress, Int32(image.width), Int32(image.height), Int32(channels), ends,
                        Int32(draw.x.count), paint, Int32(width), 4))
            }, float32: { _ in })
        if blur > 1 { layer.blurBox(side: blur) }
        return layer
    }
}

extension Int32 {
    /// Cut to a whole number, which stands as far out as it may.
    init(clampingCut value: Double) { self = Int32(Swift.min(Swift.max(value.isNaN ? 0 : value, -1e9), 1e9)) }
}
