import ApusConfiguration
import ApusCore
import ApusVision
import CApusKernels
import Testing

@testable import ApusAugmentation

/// The pixel transforms beside Albumentations 2.0.8, by the same numbers.
@Suite struct PixelTransformTests {
    static let count = PixelGoldens.shared?.cases.count ?? 0

    @Test func `there are goldens`() { #expect(Self.count > 250) }

    @Test(arguments: 0..<count)
    func `equals Albumentations`(index: Int) throws {
        let goldens = try #require(PixelGoldens.shared)
        let example = goldens.cases[index]
        var image = try #require(goldens.image(of: index))
        let entries = example.parameters.entries ?? []
        let step = try TransformStep(name: example.transform, entries: entries, at: .standard, path: "")
        try apply(step.transform, example, to: &image)
        #expect([image.height, image.width, image.channels] == example.shape, "\(example.name)")
        let found = stored(image, example)
        let far = zip(found, goldens.result(of: index)).map { abs(Int($0) - Int($1)) }
        let beyond = far.count { $0 > example.tolerance }
        #expect(beyond <= example.beyond, "\(example.name): \(far.max() ?? 0) levels, \(beyond) beyond")
    }

    private func stored(_ image: Raster, _ example: PixelGoldens.Case) -> [UInt8] {
        image.read(
            uint8: { bytes in
                bytes.map { UInt8(clamping: Int((Double($0) * example.scale + example.offset).rounded())) }
            },
            float32: { floats in
                floats.map { UInt8(min(max((Double($0) * example.scale + example.offset).rounded(), 0), 255)) }
            })
    }

    private func apply<T: Transform>(_ transform: T, _ example: PixelGoldens.Case, to image: inout Raster) throws {
        let draw = try #require(try Configuration.decodeJSON([T.Draw].self, example.draw, name: "draw").first)
        if let field = example.field { return applyField(transform, draw, field, to: &image) }
        var sample = Sample(image: image)
        transform.apply(draw, to: &sample)
        image = sample.image
    }

    /// Random fields stand outside the draws: they are put in here.
    private func applyField(
        _ transform: any Transform, _ draw: any Sendable, _ wave: PixelGoldens.Wave, to image: inout Raster
    ) {
        let pixels = wave.numbers(image.width * image.height)
        let elements = wave.numbers(image.count)
        let scale = Float(image.maximum)
        switch (transform, draw) {
        case (let shadow as PlasmaShadow, let draw as PlasmaShadow.Draw):
            shadow.apply(draw, pattern: pixels, to: &image)
        case (let contrast as PlasmaBrightnessContrast, let draw as PlasmaBrightnessContrast.Draw):
            contrast.apply(draw, pattern: pixels, to: &image)
        case (let spatter as Spatter, let draw as Spatter.Draw):
            spatter.apply(draw, liquid: Raster(size: image.size, channels: 1, float32: pixels), to: &image)
        case (let glass as GlassBlur, _):
            let moves = wave.numbers((image.width - 8) * (image.height - 8) * 4).map { Int8($0.rounded(.down)) }
            glass.scatter(&image) { apus_scatter_by(&$0, moves, 4, 2, glass.mode == .exact) }
        case (is GaussNoise, _): image.add(field: elements.map { $0 * scale })
        case (is MultiplicativeNoise, _): image.multiply(field: elements)
        case (is ISONoise, _):
            let counts = PixelGoldens.Wave(period: 53, low: 0, high: 1.999).numbers(pixels.count)
            image.disturb(hue: pixels, lightness: counts.map { $0.rounded(.down) * 0.5 })
        default: Issue.record("no way to put a field into \(transform)")
        }
    }
}
