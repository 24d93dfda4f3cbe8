import ApusAugmentation
import ApusCore
import ApusVision
import Glibc
import Testing

/// A red triangle on black, everything that is known of it, and a skeleton of its corners whose first two are left and
/// right.
private func triangle(_ seed: Int) -> LabeledImage {
    let shift = Point(Double(seed % 5) * 3, Double(seed % 3) * 4)
    let corners = [Point(8, 9) + shift, Point(44, 13) + shift, Point(20, 40) + shift]
    let size = ImageSize(width: 72, height: 60)
    var pixels = [UInt8](repeating: 0, count: size.width * size.height * 3)
    for y in 0..<size.height {
        for x in 0..<size.width where contains(corners, Point(Double(x) + 0.5, Double(y) + 0.5)) {
            pixels[(y * size.width + x) * 3] = 255
        }
    }
    let keypoints = Keypoints(corners.map { Keypoint(x: Float($0.x), y: Float($0.y)) })
    let shape = ObjectShape(
        outline: [corners], turned: RotatedBox(around: corners, label: 1), keypoints: keypoints)
    let image = Image(width: size.width, height: size.height, channels: 3, pixels: pixels)
    return LabeledImage(image: image, objects: [SceneObject(BoundingBox(around: corners)!, label: 1, shape: shape)])
}

/// Whether a ray crosses an odd number of sides.
private func contains(_ ring: [Point], _ point: Point) -> Bool {
    var isInside = false
    for (index, a) in ring.enumerated() {
        let b = ring[(index + 1) % ring.count]
        guard (a.y <= point.y) != (b.y <= point.y) else { continue }
        if a.x + (point.y - a.y) / (b.y - a.y) * (b.x - a.x) > point.x { isInside.toggle() }
    }
    return isInside
}

private func render(
    _ configuration: AugmentationConfiguration, sample: Int, mirror: [Int] = [1, 0, 2], output: Int = 96,
    count: Int = 15
) -> LabeledImage {
    let source = DetectionRecipe.Source<Never>(count: count) { triangle($0) }
    var objects: [SceneObject] = []
    let image = Image(uninitializedWidth: output, height: output, channels: 3) { pixels in
        let recipe = DetectionRecipe(
            configuration, imageSize: 96, outputSize: ImageSize(square: output), keypointMirror: mirror)
        let view = PixelView(pixels.baseAddress!, size: ImageSize(square: output))
        objects = recipe.render(
            sample % count, of: source, key: SampleKey(seed: 5, epoch: 2, sample: sample), into: view)
    }
    return LabeledImage(image: image, objects: objects)
}

@Suite struct SceneObjectTests {
    /// Everything that moves, no colours.
    static let moving: AugmentationConfiguration = {
        var result = AugmentationConfiguration(
            mosaic: 0.5, degrees: 40, translate: 0.2, scale: 0.4, shear: 8, hsvHue: 0, hsvSaturation: 0, hsvValue: 0,
            flipVertical: 0.5)
        result.transforms = try? Pipeline(
            "- Rotate: {limit: 20, fill: 114, p: 0.5}\n- HorizontalFlip: {p: 0.3}", name: "last")
        return result
    }()

    @Test(arguments: 0..<40, [96, 128])
    func `outlines stay around their pixels, whatever is drawn`(sample: Int, output: Int) {
        let result = render(Self.moving, sample: sample, output: output)
        let parts = result.objects.flatMap { $0.shape?.outline ?? [] }
        var (both, either) = (0, 0)
        for y in 0..<output {
            for x in 0..<output {
                let start = (y * output + x) * 3
                let isRed = result.image.pixels[start] > 180 && result.image.pixels[start + 1] < 60
                let isInside = parts.contains { contains($0, Point(Double(x) + 0.5, Double(y) + 0.5)) }
                both += isRed && isInside ? 1 : 0
                either += isRed || isInside ? 1 : 0
            }
        }
        // The soft edge of a turned triangle, and parts that are too small to count.
        #expect(Double(both) >= Double(either) * 0.75 - 60, "\(both) of \(either)")
        for object in result.objects {
            let hull = BoundingBox(around: (object.shape?.outline ?? []).flatMap { $0 })
            #expect(hull.map { $0.isClose(to: object.box, within: 0.01) } == true)
        }
    }

