import ApusAugmentation
import ApusCore
import ApusVision
import Foundation
import Testing

@testable import ApusDatasets

/// Masks and outlines as pycocotools has them: Oracles/coco_regions.py.
@Suite struct RegionTests {
    private struct Cases: Decodable {
        struct MaskCase: Decodable {
            var counts: [Int]
            var compressed: String
            var area: Int
            var box: [Double]
        }

        struct OutlineCase: Decodable {
            var points: [Double]
            var compressed: String
        }

        var width, height: Int
        var masks: [MaskCase]
        var outlines: [OutlineCase]
    }

    private static let cases: Cases = {
        let path = FileSystem.folder(of: #filePath) + "/Oracles/coco_regions.json"
        guard let data = FileManager.default.contents(atPath: path),
            let cases = try? JSONDecoder().decode(Cases.self, from: data)
        else { preconditionFailure("no \(path)") }
        return cases
    }()

    @Test func `compressed runs, areas and boxes are those of pycocotools`() throws {
        let cases = Self.cases
        for expected in cases.masks {
            let mask = try #require(
                RunLengthMask(width: cases.width, height: cases.height, compressed: expected.compressed))
            #expect(mask.counts == expected.counts && mask.compressed == expected.compressed)
            #expect(mask.area == expected.area)
            let box: [Double] = mask.bounds.map { [$0.minX, $0.minY, $0.width, $0.height] } ?? [0, 0, 0, 0]
            #expect(box == expected.box)
        }
    }

    /// pycocotools draws outlines on a grid five times finer, we ask for the pixels' centres: only pixels that the
    /// outline itself crosses may differ.
    @Test func `filled outlines differ from pycocotools on their border alone`() throws {
        let cases = Self.cases
        let size = ImageSize(width: cases.width, height: cases.height)
        for expected in cases.outlines {
            let points = stride(from: 0, to: expected.points.count, by: 2).map {
                Point(expected.points[$0], expected.points[$0 + 1])
            }
            let ours = Region.polygons([points]).mask(size: size).mask
            let theirs = try #require(
                RunLengthMask(width: cases.width, height: cases.height, compressed: expected.compressed)
            ).mask
            for y in 0..<cases.height {
                for x in 0..<cases.width where ours[x, y] != theirs[x, y] {
                    #expect(distance(from: Point(Double(x) + 0.5, Double(y) + 0.5), to: points) < 0.5)
                }
            }
        }
    }

    /// To the nearest side.
    private func distance(from point: Point, to polygon: [Point]) -> Double {
        polygon.indices.map { index in
            let (a, b) = (polygon[index], polygon[(index + 1) % polygon.count])
            let along = b - a
            let length = (along * along).sum()
            let part = length > 0 ? min(max(((point - a) * along).sum() / length, 0), 1) : 0
            let gap = point - (a + along * part)
            return (gap * gap).sum().squareRoot()
        }.min() ?? .infinity
    }

    @Test func `the outline of a mask gives the mask back`() {
        for expected in Self.cases.masks {
            let size = ImageSize(width: Self.cases.width, height: Self.cases.height)
            guard let mask = RunLengthMask(width: size.width, height: size.height, counts: expected.counts) else {
                continue
            }
            let outline = MaskOutline.joined(MaskOutline.polygons(of: mask.mask))
            #expect(Region.polygons([outline]).mask(size: size).mask == mask.mask)
        }
    }

    @Test func `decimals are written as a person would`() {
        for (value, text) in [
            (0.1 + 0.2, "0.3"), (20.57, "20.57"), (-0.0, "0"), (1e-12, "0"), (-3.25, "-3.25"), (1e17, "1e+17"),
            (100, "100"), (0.00390625, "0.00390625"),
        ] {
            #expect(decimalText(value, digits: 10) == text)
        }
    }
}

@Suite struct CSVTableTests {
    @Test func `fields come back as they were, whatever they hold`() throws {
        let rows = [["a", "b, c", "d \"e\"", " f ", "g\nh"], ["1", "", "", "", "x"]]
        let text = rows.map(CSVTable.line).joined()
        #expect(try CSVTable(Array(text.utf8)).rows.map(\.fields) == rows)
        #expect(
            try CSVTable(Array("a,b\r\n1,2".utf8)).rows == [
                .init(fields: ["a", "b"], line: 1), .init(fields: ["1", "2"], line: 2),
            ])
    }

    @Test(arguments: ["\"a", "\"a\"b,c\n"])
    func `quotes that do not end are an error`(text: String) {
        #expect(throws: CSVError.self) { try CSVTable(Array(text.utf8)) }
    }
}
