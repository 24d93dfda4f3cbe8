import ApusVision
import Testing
@testable import ApusMetrics

@Suite struct InstanceMaskTests {
    @Test func `fills its pixels in a map, row by row`() throws {
        let mask = try InstanceMask(
            width: 4, height: 3, left: 1, top: 1, windowWidth: 2, windowHeight: 2, bytes: [1, 0, 1, 1])
        var map = [UInt8](repeating: 9, count: 12)
        mask.fill(&map, with: 2)
        #expect(map == [9, 9, 9, 9, 9, 2, 9, 9, 9, 2, 2, 9])
    }

    /// Blocks of pixels, some empty and some whole.
    private func masks(_ seed: UInt64) -> [Mask] {
        var generator = SeededGenerator(state: seed)
        return (0..<12).map { index in
            var mask = Mask(width: 13, height: 9)
            let low = Int.random(in: 0..<10, using: &generator)
            for pixel in mask.bits.indices where index > 1 {
                mask.bits[pixel] = Int.random(in: 0..<10, using: &generator) >= (pixel % 13 < 6 ? low : 9 - low)
            }
            if index == 1 { mask.bits = mask.bits.map { _ in true } }
            return mask
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `counts shared pixels as a loop over bits does`(seed: UInt64) throws {
        let masks = masks(seed)
        for a in masks {
            for b in masks {
                let (first, second) = (try InstanceMask(a), try InstanceMask(b))
                let shared = zip(a.bits, b.bits).count { $0 && $1 }
                #expect(first.sharedPixels(second) == shared)
                let overlap = MaskShape(first).overlap(with: MaskShape(second), isCrowd: false)
                #expect(overlap == (shared == 0 ? 0 : Double(shared) / Double(a.area + b.area - shared)))
            }
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `is the same from bits, from runs and from a window`(seed: UInt64) throws {
        for mask in masks(seed) {
            let whole = try InstanceMask(mask)
            #expect(whole == (try InstanceMask(RunLengthMask(mask))))
            #expect(whole.area == mask.area)
            if let box = mask.boundingBox {
                #expect(whole.box.x == Double(box.minX) && whole.box.width == Double(box.width))
                #expect(whole.box.y == Double(box.minY) && whole.box.height == Double(box.height))
            }
            var larger = Mask(width: 20, height: 30)
            for x in 0..<13 { for y in 0..<9 { larger[x + 5, y + 20] = mask[x, y] } }
            let window = try InstanceMask(
                width: 20, height: 30, left: 5, top: 20, windowWidth: 13, windowHeight: 9,
                bytes: mask.bits.map { $0 ? 255 : 0 })
            #expect(window == (try InstanceMask(larger)))
        }
    }

    @Test func `rings that overlap are one object`() throws {
        let square = [0.0, 0, 8, 0, 8, 8, 0, 8]
        let moved = square.map { $0 + 4 }
        let both = try InstanceMask(rings: [square, moved], width: 40, height: 40)
        #expect(both.area == 64 + 64 - 16)
        #expect(try InstanceMask(rings: [square, square], width: 40, height: 40).area == 64)
    }

    @Test func `refuses windows outside the image and endless images`() {
        #expect(throws: EvaluationError.self) {
            try InstanceMask(width: 4, height: 4, left: 3, top: 0, windowWidth: 2, windowHeight: 1, bytes: [1, 1])
        }
        #expect(throws: EvaluationError.self) {
            try InstanceMask(width: 4, height: 4, left: 0, top: 0, windowWidth: 2, windowHeight: 1, bytes: [1])
        }
        #expect(throws: EvaluationError.self) {
            try InstanceMask(rings: [[0, 0, 1, 1, 2, 2]], width: 1 << 40, height: 1 << 40)
        }
        #expect(throws: EvaluationError.self) { try InstanceMask(rings: [], width: 4, height: 4) }
    }
}

/// SplitMix64, so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
