import ApusCore
import Testing

@testable import ApusVision

@Suite struct MaskPrototypesTests {
    private struct Golden: Decodable {
        struct Case: Decodable {
            let box, coefficients: [Float]
            let unsure: Int
            let rows: [String]
        }

        let width, height, count: Int
        let planes: [Float]
        let cases: [Case]
    }

    private func box(_ v: [Float]) -> BoundingBox { BoundingBox(minX: v[0], minY: v[1], maxX: v[2], maxY: v[3]) }

    @Test func `masks are PyTorch's: interpolated before they are cut`() throws {
        let golden: Golden = try Oracle.decode("masks.json")
        let placement = Placement(
            imageWidth: golden.width, imageHeight: golden.height, inputWidth: golden.width, inputHeight: golden.height,
            contentWidth: golden.width, contentHeight: golden.height)
        golden.planes.withUnsafeBufferPointer { planes in
            let prototypes = MaskPrototypes(
                planes: planes, count: golden.count, width: golden.width / 4, height: golden.height / 4,
                placement: placement)
            for item in golden.cases {
                let mask = prototypes.mask(item.coefficients, in: box(item.box)).mask
                let expected = item.rows.flatMap { $0.map { $0 == "#" } }
                let difference = zip(mask.bits, expected).count { $0 != $1 }
                #expect(difference <= item.unsure, "\(item.box): \(difference) pixels")
            }
        }
    }

    /// The specification: every pixel by itself.
    private func readable(
        _ planes: [Float], _ count: Int, _ width: Int, _ height: Int, _ coefficients: [Float], _ box: BoundingBox,
        _ placement: Placement
    ) -> Mask {
        func tap(_ pixel: Int, _ scale: Float, _ start: Int, _ side: Int, _ cells: Int) -> (Int, Int, Float) {
            let factor = Float(cells) / Float(side)
            let place = (Float(pixel) + 0.5) * (scale * factor) + Float(start) * factor - 0.5
            let limited = min(max(place, 0), Float(cells - 1))
            let low = Int(limited)
            return (low, min(low + 1, cells - 1), limited - Float(low))
        }
        func sum(_ x: Int, _ y: Int) -> Float {
            (0..<count).reduce(Float(0)) { $0 + coefficients[$1] * planes[($1 * height + y) * width + x] }
        }
        var mask = Mask(width: placement.imageWidth, height: placement.imageHeight)
        for y in 0..<mask.height {
            let (top, bottom, down) = tap(y, placement.scaleY, placement.top, placement.inputHeight, height)
            for x in 0..<mask.width {
                let centre = (Float(x) + 0.5, Float(y) + 0.5)
                guard centre.0 >= box.minX, centre.0 < box.maxX, centre.1 >= box.minY, centre.1 < box.maxY else {
                    continue
                }
                let (left, right, across) = tap(x, placement.scaleX, placement.left, placement.inputWidth, width)
                let first = sum(left, top) + down * (sum(left, bottom) - sum(left, top))
                let last = sum(right, top) + down * (sum(right, bottom) - sum(right, top))
                mask[x, y] = first + across * (last - first) > 0
            }
        }
        return mask
    }

