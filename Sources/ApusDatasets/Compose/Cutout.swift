/// An object cut out of its black ground: how opaque each pixel is and how bright the object is there.
///
/// The ground is what is dark and reaches the border, and dark holes that are not small (between the straps of a
/// sandal). At the object's edge, where the picture blends it with black, opacity is the brightness against that of
/// the inner neighbours, so that the edge stays smooth on any background.
struct Cutout {
    let width: Int
    let height: Int
    /// 0…1 by rows.
    private(set) var opacity: [Float]
    /// Grey 0…255 times opacity.
    private(set) var brightness: [Float]

    /// Brightness below which a pixel may be ground.
    private static let threshold: UInt8 = 20
    /// Dark holes up to this many pixels belong to the object.
    private static let smallHole = 8
    /// Bright specks of fewer pixels do not.
    private static let smallestPiece = 6
    /// Objects of fewer pixels are too faint to be cut out.
    private static let fewestPixels = 30

    /// The smallest rectangle that holds the object, or `nil` where there is hardly any.
    init?(_ pixels: ArraySlice<UInt8>, width: Int, height: Int) {
        let grey = Array(pixels)
        let solid = Self.solidPixels(grey, width: width, height: height)
        guard solid.count(where: { $0 }) >= Self.fewestPixels else { return nil }
        let rows = (0..<height).filter { y in (0..<width).contains { solid[y * width + $0] } }
        let columns = (0..<width).filter { x in (0..<height).contains { solid[$0 * width + x] } }
        guard let top = rows.first, let bottom = rows.last, let left = columns.first, let right = columns.last else {
            return nil
        }
        self.width = right - left + 1
        self.height = bottom - top + 1
        (opacity, brightness) = ([], [])
        let picture = Picture(grey: grey, solid: solid, width: width, height: height)
        for y in top...bottom {
            for x in left...right {
                let (alpha, value) = picture.matte(x, y)
                opacity.append(alpha)
                brightness.append(alpha * value)
            }
        }
    }

    /// Pixels that are not ground.
    private static func solidPixels(_ grey: [UInt8], width: Int, height: Int) -> [Bool] {
        let isBright = grey.map { $0 >= threshold }
        var solid = isBright
        var isSeen = [Bool](repeating: false, count: grey.count)
        for start in grey.indices where !isSeen[start] {
            let region = region(of: isBright, from: start, isSeen: &isSeen, width: width, height: height)
            if isBright[start] {
                if region.count < smallestPiece { for index in region { solid[index] = false } }
            } else if region.count <= smallHole, !region.contains(where: { isBorder($0, width, height) }) {
                for index in region { solid[index] = true }
            }
        }
        return solid
    }

    private static func isBorder(_ index: Int, _ width: Int, _ height: Int) -> Bool {
        let (x, y) = (index % width, index / width)
        return x == 0 || y == 0 || x == width - 1 || y == height - 1
    }

    /// The pixels as bright or as dark as `start` that hang together with it by their sides.
    private static func region(
        of isBright: [Bool], from start: Int, isSeen: inout [Bool], width: Int, height: Int
    ) -> [Int] {
        var region = [start]
        isSeen[start] = true
        var next = 0
        while next < region.count {
            let (x, y) = (region[next] % width, region[next] / width)
            next += 1
            for (nx, ny) in [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)] {
                guard (0..<width).contains(nx), (0..<height).contains(ny) else { continue }
                let neighbour = ny * width + nx
                guard !isSeen[neighbour], isBright[neighbour] == isBright[start] else { continue }
                isSeen[neighbour] = true
                region.append(neighbour)
            }
        }
        return region
    }
}

/// A grey picture and which of its pixels are object.
private struct Picture {
    let grey: [UInt8]
    let solid: [Bool]
    let width: Int
    let height: Int

