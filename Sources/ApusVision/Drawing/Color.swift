/// An opaque sRGB colour.
public struct Color: Hashable, Sendable {
    public var red, green, blue: UInt8

    public init(red: UInt8, green: UInt8, blue: UInt8) {
        (self.red, self.green, self.blue) = (red, green, blue)
    }

    init(_ hexadecimal: UInt32) {
        self.init(
            red: UInt8(hexadecimal >> 16 & 0xFF), green: UInt8(hexadecimal >> 8 & 0xFF),
            blue: UInt8(hexadecimal & 0xFF))
    }

    public static let white = Color(0xFFFFFF)
    public static let black = Color(0x000000)

    /// The colour of class or series `index`: twelve that are easy to tell apart, then hues a golden angle on.
    public static func palette(_ index: Int) -> Color {
        let first: [UInt32] = [
            0x1F77B4, 0xE4572E, 0x2CA02C, 0x9B4FC9, 0xF2A900, 0x17A2B8, 0xD81B60, 0x7A5C3E, 0x6B8E23, 0x3F51B5,
            0x00896F, 0xFF7F50,
        ]
        guard index >= first.count else { return Color(first[max(index, 0)]) }
        let turns = Double(index) * 0.618_033_988_749_895
        return Color(hue: turns - turns.rounded(.down), value: index % 2 == 0 ? 0.85 : 0.6)
    }

    /// A colour of saturation 0.8; `hue` in turns.
    private init(hue: Double, value: Double) {
        func component(_ shift: Double) -> UInt8 {
            let position = (hue * 6 + shift).truncatingRemainder(dividingBy: 6)
            return UInt8(255 * value * (1 - 0.8 * max(0, min(position, 4 - position, 1))))
        }
        self.init(red: component(5), green: component(3), blue: component(1))
    }

    /// Black or white, whichever is easier to read on this colour (WCAG's relative luminance).
    public var contrasting: Color { luminance > 0.3 ? .black : .white }

    private var luminance: Double {
        func linear(_ value: UInt8) -> Double {
            let x = Double(value) / 255
            return x * x * (0.8 + 0.2 * x)
        }
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }
}
