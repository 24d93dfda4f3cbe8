import ApusConfiguration
import ApusCore
import ApusVision
import Testing

@testable import ApusAugmentation

@Suite struct AutomaticTests {
    @Test(arguments: AutomaticOperation.Kind.allCases)
    func `every operation is there at every strength`(kind: AutomaticOperation.Kind) {
        for ranges in [AutomaticRanges.randAugment, .trivialAugment] {
            for seed in 0..<200 as Range<UInt64> {
                var stream = RandomStream(seed: seed)
                let strength = Double(seed % 31) / 30
                let operation = AutomaticOperation.drawn(strength, ranges, using: &stream)
                let changesNothing = operation.kind == .identity || operation == AutomaticOperation(.posterize, 8)
                #expect((operation.transform == nil) == changesNothing, "\(operation)")
            }
        }
        #expect((AutomaticOperation(kind, kind == .posterize ? 4 : 0.5).transform == nil) == (kind == .identity))
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `boxes move with the picture`(seed: UInt64) throws {
        var stream = RandomStream(seed: seed)
        let picture = redRectangle(ImageSize(width: 120, height: 90), x: 40..<80, y: 30..<60).sample
        let result = TrivialAugment()(picture, using: &stream)
        let kinds: [AutomaticOperation.Kind] = [.shearX, .shearY, .translateX, .translateY, .rotate]
        var again = RandomStream(seed: seed)
        guard let draw = TrivialAugment().draw(for: picture, using: &again), kinds.contains(draw.kind),
            let red = redBox(in: try #require(Image(result.image)))
        else { return }
        #expect(try #require(result.boxes.first?.box).grown(by: 1).contains(red))
    }

    @Test func `a strength beyond its bins is refused, and a strange draw does nothing`() {
        #expect { try Pipeline("[RandAugment: {magnitude: 31}]", name: "t") } throws: {
            "\($0)".contains("magnitude: expected 0 to 30, found 31")
        }
        var sample = TransformTests.sample()
        sample.apply([
            AutomaticOperation(.rotate, .nan), AutomaticOperation(.posterize, 99), AutomaticOperation(.shearX, 1e9),
        ])
        #expect(sample == TransformTests.sample())
    }
}