    /// Opacity and brightness of a pixel.
    func matte(_ x: Int, _ y: Int) -> (Float, Float) {
        let value = Float(grey[y * width + x])
        guard isSolid(x, y) else { return (0, 0) }
        guard isEdge(x, y) else { return (1, value) }
        let inner = innerBrightness(x, y)
        let reference = max(inner ?? max(value, 60), 1)
        return (min(max(value / reference, 0.25), 1), reference)
    }

    private func isSolid(_ x: Int, _ y: Int) -> Bool {
        x >= 0 && y >= 0 && x < width && y < height && solid[y * width + x]
    }

    /// Whether ground touches one of the sides.
    private func isEdge(_ x: Int, _ y: Int) -> Bool {
        !(isSolid(x - 1, y) && isSolid(x + 1, y) && isSolid(x, y - 1) && isSolid(x, y + 1))
    }

    /// The mean brightness of the neighbours that no ground touches.
    private func innerBrightness(_ x: Int, _ y: Int) -> Float? {
        var (sum, count): (Float, Float) = (0, 0)
        for ny in y - 1...y + 1 {
            for nx in x - 1...x + 1 where isSolid(nx, ny) && !isEdge(nx, ny) {
                sum += Float(grey[ny * width + nx])
                count += 1
            }
        }
        return count > 0 ? sum / count : nil
    }
}

/// A cutout at the size it has in a scene.
struct Sprite {
    let width: Int
    let height: Int
    /// 0…1 by rows.
    let opacity: [Float]
    /// Grey 0…255 times opacity.
    let brightness: [Float]
    /// Pixels that are more object than ground.
    let solidCount: Int
    /// Mean brightness of the object.
    let meanBrightness: Float

    /// Scales a cutout so that its longer side takes `side` pixels.
    init(_ cutout: Cutout, side: Int, isMirrored: Bool) {
        let scale = Float(side) / Float(max(cutout.width, cutout.height))
        width = max(1, Int((Float(cutout.width) * scale).rounded()))
        height = max(1, Int((Float(cutout.height) * scale).rounded()))
        let columns = Self.taps(width, from: cutout.width, isMirrored: isMirrored)
        let rows = Self.taps(height, from: cutout.height, isMirrored: false)
        opacity = Self.scaled(cutout.opacity, width: cutout.width, rows: rows, columns: columns)
        brightness = Self.scaled(cutout.brightness, width: cutout.width, rows: rows, columns: columns)
        solidCount = opacity.count { $0 >= 0.5 }
        let total = opacity.reduce(0, +)
        meanBrightness = total > 0 ? brightness.reduce(0, +) / total : 0
    }

    func isSolid(_ x: Int, _ y: Int) -> Bool { opacity[y * width + x] >= 0.5 }

    /// Two source positions and the weight of the second.
    private struct Tap {
        var first: Int
        var second: Int
        var weight: Float
    }

    /// Bilinear sampling with pixel centres at half integers.
    private static func taps(_ count: Int, from sourceCount: Int, isMirrored: Bool) -> [Tap] {
        let step = Float(sourceCount) / Float(count)
        let taps = (0..<count).map { index in
            let position = min(max((Float(index) + 0.5) * step - 0.5, 0), Float(sourceCount - 1))
            let first = Int(position)
            return Tap(first: first, second: min(first + 1, sourceCount - 1), weight: position - Float(first))
        }
        return isMirrored ? taps.reversed() : taps
    }

    private static func scaled(_ plane: [Float], width: Int, rows: [Tap], columns: [Tap]) -> [Float] {
        rows.flatMap { row in
            columns.map { column in
                let (top, bottom) = (row.first * width, row.second * width)
                let a =
                    plane[top + column.first] + (plane[top + column.second] - plane[top + column.first]) * column.weight
                let b =
                    plane[bottom + column.first]
                    + (plane[bottom + column.second] - plane[bottom + column.first]) * column.weight
                return a + (b - a) * row.weight
            }
        }
    }
}
