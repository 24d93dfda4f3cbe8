import ApusCore
import Testing

@testable import ApusVision

@Suite struct RegionMaskTests {
    /// Blots of several pixels, with holes and with parts that touch at corners alone.
    private func random(_ width: Int, _ height: Int, seed: UInt64) -> Mask {
        var stream = RandomStream(seed: seed)
        let density = stream.uniform(in: 0.1...0.9)
        let coarse = (0..<64).map { _ in stream.uniform() < density }
        var mask = Mask(width: width, height: height)
        for y in 0..<height {
            for x in 0..<width { mask[x, y] = coarse[(y / 3 * 5 + x / 2) % 64] != (stream.uniform() < 0.05) }
        }
        return mask
    }

    private static let sizes = [(1, 1), (1, 64), (5, 63), (7, 65), (40, 30), (3, 130), (64, 1), (0, 5), (5, 0)]

    @Test(arguments: sizes)
    func `a mask, its bits and its runs say the same`(width: Int, height: Int) {
        for seed in 0..<20 {
            let mask = random(width, height, seed: UInt64(seed))
            let region = RegionMask(mask)
            #expect(region.mask == mask && region.area == mask.area && region.boundingBox == mask.boundingBox)
            #expect(RunLengthMask(region) == RunLengthMask(mask))
            #expect(
                RunLengthMask(width: width, height: height, compressed: RunLengthMask(region).compressed)?.mask == mask)
        }
    }

    @Test func `a window lies where it says`() {
        var region = RegionMask(imageWidth: 20, imageHeight: 90, left: 4, top: 3, width: 5, height: 80)
        region.fill(column: 1, 2..<70)
        region.fill(column: 4, 79..<80)
        #expect(region.area == 69 && region[5, 5] && region[5, 72] && !region[5, 73] && !region[5, 4])
        #expect(region[8, 82] && !region[9, 82] && !region[-1, 0] && !region[4, 95])
        #expect(region.boundingBox == BoundingBox(minX: 5, minY: 5, maxX: 9, maxY: 83))
        #expect(RunLengthMask(region) == RunLengthMask(region.mask))
    }

    /// Which pixel centres lie in a polygon, by the even-odd rule.
    private func filled(_ polygon: [SIMD2<Float>], _ width: Int, _ height: Int) -> Mask {
        var mask = Mask(width: width, height: height)
        for y in 0..<height {
            for x in 0..<width {
                let (px, py) = (Float(x) + 0.5, Float(y) + 0.5)
                let crossings = polygon.indices.count { index in
                    let (a, b) = (polygon[index], polygon[(index + 1) % polygon.count])
                    return (a.y > py) != (b.y > py) && px < a.x + (py - a.y) / (b.y - a.y) * (b.x - a.x)
                }
                mask[x, y] = crossings % 2 == 1
            }
        }
        return mask
    }

    /// What the background does not reach from outside, by steps to all eight neighbours.
    private func withoutHoles(_ mask: Mask) -> Mask {
        var outside = Set<SIMD2<Int>>(), open = [SIMD2(-1, -1)]
        while let place = open.popLast() {
            let isOut = place.x < -1 || place.y < -1 || place.x > mask.width || place.y > mask.height
            let isIn = (0..<mask.width).contains(place.x) && (0..<mask.height).contains(place.y)
            guard !isOut, !(isIn && mask[place.x, place.y]), outside.insert(place).inserted else { continue }
            for dx in -1...1 { for dy in -1...1 { open.append(SIMD2(place.x + dx, place.y + dy)) } }
        }
        var result = Mask(width: mask.width, height: mask.height)
        for y in 0..<mask.height { for x in 0..<mask.width { result[x, y] = !outside.contains(SIMD2(x, y)) } }
        return result
    }

    @Test(arguments: 0..<30)
    func `polygons enclose the pixels, holes filled, the largest first`(seed: Int) {
        let mask = random(23, 17, seed: UInt64(seed))
        let polygons = RegionMask(mask).polygons()
        var union = Mask(width: 23, height: 17)
        var areas = [Int]()
        for polygon in polygons {
            let part = filled(polygon, 23, 17)
            areas.append(part.area)
            for index in union.bits.indices where part.bits[index] { union.bits[index] = true }
        }
        #expect(union == withoutHoles(mask))
        #expect(areas == areas.sorted(by: >))
    }

    @Test func `a tolerance leaves corners out, and no point is farther away`() {
        var mask = Mask(width: 60, height: 60)
        for y in 0..<60 { for x in 0..<60 { mask[x, y] = (x - 30) * (x - 30) + (y - 30) * (y - 30) < 625 } }
        let exact = RegionMask(mask).polygons()
        let coarse = RegionMask(mask).polygons(tolerance: 1)
        #expect(exact.count == 1 && coarse.count == 1 && coarse[0].count < exact[0].count / 3 && coarse[0].count > 6)
        let difference = zip(filled(coarse[0], 60, 60).bits, mask.bits).count { $0 != $1 }
        #expect(difference < 120)
        #expect(RegionMask(Mask(width: 4, height: 4)).polygons(tolerance: 1).isEmpty)
    }
}
