import ApusConfiguration
import ApusCore
import Glibc

/// A change that RandAugment and TrivialAugment choose from, and how strong it is: one of Albumentations' transforms
/// with every range a single number.
public struct AutomaticOperation: Codable, Hashable, Sendable {
    public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
        case identity, shearX, shearY, translateX, translateY, rotate, brightness, color, contrast, sharpness, posterize
        case solarize, autocontrast, equalize
    }

    public var kind: Kind
    /// Shear as a tangent, shift as a part of the width or height, rotation in degrees, the gain of brightness, colour
    /// and contrast beside 1, sharpness 0 to 1, bits to keep, and the threshold as a part of full intensity.
    public var amount: Double

    public init(_ kind: Kind, _ amount: Double) { (self.kind, self.amount) = (kind, amount) }

    /// The transform; `nil` for the identity, and for an amount beyond what it takes.
    var transform: (any Transform)? {
        switch kind {
        case .identity: nil
        case .shearX: affine { $0.shear = AxisRanges(x: degrees...degrees, y: 0...0) }
        case .shearY: affine { $0.shear = AxisRanges(x: 0...0, y: degrees...degrees) }
        case .translateX: affine { $0.translateFraction = AxisRanges(x: amount...amount, y: 0...0) }
        case .translateY: affine { $0.translateFraction = AxisRanges(x: 0...0, y: amount...amount) }
        case .rotate: affine { $0.rotation = amount...amount }
        case .brightness: jitter("brightness")
        case .color: jitter("saturation")
        case .contrast: jitter("contrast")
        case .sharpness: made("Sharpen", [("alpha", .pair(amount)), ("lightness", .pair(1))])
        case .posterize: amount >= 8 ? nil : made("Posterize", [("num_bits", .integer(Int(amount)))])
        case .solarize: made("Solarize", [("threshold_range", .pair(amount))])
        case .autocontrast: made("AutoContrast", [])
        case .equalize: made("Equalize", [])
        }
    }

    private var degrees: Double { atan(amount) * 180 / .pi }

    private func affine(_ change: (inout Affine) -> Void) -> Affine {
        var affine = Affine()
        change(&affine)
        return affine
    }

    private func jitter(_ chosen: String) -> (any Transform)? {
        let factors = ["brightness", "contrast", "saturation"].map { key in
            (key, YAMLNode.pair(key == chosen ? max(1 + amount, 0) : 1))
        }
        return made("ColorJitter", factors + [("hue", .pair(0))])
    }

    private func made(_ name: String, _ parameters: [(String, YAMLNode)]) -> (any Transform)? {
        let entries = parameters.map { YAMLEntry($0.0, $0.1) }
        return try? TransformStep(name: name, entries: entries, at: .standard, path: "").transform
    }
}

extension YAMLNode {
    fileprivate static func pair(_ value: Double) -> YAMLNode { .list([.number(value), .number(value)]) }
}

extension Sample {
    /// Applies operations one after the other. Nothing in them is random any more.
    mutating func apply(_ operations: [AutomaticOperation]) {
        for operation in operations where operation.amount.isFinite && abs(operation.amount) <= 256 {
            var stream = RandomStream(seed: 0)
            if let transform = operation.transform { self = transform(self, using: &stream) }
        }
    }
}
