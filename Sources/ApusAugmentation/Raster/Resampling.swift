/// How a value between pixels is made up; the raw values are OpenCV's.
public enum Resampling: Int, Codable, Hashable, Sendable, CaseIterable, NamedCode {
    case nearest = 0
    case linear = 1
    case cubic = 2
    case area = 3
    case lanczos4 = 4
    case linearExact = 5
    case nearestExact = 6

    /// What serves where each pixel has a place of its own, as in a warp: no averaging over areas there.
    var pointwise: Resampling {
        switch self {
        case .area, .linearExact: .linear
        case .nearestExact: .nearest
        default: self
        }
    }
}
