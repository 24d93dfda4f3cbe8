import ApusConfiguration
import ApusCore

/// How many pixels are added on each side.
struct Padding: Hashable, Sendable {
    var left = 0, top = 0, right = 0, bottom = 0

    var isNone: Bool { left == 0 && top == 0 && right == 0 && bottom == 0 }

    /// What brings an image to a size, as much on both sides; the odd pixel is the right's and the bottom's.
    static func reaching(_ target: ImageSize, from size: ImageSize) -> Padding {
        let (x, y) = (max(target.width - size.width, 0), max(target.height - size.height, 0))
        return Padding(left: x / 2, top: y / 2, right: x - x / 2, bottom: y - y / 2)
    }

    /// The same number of pixels with the image elsewhere.
    func placed(_ position: PadPosition, using stream: inout RandomStream) -> Padding {
        let (x, y) = (left + right, top + bottom)
        switch position {
        case .center: return self
        case .topLeft: return Padding(right: x, bottom: y)
        case .topRight: return Padding(left: x, bottom: y)
        case .bottomLeft: return Padding(top: y, right: x)
        case .bottomRight: return Padding(left: x, top: y)
        case .random:
            let (left, top) = (stream.integer(0...x), stream.integer(0...y))
            return Padding(left: left, top: top, right: x - left, bottom: y - top)
        }
    }

    func frame(of size: ImageSize) -> CropFrame {
        .cutting(size, left: -left, top: -top, right: -right, bottom: -bottom)
    }
}

/// Where the image lies in its padding.
public enum PadPosition: String, CaseIterable, Sendable {
    case center
    case topLeft = "top_left"
    case topRight = "top_right"
    case bottomLeft = "bottom_left"
    case bottomRight = "bottom_right"
    case random
}