    @Test(arguments: 0..<40)
    func `keypoints stay on their corners, and mirrored ones are exchanged`(sample: Int) {
        var plain = Self.moving
        plain.transforms = nil
        let result = render(plain, sample: sample)
        for object in result.objects {
            guard let ring = object.shape?.outline?.first, let points = object.shape?.keypoints?.points else {
                Issue.record("an object lost its shape")
                return
            }
            let present = points.filter { $0.visibility != .absent }.map { Point(Double($0.x), Double($0.y)) }
            for point in present {
                #expect(ring.contains { (($0 - point) * ($0 - point)).sum() < 1e-3 })
                #expect((0..<96).contains(point.x) && (0..<96).contains(point.y))
            }
            guard present.count == 3 else { continue }
            // Left, right and third turn one way, also in a mirror, which exchanges left and right.
            let (a, b) = (present[1] - present[0], present[2] - present[0])
            #expect(a.x * b.y - a.y * b.x > 0)
        }
    }

    @Test(arguments: 0..<20)
    func `turned boxes hold their objects and keep their shape`(sample: Int) {
        let configuration = AugmentationConfiguration(
            mosaic: 0, degrees: 90, translate: 0, scale: 0, hsvHue: 0, hsvSaturation: 0, hsvValue: 0,
            flipVertical: 0.5)
        let result = render(configuration, sample: sample)
        guard let object = result.objects.first, let turned = object.shape?.turned else { return }
        let before = triangle(sample % 15).objects[0].shape?.turned?.area ?? 0
        let isWhole = turned.corners.allSatisfy { $0.x > 0 && $0.y > 0 && $0.x < 96 && $0.y < 96 }
        if isWhole { #expect(abs(turned.area / before - 1) < 1e-6) }
        for point in object.shape?.outline?.first ?? [] {
            let offset = point - turned.center
            let along = Point(cos(turned.angle), sin(turned.angle))
            let across = Point(-along.y, along.x)
            #expect(abs((offset * along).sum()) <= turned.width / 2 + 0.01)
            #expect(abs((offset * across).sum()) <= turned.height / 2 + 0.01)
        }
        #expect((-Double.pi / 4..<3 * Double.pi / 4).contains(turned.standardAngle))
    }

    @Test func `a smallest rectangle is found at its angle`() {
        for degrees in stride(from: -80.0, to: 90, by: 17) {
            let box = RotatedBox(
                center: Point(10, 20), width: 30, height: 12, angle: degrees * .pi / 180, label: 0)
            let found = RotatedBox(around: box.corners + [box.center], label: 0)
            #expect(abs((found?.width ?? 0) - 30) < 1e-9 && abs((found?.height ?? 0) - 12) < 1e-9)
            #expect(abs((found?.standardAngle ?? 9) - box.standardAngle) < 1e-9)
        }
        #expect(RotatedBox(around: [Point(1, 1), Point(2, 2)], label: 0) == nil)
    }

    @Test func `boxes without shapes are what they are with them`() {
        for sample in 0..<20 {
            var plain = Self.moving
            plain.transforms = nil
            let source = DetectionRecipe.Source<Never>(count: 15) { index in
                LabeledImage(image: triangle(index).image, boxes: triangle(index).boxes)
            }
            var objects: [SceneObject] = []
            let image = Image(uninitializedWidth: 96, height: 96, channels: 3) { pixels in
                objects = DetectionRecipe(plain, imageSize: 96).render(
                    sample % 15, of: source, key: SampleKey(seed: 5, epoch: 2, sample: sample),
                    into: PixelView(pixels.baseAddress!, size: ImageSize(square: 96)))
            }
            #expect(image == render(plain, sample: sample).image)
            #expect(objects.allSatisfy { $0.shape == nil })
        }
    }
}

@Suite struct PairMixingTests {
    private func mixed(_ draw: PairMixing.Draw) -> (first: [UInt8], second: [UInt8], share: Float) {
        let size = ImageSize(width: 8, height: 4)
        var (first, second) = ([UInt8](repeating: 200, count: 96), [UInt8](repeating: 40, count: 96))
        let share = first.withUnsafeMutableBufferPointer { a in
            second.withUnsafeMutableBufferPointer { b in
                PairMixing.apply(
                    draw, PixelView(a.baseAddress!, size: size), PixelView(b.baseAddress!, size: size))
            }
        }
        return (first, second, share)
    }

    @Test func `both images give what the other gets`() {
        let blend = mixed(.blend(0.75))
        #expect(blend.share == 0.75 && Set(blend.first) == [160] && Set(blend.second) == [80])
        let cut = mixed(.rectangle(PixelRectangle(left: 2, top: 1, width: 4, height: 2)))
        #expect(cut.share == 0.75)
        #expect(cut.first.count { $0 == 40 } == 24 && cut.second.count { $0 == 200 } == 24)
    }
}
