import ApusAugmentation
import ApusVision

/// Finds the lines around a mask: closed polygons along the edges of its pixels, those around holes among them.
///
/// Filled together, where an odd number of turns surround a pixel's centre, they give the mask back exactly. Pixels
/// that touch at a corner only are of different parts.
struct MaskOutline {
    private let mask: Mask
    /// Which sides of the grid's lines are walked already: the upper side of each pixel's row, by vertex.
    private var isWalked: [Bool]

    /// Polygons with their first points on the left of their first sides.
    static func polygons(of mask: Mask) -> [[Point]] {
        var outline = MaskOutline(mask)
        var polygons = [[Point]]()
        for y in 0..<mask.height {
            for x in 0..<mask.width where outline.startsLoop(x, y) { polygons.append(outline.loop(fromX: x, y: y)) }
        }
        return polygons
    }

    /// All loops in one polygon, led from one to the next and back along seams without area.
    static func joined(_ loops: [[Point]]) -> [Point] {
        guard var joined = loops.first, let anchor = joined.first else { return [] }
        for loop in loops.dropFirst() where !loop.isEmpty { joined += [anchor] + loop + [loop[0]] }
        return loops.count > 1 ? joined + [anchor] : joined
    }

    private init(_ mask: Mask) {
        self.mask = mask
        isWalked = [Bool](repeating: false, count: mask.width * mask.height)
    }

    /// Directions clockwise as the image is seen, the object on the right.
    private enum Direction: Int {
        case right, down, left, up

        var step: (x: Int, y: Int) {
            switch self {
            case .right: (1, 0)
            case .down: (0, 1)
            case .left: (-1, 0)
            case .up: (0, -1)
            }
        }

        func turned(by quarter: Int) -> Direction { Direction(rawValue: (rawValue + quarter + 4) % 4) ?? .right }
    }

    private func isSet(_ x: Int, _ y: Int) -> Bool {
        x >= 0 && y >= 0 && x < mask.width && y < mask.height && mask[x, y]
    }

    /// Every loop has an upper side of a pixel, walked to the right.
    private func startsLoop(_ x: Int, _ y: Int) -> Bool {
        mask[x, y] && !isSet(x, y - 1) && !isWalked[y * mask.width + x]
    }

    /// Whether a step from a vertex has the object on its right and background on its left.
    private func isBorder(_ x: Int, _ y: Int, _ direction: Direction) -> Bool {
        switch direction {
        case .right: isSet(x, y) && !isSet(x, y - 1)
        case .down: isSet(x - 1, y) && !isSet(x, y)
        case .left: isSet(x - 1, y - 1) && !isSet(x - 1, y)
        case .up: isSet(x, y - 1) && !isSet(x - 1, y - 1)
        }
    }

    private mutating func loop(fromX startX: Int, y startY: Int) -> [Point] {
        var points = [Point]()
        var (x, y, direction) = (startX, startY, Direction.right)
        repeat {
            points.append(Point(Double(x), Double(y)))
            repeat {
                if direction == .right { isWalked[y * mask.width + x] = true }
                (x, y) = (x + direction.step.x, y + direction.step.y)
            } while !turnsAt(x, y, &direction)
        } while x != startX || y != startY || direction != .right
        return points
    }

    /// Turns right where it can, else goes on, else turns left; false where it goes on.
    private func turnsAt(_ x: Int, _ y: Int, _ direction: inout Direction) -> Bool {
        for quarter in [1, 0, -1] {
            let next = direction.turned(by: quarter)
            if isBorder(x, y, next) {
                direction = next
                return quarter != 0
            }
        }
        return true
    }
}
