import ApusConfiguration
import ApusCore
import ApusVision
import Testing

@testable import ApusInference

@Suite struct PlacementTests {
    private func preprocessing(_ fit: Preprocessing.Fit) -> Preprocessing {
        var result = Preprocessing()
        result.fit = fit
        return result
    }

    @Test(arguments: Preprocessing.Fit.allCases)
    func `the corners of the image come back, whatever the fit`(fit: Preprocessing.Fit) throws {
        for (width, height) in [(640, 480), (1, 1), (33, 200), (2000, 1333)] {
            let placement = try #require(
                preprocessing(fit).placement(imageWidth: width, imageHeight: height, width: 320, height: 240))
            let box = BoundingBox(
                minX: Float(placement.left), minY: Float(placement.top),
                maxX: Float(placement.left) + Float(width) * placement.scaleX,
                maxY: Float(placement.top) + Float(height) * placement.scaleY)
            let back = placement.toImage(box)
            let expected = BoundingBox(minX: 0, minY: 0, maxX: Float(width), maxY: Float(height))
            #expect(abs(back.maxX - expected.maxX) < 0.01 && abs(back.maxY - expected.maxY) < 0.01)
            #expect(abs(back.minX) < 0.01 && abs(back.minY) < 0.01)
            let (columns, rows) = placement.covered
            #expect(columns.upperBound <= placement.inputWidth && rows.upperBound <= placement.inputHeight)
        }
    }

    @Test func `each fit lies where it should`() throws {
        func placed(_ fit: Preprocessing.Fit, _ change: (inout Preprocessing) -> Void = { _ in }) throws -> [Int] {
            var preprocess = preprocessing(fit)
            change(&preprocess)
            let p = try #require(preprocess.placement(imageWidth: 100, imageHeight: 50, width: 64, height: 64))
            return [p.inputWidth, p.inputHeight, p.left, p.top, p.contentWidth, p.contentHeight]
        }
        #expect(try placed(.stretch) == [64, 64, 0, 0, 64, 64])
        #expect(try placed(.letterbox) == [64, 64, 0, 16, 64, 32])
        #expect(try placed(.letterboxTopLeft) == [64, 64, 0, 0, 64, 32])
        #expect(try placed(.centerCrop) == [64, 64, -32, 0, 128, 64])
        #expect(try placed(.centerCrop) { $0.resize = 80 } == [64, 64, -48, -8, 160, 80])
        #expect(try placed(.keepRatio) { $0.multiple = 32 } == [64, 32, 0, 0, 64, 32])
        #expect(try placed(.height) == [64, 64, 0, 0, 64, 64])
    }

    @Test func `inputs and contents beyond memory are refused`() {
        #expect(
            preprocessing(.centerCrop).placement(imageWidth: 1, imageHeight: 1_000_000, width: 640, height: 640) == nil)
        #expect(preprocessing(.stretch).placement(imageWidth: 1, imageHeight: 1, width: 16_384, height: 16_384) == nil)
        #expect(preprocessing(.letterbox).placement(imageWidth: 9, imageHeight: 9, width: .max, height: .max) == nil)
        #expect(preprocessing(.keepRatio).placement(imageWidth: 9, imageHeight: 9, width: 0, height: 4) == nil)
    }

    @Test func `padding is normalized as pixels are, in every layout`() throws {
        var preprocess = preprocessing(.letterbox)
        (preprocess.scale, preprocess.mean, preprocess.std) = (1, [10], [2])
        preprocess.padding = 20
        let placement = try #require(preprocess.placement(imageWidth: 4, imageHeight: 2, width: 4, height: 4))
        let image = Image(width: 4, height: 2, color: [30, 40, 50])
        let planes = PixelTensor(preprocess: preprocess, layout: .nchw, type: .float32).make(image, placement)
        let row = [Float](repeating: 5, count: 4)
        let red = row + [Float](repeating: 10, count: 8) + row
        #expect(planes.shape == [1, 3, 4, 4] && Array(planes.elements(of: Float.self)[0..<16]) == red)
        let bytes = PixelTensor(preprocess: preprocess, layout: .hwc, type: .uint8).make(image, placement)
        #expect(bytes.shape == [4, 4, 3] && Array(bytes.elements(of: UInt8.self)[9..<15]) == [5, 5, 5, 10, 15, 20])
    }
}
