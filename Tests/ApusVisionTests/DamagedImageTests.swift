import ApusCore
import Testing
@testable import ApusVision

@Suite struct DamagedImageTests {
    private static let files = [
        "rgb.jpg", "progressive.jpg", "cmyk.jpg", "orientation3.jpg", "rgba.png", "palette.png",
    ]

    private func bytes(_ name: String) throws -> [UInt8] { try FileSystem.read(Oracle.folder + "codecs/" + name) }

    @Test(arguments: files)
    func `a file cut anywhere is a typed error`(name: String) throws {
        let whole = try bytes(name)
        // The end marker of a JPEG (2 bytes) carries no pixels, and libjpeg may have read all it needs before it.
        let mustFail = name.hasSuffix("jpg") ? whole.count - 8 : whole.count
        for length in 0..<mustFail {
            #expect(throws: ImageError.self, "\(length) of \(whole.count) bytes") {
                try Image(decoding: Array(whole[..<length]), name: name)
            }
        }
    }

    @Test(arguments: files)
    func `flipped bytes give an image or a typed error`(name: String) throws {
        let whole = try bytes(name)
        var stream = RandomStream(seed: 3)
        for position in 0..<min(whole.count, 1500) {
            var damaged = whole
            damaged[position] = UInt8(truncatingIfNeeded: stream.next())
            do throws(ImageError) {
                var options = ImageDecodingOptions()
                options.pixelLimit = 1 << 20
                _ = try Image(decoding: damaged, name: name, options: options)
            } catch {
                #expect(error.file == name)
            }
        }
    }

    @Test func `any damaged byte of a PNG's chunks is noticed`() throws {
        let whole = try bytes("rgba.png")
        for position in stride(from: 16, to: whole.count - 12, by: 7) {
            var damaged = whole
            damaged[position] ^= 0x10
            #expect(throws: ImageError.self, "byte \(position)") { try Image(decoding: damaged, name: "x.png") }
        }
    }

    @Test func `half a photograph is truncated, and can be had on request`() throws {
        let whole = Image.noise(width: 64, height: 64).jpegData()
        let half = Array(whole[..<(whole.count / 2)])
        let error = #expect(throws: ImageError.self) { try Image(decoding: half, name: "half.jpg") }
        guard case .truncated("half.jpg", .jpeg, _) = error else {
            Issue.record("\(error.debugDescription)")
            return
        }
        var options = ImageDecodingOptions()
        options.allowsDamage = true
        #expect(try Image(decoding: half, name: "half.jpg", options: options).width == 64)
    }

    @Test func `padding before the end marker is no damage`() throws {
        let whole = Image.noise(width: 64, height: 64).jpegData()
        let padded = whole.dropLast(2) + [UInt8](repeating: 0, count: 40) + whole.suffix(2)
        #expect(try Image(decoding: Array(padded), name: "x.jpg") == Image(decoding: whole, name: "x.jpg"))
    }

    @Test func `a cut between the headers is truncation too`() throws {
        let whole = Image(width: 64, height: 64, color: [255, 255, 255]).jpegData()
        for length in stride(from: 12, to: whole.count - 8, by: 11) {
            let cut = Array(whole[..<length])
            let error = #expect(throws: ImageError.self) { try Image(decoding: cut, name: "x.jpg") }
            guard case .truncated = error else {
                Issue.record("\(length) of \(whole.count): \(error.debugDescription)")
                continue
            }
        }
    }

    @Test func `a wrong checksum is damage`() throws {
        var png = Image.noise(width: 8, height: 8).pngData()
        png[png.count - 14] ^= 1
        #expect(throws: ImageError.damaged(file: "x.png", format: .png, reason: "IDAT: CRC error")) {
            try Image(decoding: png, name: "x.png")
        }
    }

    @Test func `an empty file, a text and a folder are told apart`() throws {
        #expect(throws: ImageError.empty(file: "x")) { try Image(decoding: [UInt8](), name: "x") }
        #expect(throws: ImageError.unknownFormat(file: "x", firstBytes: [71, 73, 70, 56])) {
            try Image(decoding: Array("GIF89a".utf8), name: "x")
        }
        #expect(throws: ImageError.unreadable(FileError("read", "/tmp", code: 21))) { try Image(contentsOf: "/tmp") }
    }

    @Test func `a bomb is refused before its pixels are allocated`() throws {
        var png = Image(width: 1, height: 1, color: [0, 0, 0]).pngData()
        for position in 16..<24 { png[position] = 0x7F }
        let side = 0x7F7F_7F7F
        #expect(throws: ImageError.tooLarge(file: "x.png", width: side, height: side, limit: 1 << 28)) {
            try Image(decoding: png, name: "x.png")
        }
    }

    @Test func `messages name the file and say what to do`() {
        let error = ImageError.truncated(file: "a/b.jpg", format: .jpeg, reason: "Premature end of JPEG file")
        let expected = "a/b.jpg: truncated JPEG (Premature end of JPEG file); copy it again from its source"
        #expect(error.description == expected)
        #expect(ImageError.unknownFormat(file: "x", firstBytes: [0x47, 0x01]).description.contains("47 01"))
    }
}
