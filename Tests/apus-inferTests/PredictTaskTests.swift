import ApusCore
import ApusVision
import Foundation
import Testing

/// `predict` with the small models of `ApusInferenceTests`: masks, points, boxes at an angle, classes of pixels.
@Suite struct PredictTaskTests {
    private let folder: TemporaryFolder
    private let oracles = FileSystem.folder(of: FileSystem.folder(of: #filePath)) + "/ApusInferenceTests/Oracles/"

    init() throws { folder = try TemporaryFolder() }

    private func predict(_ name: String, _ words: String...) throws -> Command.Output {
        let start = ["predict", oracles + "models/\(name).onnx", oracles + "picture.png"]
        return try Command.run(words: start + words, in: folder.path)
    }

    private func objects(_ output: Command.Output, _ key: String = "detections") throws -> [[String: Any]] {
        let line = try #require(output.lines.first)
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return object?[key] as? [[String: Any]] ?? []
    }

    /// What a PNG in the test's folder holds.
    private func indices(_ name: String) throws -> [UInt8] {
        try FileSystem.read(folder.path + "/" + name).withUnsafeBytes {
            try IndexImage(decodingPNG: $0, name: name).indices
        }
    }

    @Test func `masks go into JSON, pictures and files`() throws {
        let result = try predict("segment", "--json", "--masks", "both", "--save-masks", "masks", "--draw", "drawn")
        let found = try objects(result)
        #expect(result.status == 0 && found.count > 5, "\(result.errors)")
        #expect(found.allSatisfy { $0["segmentation"] != nil && $0["polygons"] != nil })
        let names = try FileSystem.names(in: folder.path + "/masks")
        #expect(names.count == found.count && names.contains("picture-1.png"))
        let runs = try #require(found[0]["segmentation"] as? [String: Any])
        let text = try #require(runs["counts"] as? String)
        let mask = try #require(RunLengthMask(width: 97, height: 61, compressed: text)?.mask)
        let isSaved = try indices("masks/picture-1.png").elementsEqual(mask.bits.map { $0 ? 255 : 0 })
        #expect(isSaved)
        #expect(try FileSystem.names(in: folder.path + "/drawn") == ["picture.png"])
        #expect(try predict("segment").output.contains(" pixels\n"))
    }

    @Test func `a class for each pixel is counted and saved`() throws {
        let result = try predict("semantic", "--json", "--save-masks", "masks", "--draw", "drawn")
        #expect(result.status == 0 && result.output.contains(#""class_map": {"classes": ["#))
        let expected = try FileSystem.read(oracles + "semantic.png")
            .withUnsafeBytes { try IndexImage(decodingPNG: $0, name: "m").indices }
        let difference = zip(try indices("masks/picture.png"), expected).count { $0 != $1 }
        #expect(difference < 5)
        #expect(try predict("semantic").output.contains(" %  class 1"))
        let refused = try predict("semantic", "--format", "coco")
        #expect(refused.status == 1 && refused.errors.contains("use --format json"))
    }

    @Test func `COCO's list spans the images, YOLO's labels have a file each`() throws {
        let result = try predict("obb", "--format", "coco")
        let list = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]]
        #expect(list?.isEmpty == false && list?.allSatisfy { $0["image_id"] as? Int == 0 } == true)
        let none = try predict("obb", "--format", "coco", "--confidence", "1")
        #expect((try JSONSerialization.jsonObject(with: Data(none.output.utf8)) as? [Any])?.count ?? -1 >= 0)
        let labels = try predict("obb", "--format", "yolo", "--output", "labels")
        #expect(labels.status == 0 && labels.output == "")
        let rows = try FileSystem.readText(folder.path + "/labels/picture.txt").split(separator: "\n")
        #expect(rows.count == list?.count && rows.allSatisfy { $0.split(separator: " ").count == 9 })
        #expect(try predict("obb").output.contains("° ") || predict("obb").output.contains("°\n"))
    }

    @Test func `a top-down model takes boxes from a file or a detector`() throws {
        try FileSystem.writeWhole("[[10, 5, 40, 50], [60.5, -8, 30, 45.25]]", to: folder.path + "/boxes.json")
        let boxed = try predict("simcc", "--json", "--boxes", "boxes.json", "--quiet")
        #expect(try objects(boxed).count == 2, "\(boxed.errors)")
        let picture = oracles + "picture.png"
        let line = #"{"image": "\#(picture)", "detections": [{"bbox": [10, 5, 40, 50], "score": 0.5}]}"#
        try FileSystem.writeWhole(line, to: folder.path + "/lines.json")
        let listed = try objects(try predict("simcc", "--json", "--boxes", "lines.json", "--quiet"))
        #expect(listed.count == 1 && listed[0]["score"] as? Double == 0.5)
        let detector = oracles + "models/v8.onnx"
        let found = try predict("simcc", "--json", "--detector", detector, "--draw", "drawn", "--quiet")
        #expect(try objects(found).count > 2 && found.errors == "")
        #expect(try objects(predict("simcc", "--json", "--quiet")).count == 1)
    }

    @Test(arguments: [
        (["v8", "--boxes", "x.json"], "top-down"), (["simcc", "--boxes", "x.json"], "x.json"),
        (["simcc", "--boxes", "x.json", "--detector", "y"], "choose one"), (["v8", "--format", "yolo"], "--output"),
        (["v8", "--json", "--format", "coco"], "choose one"), (["v8", "--output", "x"], "for --format yolo"),
        (["v8", "--top", "0"], "--top is 0"), (["v8", "--masks", "bits"], "--masks"),
    ])
    func `options that do not fit end with 2 and say why`(words: [String], expected: String) throws {
        let start = ["predict", oracles + "models/\(words[0]).onnx", oracles + "picture.png"]
        let result = try Command.run(words: start + words.dropFirst(), in: folder.path)
        #expect(result.status == 2 && result.output == "" && result.errors.contains(expected), "\(result.errors)")
    }

    @Test func `a file of boxes that is none says where it is wrong`() throws {
        for text in ["[[1, 2, 3]]", "{", "[{\"score\": 1}]", "3"] {
            try FileSystem.writeWhole(text, to: folder.path + "/boxes.json")
            let result = try predict("simcc", "--boxes", "boxes.json", "--quiet")
            #expect(result.status == 2 && result.errors.contains("boxes.json"), "\(text): \(result.errors)")
        }
    }

    @Test func `--top lists so many classes, drawn as bars`() throws {
        let result = try predict("classify", "--json", "--top", "2", "--draw", "drawn")
        #expect(try objects(result, "classifications").count == 2)
        #expect(try FileSystem.names(in: folder.path + "/drawn") == ["picture.png"])
    }

    @Test func `benchmark measures the way from pixels to the result`() throws {
        let words = ["benchmark", oracles + "models/segment.onnx", "--image", oracles + "picture.png", "--runs", "3"]
        let result = try Command.run(words: words + ["--json"])
        let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        let share = object?["decode_share"] as? Double ?? -1
        #expect(result.status == 0 && (0...1).contains(share) && object?["finds"] as? Int ?? 0 > 5, "\(result.errors)")
        #expect(try Command.run(words: words).output.contains("decode_ms"))
    }
}
