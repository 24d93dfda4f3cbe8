import ApusCore
import ApusVision

/// A picture that is being composed: what is painted, and which object each pixel shows.
struct Scene {
    private struct Placed {
        var label: Int
        var solidCount: Int
        var hiddenCount = 0
    }

    let side: Int
    private var colors: [SceneColor]
    /// The object that is on top, −1 for background.
    private var owners: [Int]
    private var objects: [Placed] = []

    init(side: Int, background: [SceneColor]) {
        self.side = side
        colors = background
        owners = [Int](repeating: -1, count: side * side)
    }

    /// Whether a sprite with its corner at (x, y) hides at most `limit` of every object, and shares at most that much
    /// of itself.
    func accepts(_ sprite: Sprite, x: Int, y: Int, limit: Float) -> Bool {
        var covered = [Int: Int]()
        for row in 0..<sprite.height {
            for column in 0..<sprite.width where sprite.isSolid(column, row) {
                let owner = owners[(y + row) * side + x + column]
                if owner >= 0 { covered[owner, default: 0] += 1 }
            }
        }
        let fitsItself = Float(covered.values.reduce(0, +)) <= limit * Float(sprite.solidCount)
        return fitsItself
            && covered.allSatisfy { owner, count in
                Float(objects[owner].hiddenCount + count) <= limit * Float(objects[owner].solidCount)
            }
    }

    /// The mean colour under a sprite.
    func meanColor(under sprite: Sprite, x: Int, y: Int) -> SceneColor {
        var sum = SceneColor(0, 0, 0)
        for row in y..<y + sprite.height {
            for column in x..<x + sprite.width {
                let color = colors[row * side + column]
                sum = SceneColor(sum.red + color.red, sum.green + color.green, sum.blue + color.blue)
            }
        }
        return sum.scaled(by: 1 / Float(sprite.width * sprite.height))
    }

    /// Paints a sprite with a soft shadow below and to the right of it.
    mutating func place(_ sprite: Sprite, label: Int, x: Int, y: Int, tint: SceneColor, shadow: Float) {
        let offset = max(1, side / 64)
        forEachPixel(of: sprite, x: x + offset, y: y + offset) { scene, pixel, index in
            scene.colors[pixel] = scene.colors[pixel].scaled(by: 1 - shadow * sprite.opacity[index])
        }
        let object = objects.count
        objects.append(Placed(label: label, solidCount: sprite.solidCount))
        forEachPixel(of: sprite, x: x, y: y) { scene, pixel, index in
            let ground = scene.colors[pixel].scaled(by: 1 - sprite.opacity[index])
            let value = sprite.brightness[index]
            scene.colors[pixel] = SceneColor(
                ground.red + value * tint.red, ground.green + value * tint.green, ground.blue + value * tint.blue)
            guard sprite.opacity[index] >= 0.5 else { return }
            let owner = scene.owners[pixel]
            if owner >= 0 { scene.objects[owner].hiddenCount += 1 }
            scene.owners[pixel] = object
        }
    }

    /// The part of a sprite that lies inside: the scene, the index of the scene's pixel, that of the sprite's.
    private mutating func forEachPixel(of sprite: Sprite, x: Int, y: Int, _ body: (inout Scene, Int, Int) -> Void) {
        for row in 0..<min(sprite.height, side - y) {
            for column in 0..<min(sprite.width, side - x) {
                body(&self, (y + row) * side + x + column, row * sprite.width + column)
            }
        }
    }

    /// The box around the pixels that each object shows, and the pixels themselves where they are wanted.
    func annotations(withMasks: Bool) -> [Annotation] {
        var hulls = [(minX: Int, minY: Int, maxX: Int, maxY: Int)](repeating: (side, side, 0, 0), count: objects.count)
        for (pixel, owner) in owners.enumerated() where owner >= 0 {
            let (x, y) = (pixel % side, pixel / side)
            let hull = hulls[owner]
            hulls[owner] = (min(hull.minX, x), min(hull.minY, y), max(hull.maxX, x + 1), max(hull.maxY, y + 1))
        }
        return zip(objects, hulls).enumerated().map { index, object in
            let (label, hull) = (object.0.label, object.1)
            var annotation = Annotation(
                label: label,
                box: AnnotatedBox(
                    minX: Double(hull.minX), minY: Double(hull.minY), maxX: Double(hull.maxX), maxY: Double(hull.maxY)))
            if withMasks { annotation.region = .mask(mask(of: index)) }
            return annotation
        }
    }

    /// The pixels that an object shows.
    private func mask(of object: Int) -> RunLengthMask {
        RunLengthMask(Mask(width: side, height: side, bits: owners.map { $0 == object }))
    }

    var image: Image {
        Image(uninitializedWidth: side, height: side, channels: 3) { pixels in
            for (index, color) in colors.enumerated() {
                for (channel, value) in [color.red, color.green, color.blue].enumerated() {
                    pixels[index * 3 + channel] = UInt8(min(max(value, 0), 255).rounded())
                }
            }
        }
    }
}
