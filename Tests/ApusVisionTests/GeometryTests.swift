import CApusKernels
import Testing
@testable import ApusVision

@Suite struct ResizingTests {
    @Test(arguments: ["31x24", "122x94", "100x17", "13x90", "61x20", "1x1", "200x3", "64x64"])
    func `resizes as OpenCV does`(name: String) throws {
        let expected = try Oracle.image("resize/\(name).png")
        let resized = try Oracle.image("resize/input.png").resized(width: expected.width, height: expected.height)
        #expect(resized.distance(to: expected) <= 1)
    }

    @Test func `the same size is the same image`() {
        let image = Image.noise(width: 9, height: 5)
        #expect(image.resized(width: 9, height: 5) == image)
    }

    @Test(arguments: [1, 3, 4], [[1, 1, 7, 5], [7, 5, 1, 1], [33, 21, 64, 64], [64, 64, 13, 50], [50, 3, 49, 4]])
    func `a flat image stays flat`(channels: Int, sizes: [Int]) {
        let flat = Image(width: sizes[0], height: sizes[1], color: Array(repeating: 201, count: channels))
        #expect(flat.resized(width: sizes[2], height: sizes[3]).pixels.allSatisfy { $0 == 201 })
    }

    @Test(arguments: [1, 2, 3, 5, 8, 17, 33, 64, 100], [1, 3, 6, 7, 16, 31, 90, 200])
    func `the fast kernels equal the readable ones`(inputWidth: Int, width: Int) {
        var taps = [apus_resize_tap](repeating: .init(), count: width)
        apus_resize_taps(Int32(inputWidth), Int32(width), &taps)
        let source = Image.noise(width: inputWidth, height: 1, seed: UInt64(inputWidth)).pixels
        var (fast, readable) = ([Int16](repeating: 0, count: 3 * width), [Int16](repeating: 0, count: 3 * width))
        apus_resize_row(source, Int32(inputWidth), 3, taps, Int32(width), &fast)
        apus_resize_row_generic(source, Int32(inputWidth), 3, taps, Int32(width), &readable)
        #expect(fast == readable)
        var (bytes, expected) = ([UInt8](repeating: 0, count: 3 * width), [UInt8](repeating: 0, count: 3 * width))
        let other = Array(fast.reversed())
        for weight: Int16 in [0, 1, 700, 1024, 2048] {
            apus_resize_blend(fast, other, weight, 2048 - weight, Int32(3 * width), &bytes)
            apus_resize_blend_generic(fast, other, weight, 2048 - weight, Int32(3 * width), &expected)
            #expect(bytes == expected)
        }
    }
}

@Suite struct LetterboxTests {
    @Test func `scale, size and margins equal the reference on random sizes`() throws {
        for values in try Oracle.decode("letterbox.json") as [[Double]] {
            let numbers = values.map { Int($0) }
            let specification = LetterboxSpecification(
                width: numbers[2], height: numbers[3], allowsUpscaling: numbers[4] == 1)
            let letterbox = Letterbox(specification, imageWidth: numbers[0], imageHeight: numbers[1])
            #expect(letterbox.scale == Float(values[5]))
            #expect([letterbox.contentWidth, letterbox.contentHeight] == Array(numbers[6...7]))
            #expect([letterbox.left, letterbox.top] == Array(numbers[8...9]))
        }
    }

    @Test(arguments: [(96, 96), (32, 64)])
    func `the padded image equals OpenCV's`(width: Int, height: Int) throws {
        let image = try Oracle.image("letterbox/input.png")
        let specification = LetterboxSpecification(width: width, height: height)
        let padded = Letterbox(specification, imageWidth: image.width, imageHeight: image.height).apply(image)
        #expect(padded.distance(to: try Oracle.image("letterbox/\(width)x\(height).png")) <= 1)
    }

    @Test(arguments: [(640, 480), (17, 900), (1, 1), (333, 334)])
    func `a box returns from the model to its place`(width: Int, height: Int) {
        let letterbox = Letterbox(.init(width: 320, height: 256), imageWidth: width, imageHeight: height)
        let (w, h) = (Float(width), Float(height))
        let box = BoundingBox(minX: 0.1 * w, minY: 0.2 * h, maxX: 0.7 * w, maxY: h)
        let back = letterbox.toImage(letterbox.toModel(box))
        for (a, b) in [(box.minX, back.minX), (box.minY, back.minY), (box.maxX, back.maxX), (box.maxY, back.maxY)] {
            #expect(abs(a - b) <= 1e-3 * max(w, h, 1))
        }
    }

    @Test func `boxes outside the image are clipped`() {
        let letterbox = Letterbox(.init(width: 64, height: 64), imageWidth: 64, imageHeight: 32)
        let box = letterbox.toImage(BoundingBox(minX: -10, minY: 0, maxX: 100, maxY: 64))
        #expect(box == BoundingBox(minX: 0, minY: 0, maxX: 64, maxY: 32))
    }

    @Test func `small images stay small where upscaling is off`() {
        let specification = LetterboxSpecification(width: 64, height: 64, allowsUpscaling: false)
        let letterbox = Letterbox(specification, imageWidth: 10, imageHeight: 20)
        #expect(letterbox.scale == 1 && letterbox.left == 27 && letterbox.top == 22)
    }
}
