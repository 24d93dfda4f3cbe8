import ApusCore

/// A colour while a scene is painted: 0…255, not yet rounded.
struct SceneColor {
    var red, green, blue: Float

    init(_ red: Float, _ green: Float, _ blue: Float) { (self.red, self.green, self.blue) = (red, green, blue) }

    func mixed(with other: SceneColor, _ weight: Float) -> SceneColor {
        SceneColor(
            red + (other.red - red) * weight, green + (other.green - green) * weight,
            blue + (other.blue - blue) * weight)
    }

    func scaled(by factor: Float) -> SceneColor { SceneColor(red * factor, green * factor, blue * factor) }

    /// Euclidean, in 0…255 units.
    func distance(to other: SceneColor) -> Float {
        let (r, g, b) = (red - other.red, green - other.green, blue - other.blue)
        return (r * r + g * g + b * b).squareRoot()
    }

    /// A full colour of the wheel, `hue` in 0..<6, its components 0…1.
    static func hue(_ hue: Float) -> SceneColor {
        func ramp(_ offset: Float) -> Float {
            var position = hue + offset
            if position >= 6 { position -= 6 }
            return min(max(min(position, 4 - position), 0), 1)
        }
        return SceneColor(ramp(2), ramp(0), ramp(4))
    }
}

extension RandomStream {
    /// A whole number in the range, each as likely as any other.
    mutating func integer(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + min(Int(uniform() * Float(range.count)), range.count - 1)
    }

    mutating func element<Element>(of elements: [Element]) -> Element { elements[integer(in: 0...elements.count - 1)] }
}
