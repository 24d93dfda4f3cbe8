import ApusCore
import CApusKernels
import Glibc

/// Changes hue, saturation and value of RGB pixels by 8-bit tables, hue counted in 180 steps as OpenCV does.
public struct HSV: Sendable {
    /// How the hue's draw acts.
    public enum HueMode: String, Codable, Hashable, Sendable, CaseIterable {
        /// `hue + 180 · draw`: Ultralytics since 8.3.78.
        case additive
        /// `hue · (1 + draw)`: Ultralytics before, which hardly moves red.
        case multiplicative
    }

    /// Each draw is uniform within ± its gain.
    public var hue, saturation, value: Double
    public var hueMode: HueMode

    public init(hue: Double = 0.015, saturation: Double = 0.7, value: Double = 0.4, hueMode: HueMode = .additive) {
        (self.hue, self.saturation, self.value, self.hueMode) = (hue, saturation, value, hueMode)
    }

    /// One table of 256 entries a channel.
    public struct Draw: Hashable, Sendable {
        public var hue, saturation, value: [UInt8]

        /// Tables that shift or multiply the hue, and multiply saturation and value; the product is cut to an integer.
        public init(hue: Double, saturation: Double, value: Double, mode: HueMode) {
            self.hue = (0..<256).map { entry in
                let moved = mode == .additive ? Double(entry) + hue * 180 : Double(entry) * (1 + hue)
                let wrapped = fmod(moved, 180)
                return UInt8(wrapped < 0 ? min(wrapped + 180, 179) : wrapped)
            }
            self.saturation = Self.multiples(of: 1 + saturation)
            self.value = Self.multiples(of: 1 + value)
        }

        private static func multiples(of gain: Double) -> [UInt8] {
            (0..<256).map { UInt8(min(max(Double($0) * gain, 0), 255)) }
        }
    }

    /// `nil` without gains.
    public func draw(using generator: inout RandomStream) -> Draw? {
        guard hue != 0 || saturation != 0 || value != 0 else { return nil }
        return Draw(
            hue: generator.uniform(-hue, hue), saturation: generator.uniform(-saturation, saturation),
            value: generator.uniform(-value, value), mode: hueMode)
    }

    /// Pixels of other than three channels stay.
    public func apply(_ draw: Draw, to pixels: PixelView) {
        guard pixels.channels == 3 else { return }
        apus_map_hsv(pixels.base, pixels.size.width * pixels.size.height, draw.hue, draw.saturation, draw.value)
    }
}
