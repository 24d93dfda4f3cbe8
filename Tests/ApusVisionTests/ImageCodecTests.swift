import ApusCore
import Testing
@testable import ApusVision

@Suite struct ImageCodecTests {
    @Test(arguments: [1, 3, 4])
    func `a PNG gives back what was written`(channels: Int) throws {
        let image = Image.noise(width: 23, height: 17, channels: channels)
        let decoded = try Image(decoding: image.pngData(), name: "x.png")
        #expect(decoded == image.convertedToRGB())
    }

    @Test func `a JPEG of best quality is close to what was written`() throws {
        let image = Image(width: 40, height: 30, color: [200, 120, 40])
        let decoded = try Image(decoding: image.jpegData(quality: 100), name: "x.jpg")
        #expect(decoded.distance(to: image) <= 2)
    }

    @Test(arguments: ["rgb.jpg", "progressive.jpg", "grey.jpg"] + (1...8).map { "orientation\($0).jpg" })
    func `a JPEG decodes as OpenCV and Pillow decode it`(name: String) throws {
        let image = try Oracle.image("codecs/\(name)")
        #expect(image.distance(to: try Oracle.image("codecs/\(name).png")) <= 1)
    }

    @Test func `an Adobe CMYK JPEG decodes as Pillow converts it`() throws {
        let image = try Oracle.image("codecs/cmyk.jpg")
        #expect(image.distance(to: try Oracle.image("codecs/cmyk.jpg.png")) <= 2)
    }

    @Test(arguments: ["palette", "grey", "bilevel", "rgba", "grey-alpha", "deep"])
    func `every kind of PNG decodes as Pillow decodes it`(name: String) throws {
        let image = try Oracle.image("codecs/\(name).png")
        #expect(image == (try Oracle.image("codecs/\(name).png.png")))
    }

    @Test func `a reduction divides the sides of a JPEG and rounds up`() throws {
        var options = ImageDecodingOptions()
        options.reduction = 4
        let image = try Image(contentsOf: Oracle.folder + "codecs/rgb.jpg", options: options)
        #expect((image.width, image.height) == (12, 9))
    }

    @Test func `the header agrees with the decoded image`() throws {
        for name in try FileSystem.names(in: Oracle.folder + "codecs") {
            let header = try ImageHeader.read(contentsOf: Oracle.folder + "codecs/" + name)
            let image = try Oracle.image("codecs/" + name)
            #expect(header.displaySize == (image.width, image.height), "\(name)")
        }
        let cmyk = try ImageHeader.read(contentsOf: Oracle.folder + "codecs/cmyk.jpg")
        #expect(cmyk == ImageHeader(format: .jpeg, width: 45, height: 35, channels: 4, orientation: .up))
        let turned = try ImageHeader.read(contentsOf: Oracle.folder + "codecs/orientation6.jpg")
        #expect(turned.orientation == .right && turned.width == 22 && turned.displaySize == (14, 22))
    }

    @Test func `the orientation can be left alone`() throws {
        var options = ImageDecodingOptions()
        options.appliesOrientation = false
        let image = try Image(contentsOf: Oracle.folder + "codecs/orientation6.jpg", options: options)
        #expect((image.width, image.height) == (22, 14))
    }
}
