/// One axis of a resized array.
struct ResizeAxis: Sendable {
    /// Elements before and after.
    let extent, count: Int
    /// Elements after for each before: not always their quotient, where the user gave it.
    let scale: Float
    /// The part of the axis that is resized, 0 … 1 for all of it; only for `crop`.
    var start: Float = 0
    var end: Float = 1

    /// Whether nothing moves.
    var isIdentity: Bool { extent == count && scale == 1 && start == 0 && end == 1 }

    /// The input coordinate of output `place`. Single precision, as onnxruntime has it: where a coordinate falls on
    /// the middle between two elements, the last bit decides.
    func source(of place: Int, _ coordinates: ResizeMethod.Coordinates) -> Float {
        let x = Float(place), last = Float(extent - 1)
        switch coordinates {
        case .asymmetric: return x / scale
        case .halfPixel: return (x + 0.5) / scale - 0.5
        case .tensorFlowHalfPixel: return (x + 0.5) / scale
        case .pytorchHalfPixel: return count > 1 ? (x + 0.5) / scale - 0.5 : 0
        case .alignCorners: return count > 1 ? x * last / Float(count - 1) : 0
        case .symmetricHalfPixel:
            let adjustment = Float(count) / (scale * Float(extent))
            return Float(extent) / 2 * (1 - adjustment) + (x + 0.5) / scale - 0.5
        case .crop:
            guard count > 1 else { return 0.5 * (start + end) * last }
            return start * last + x * (end - start) * last / Float(count - 1)
        }
    }

    /// Whether `crop` finds nothing at `place`.
    func isOutside(_ place: Int) -> Bool {
        let x = source(of: place, .crop)
        return !(x >= 0 && x <= Float(extent - 1))
    }
}
