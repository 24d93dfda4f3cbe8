import ApusCore
import ApusVision
import Testing

@testable import ApusAugmentation

@Suite struct SceneMixUpTests {
    @Test func `the share weighs both images`() {
        let (first, second) = (noise(width: 6, height: 4, seed: 1), noise(width: 6, height: 4, seed: 2))
        for (share, expected) in [(1.0, first), (0, second)] { #expect(blend(first, second, share) == expected) }
        #expect(blend(first, first, 0.37) == first)
        let half = blend(first, second, 0.5).pixels
        #expect(half == zip(first.pixels, second.pixels).map { UInt8((Int($0) + Int($1)) / 2) })
    }

    private func blend(_ first: Image, _ second: Image, _ share: Double) -> Image {
        var result = first
        let size = first.size
        result.pixels.withUnsafeMutableBufferPointer { pixels in
            SceneMixUp().blend(second.pixels, into: PixelView(pixels.baseAddress!, size: size), share: share)
        }
        return result
    }

    @Test func `shares are distributed as Beta(32, 32)`() {
        var stream = RandomStream(seed: 2)
        let mixUp = SceneMixUp(probability: 1)
        let shares = (0..<4000).compactMap { _ in mixUp.draw(using: &stream) }
        let mean = shares.reduce(0, +) / 4000
        let variance = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4000
        #expect(abs(mean - 0.5) < 0.005 && abs(variance.squareRoot() - 0.0620) < 0.003)
        #expect(SceneMixUp(probability: 0).draw(using: &stream) == nil)
    }
}