    @Test(arguments: 0..<40)
    func `the kernel equals the readable form to the bit, odd numbers and borders included`(round: Int) {
        var stream = RandomStream(seed: 5, epoch: 0, sample: round, purpose: 0)
        let count = Int(stream.next() % 9) + 1, width = Int(stream.next() % 50) + 1,
            height = Int(stream.next() % 50) + 1
        let imageWidth = Int(stream.next() % 150) + 1, imageHeight = Int(stream.next() % 150) + 1
        let letterbox = Letterbox(
            LetterboxSpecification(width: width * 4, height: height * 4), imageWidth: imageWidth,
            imageHeight: imageHeight)
        let placement = Placement(letterbox)
        let odd: [Float] = [.nan, .infinity, -.infinity, 0, -0.0, 1e38, -1e38]
        let planes = (0..<(count * width * height)).map { _ in
            round % 4 == 3 && stream.uniform() < 0.02 ? odd[Int(stream.next() % 7)] : stream.uniform(in: -1...1)
        }
        planes.withUnsafeBufferPointer { buffer in
            let prototypes = MaskPrototypes(
                planes: buffer, count: count, width: width, height: height, placement: placement)
            for _ in 0..<6 {
                let coefficients = (0..<count).map { _ in stream.uniform(in: -1...1) }
                let (x, y) = (stream.uniform(in: -30...160), stream.uniform(in: -30...160))
                let box = BoundingBox(
                    minX: x, minY: y, maxX: x + stream.uniform(in: -5...170), maxY: y + stream.uniform(in: -5...170))
                let expected = readable(planes, count, width, height, coefficients, box, placement)
                let isSame = prototypes.mask(coefficients, in: box).mask == expected
                #expect(isSame, "\(box) in \(imageWidth)×\(imageHeight)")
            }
        }
    }

    @Test func `boxes without area, outside or without numbers give empty masks`() {
        let placement = Placement(
            imageWidth: 8, imageHeight: 8, inputWidth: 8, inputHeight: 8, contentWidth: 8, contentHeight: 8)
        [Float](repeating: 1, count: 4).withUnsafeBufferPointer { planes in
            let prototypes = MaskPrototypes(planes: planes, count: 1, width: 2, height: 2, placement: placement)
            for v: [Float] in [
                [3, 3, 3, 3], [5, 5, 2, 2], [20, 20, 30, 30], [.nan, 0, 4, 4], [0, 0, .infinity, 4],
            ] {
                #expect(prototypes.mask([1], in: box(v)).area == 0)
            }
            #expect(prototypes.mask([1], in: box([-5, -5, 50, 50])).area == 64)
            #expect(prototypes.mask([-1], in: box([-5, -5, 50, 50])).area == 0)
        }
    }
}

@Suite struct ClassScoresTests {
    @Test(arguments: 0..<20)
    func `each pixel has the class whose interpolated score is largest`(round: Int) {
        var stream = RandomStream(seed: 9, epoch: 0, sample: round, purpose: 0)
        let count = Int(stream.next() % 5) + 1, width = Int(stream.next() % 20) + 1,
            height = Int(stream.next() % 20) + 1
        let placement = Placement(
            Letterbox(
                LetterboxSpecification(width: width * 3, height: height * 3),
                imageWidth: Int(stream.next() % 60) + 1, imageHeight: Int(stream.next() % 60) + 1))
        let planes = (0..<(count * width * height)).map { _ in
            stream.uniform() < 0.01 ? .nan : stream.uniform(in: -1...1)
        }
        let found = planes.withUnsafeBufferPointer {
            ClassScores(planes: $0, count: count, width: width, height: height).labels(placement)
        }
        func value(_ label: Int, _ x: Int, _ y: Int) -> Float {
            func tap(_ pixel: Int, _ scale: Float, _ start: Int, _ cells: Int) -> (Int, Int, Float) {
                let third = Float(cells) / Float(cells * 3)
                let place = (Float(pixel) + 0.5) * (scale * third) + Float(start) * third - 0.5
                let limited = min(max(place, 0), Float(cells - 1))
                return (Int(limited), min(Int(limited) + 1, cells - 1), limited - Float(Int(limited)))
            }
            let (left, right, across) = tap(x, placement.scaleX, placement.left, width)
            let (top, bottom, down) = tap(y, placement.scaleY, placement.top, height)
            func column(_ x: Int) -> Float {
                let (a, b) = (planes[(label * height + top) * width + x], planes[(label * height + bottom) * width + x])
                return a + down * (b - a)
            }
            return column(left) + across * (column(right) - column(left))
        }
        for y in 0..<placement.imageHeight {
            for x in 0..<placement.imageWidth {
                var best = (label: 0, value: -Float.infinity)
                for label in 0..<count where value(label, x, y) > best.value { best = (label, value(label, x, y)) }
                #expect(Int(found.indices[y * placement.imageWidth + x]) == best.label)
            }
        }
    }
}
