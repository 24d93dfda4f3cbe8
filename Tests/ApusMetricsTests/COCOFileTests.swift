import ApusCore
import FoundationEssentials
import Glibc
import Testing
@testable import ApusMetrics

@Suite struct COCOFileTests {
    /// Writes `text` to a file that is there while `body` runs.
    private func withFile<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
        let path = "/tmp/apus-metrics-\(UInt64.random(in: 0 ... .max)).json"
        try FileSystem.writeWhole(text, to: path)
        defer { unlink(path) }
        return try body(path)
    }

    @Test func `reads what it knows and skips the rest`() throws {
        let text = """
            {"info": {"x": [1, {"y": "]}\\""}], "z": null}, "images": [
              {"id": 9007199254740993, "file_name": "a\\u00e9\\n.jpg", "width": 640, "height": 480, "date": "–"}],
             "categories": [{"supercategory": "s", "id": 3, "name": "tür"}],
             "annotations": [{"id": 1, "image_id": 9007199254740993, "category_id": 3.0, "bbox": [1.5, -2e1, 3E-1, 0.1],
              "segmentation": [[1, 2, 3]], "area": 12.25, "iscrowd": 1},
              {"id": 2, "image_id": 9007199254740993, "category_id": 3, "bbox": [0, 0, 4, 5]}], "licenses": []}
            """
        let dataset = try withFile(text) { try COCODataset(contentsOf: $0) }
        #expect(dataset.images == [COCOImage(id: 9_007_199_254_740_993, fileName: "aé\n.jpg", width: 640, height: 480)])
        #expect(dataset.categories == [COCOCategory(id: 3, name: "tür")])
        #expect(dataset.annotations[0].box == COCOBox(x: 1.5, y: -20, width: 0.3, height: 0.1))
        #expect(dataset.annotations[0].area == 12.25)
        #expect(dataset.annotations[0].isCrowd)
        #expect(dataset.annotations[1].area == 20)
    }

    @Test func `reads every number as the standard library does`() throws {
        let numbers = [
            "0.1", "-0", "123456789.123456789", "0.30000000000000004", "1e22", "1.7976931348623157e308", "5e-324",
            "9007199254740993", "0.000000000000000000000000123", "179769313486231570000", "2.5E+3",
        ]
        for number in numbers {
            let text = "[{\"image_id\": 1, \"category_id\": 1, \"bbox\": [\(number), 0, 1, 1], \"score\": 1}]"
            let found = try withFile(text) { try COCODetection.read(contentsOf: $0) }
            #expect(found[0].box.x.bitPattern == Double(number)?.bitPattern)
        }
    }

    @Test func `reads numbers of every length as the standard library does`() throws {
        var random = RandomStream(seed: 3)
        let words = (0..<3000).map { _ in Self.decimal(&random) }
        let spaces = ["", " ", "  ", "\n\t "]
        let list = words.map {
            spaces[Int.random(in: 0..<4, using: &random)] + $0 + spaces[Int.random(in: 0..<4, using: &random)]
        }
        let text =
            "[{\"image_id\": 1, \"category_id\": 1, \"keypoints\": [\(list.joined(separator: ","))], \"score\": 1}]"
        let found = try withFile(text) { try COCODetection.read(contentsOf: $0, for: .keypoints) }
        #expect(found[0].keypoints.map(\.bitPattern) == words.map { Double($0)?.bitPattern })
    }

    private static func decimal(_ random: inout RandomStream) -> String {
        func digits(_ count: Int) -> String {
            (0..<count).map { _ in "\(Int.random(in: 0..<10, using: &random))" }.joined()
        }
        let sign = Int.random(in: 0..<3, using: &random) == 0 ? "-" : ""
        let fraction =
            Int.random(in: 0..<3, using: &random) == 0 ? "" : "." + digits(Int.random(in: 1..<12, using: &random))
        let exponent = Int.random(in: 0..<9, using: &random) == 0 ? "e-\(Int.random(in: 0..<30, using: &random))" : ""
        return sign + digits(Int.random(in: 1..<12, using: &random)) + fraction + exponent
    }

    @Test func `says file, line and what is wrong`() throws {
        let faults = [
            "[\n{\"image_id\": 1, \"category_id\": 1, \"bbox\": [1, 2, 3], \"score\": 1}]": 2,
            "[{\"image_id\": \"x\"}]": 1,
            "[{\"image_id\": 1.5}]": 1,
            "[{\"image_id\": 1}\n,\n{}]": 1,
            "[{\"score\": }]": 1,
            "": 1,
            "[": 1,
            "[{}": 1,
            "[] x": 1,
            "[{\"a\": \"b": 1,
            "[{\"a\": [}]": 1,
            "[{\"a\\": 1,
            "[{\"score\": , \"image_id\": 1, \"category_id\": 1}]": 1,
            "[{\"a\": ?, \"a name that is longer than a number\": 1}]": 1,
            "[{\"bbox\": [1,,1,8,1,8,8]}, {\"image_id\": 1, \"category_id\": 2, \"score\": 0.1}]": 1,
            "[{\"bbox\": [-, 1, 1, 8, 1, 8, 8], \"image_id\": 1, \"category_id\": 2, \"score\": 0.1}]": 1,
        ]
        for (text, line) in faults {
            try withFile(text) { path in
                do {
                    _ = try COCODetection.read(contentsOf: path)
                    Issue.record("read \(text)")
                } catch let error as EvaluationError {
                    guard case .malformed(path, line, _) = error else {
                        Issue.record("\(text): \(error)")
                        return
                    }
                }
            }
        }
        #expect(throws: EvaluationError.self) { try COCODataset(contentsOf: "/nowhere/x.json") }
    }

    @Test func `any cut of a file is an error, never a crash`() throws {
        let text =
            "{\"images\":[{\"id\":1}],\"categories\":[{\"id\":1,\"name\":\"a\"}],\"annotations\":[{\"id\":1,"
            + "\"image_id\":1,\"category_id\":1,\"bbox\":[1,2,3.5,4e0],\"area\":2,\"iscrowd\":false}]}"
        for length in 0..<text.utf8.count {
            _ = try withFile(String(text.prefix(length))) { path in
                #expect(throws: EvaluationError.self) { try COCODataset(contentsOf: path) }
            }
        }
    }

    @Test func `evaluates files, and refuses a NaN that Python wrote`() throws {
        let truth =
            "{\"images\":[{\"id\":1}],\"categories\":[{\"id\":7,\"name\":\"a\"}],\"annotations\":[{\"id\":1,"
            + "\"image_id\":1,\"category_id\":7,\"bbox\":[0,0,10,10],\"area\":100,\"iscrowd\":0}]}"
        let row = "{\"image_id\":1,\"category_id\":7,\"bbox\":[0,0,10,10],\"score\":"
        try withFile(truth) { truth in
            let stray = "{\"image_id\":1,\"category_id\":8,\"bbox\":[0,0,1,1],\"score\":1}"
            let metrics = try withFile("[\(row)0.5},\(stray)]") {
                try evaluateCOCO(groundTruth: truth, detections: $0)
            }
            #expect(abs(try #require(metrics.mAP50_95) - 1) < 1e-12)
            #expect(metrics.notes.count == 1)
            #expect(throws: EvaluationError.notANumber(field: "score", entry: "detection 0")) {
                try withFile("[\(row)NaN}]") { try evaluateCOCO(groundTruth: truth, detections: $0) }
            }
        }
    }

    private static func annotations(_ ids: Range<Int>) -> String {
        ids.map {
            #"{"id": \#($0), "image_id": 1, "category_id": 1, "note": ",{ \n [", "bbox": [1, 2, 3, \#($0)]}"#
        }.joined(separator: ",\n")
    }

    @Test(arguments: ["images", "categories", "annotations"])
    func `what lacks a list is no ground truth, and says which`(_ missing: String) throws {
        let lists = ["images", "categories", "annotations"].filter { $0 != missing }.map { "\"\($0)\": []" }
        try withFile("{\(lists.joined(separator: ", "))}") { path in
            let error = #expect(throws: EvaluationError.self) { try COCODataset(contentsOf: path) }
            #expect(error?.description.contains("no list “\(missing)”") == true)
        }
        let whole = "{\"images\": [], \"categories\": [], \"annotations\": []}"
        #expect(try withFile(whole) { try COCODataset(contentsOf: $0) }.images.isEmpty)
    }

    /// Several parts, other keys before and behind, and a second list.
    @Test func `threads read the annotations of a large file in their order`() throws {
        let text = """
            {"info": [{"a": 1},{"b": [2]}], "annotations": [\(Self.annotations(1..<4000))],
            "images": [{"id": 1}], "annotations": [\(Self.annotations(4000..<4010))], "categories": [],"x":[{},{}]}
            """
        let path = try temporaryFile(text)
        defer { try? FileManager.default.removeItem(atPath: path) }
        for threads in [1, 3] {
            let dataset = try COCODataset(contentsOf: path, threads: threads)
            #expect(dataset.annotations.map(\.id) == Array(1..<4010) && dataset.images.map(\.id) == [1])
            #expect(dataset.annotations.allSatisfy { $0.box.height == Double($0.id) })
        }
        let broken = text.replacing(#""id": 3000,"#, with: #""id": x,"#)
        try Data(broken.utf8).write(to: URL(filePath: path))
        let error = #expect(throws: EvaluationError.self) { try COCODataset(contentsOf: path) }
        guard case .malformed(path, 3000, _)? = error else {
            Issue.record("found \(String(describing: error))")
            return
        }
    }

    @Test(arguments: [1, 4096, 5000, 1 << 24])
    func `however little of a file stays in memory, its values are the same`(window: Int) throws {
        let long = String(repeating: "ab\\\\", count: 9000), space = String(repeating: " \n", count: 20_000)
        let text = "\(space)[\"\(long)\",\(space)1.5\(space), {\"\(long)\"\(space): [7]}]\(space)"
        let path = try temporaryFile(text)
        defer { try? FileManager.default.removeItem(atPath: path) }
        var scanner = JSONScanner(try MappedFile(path: path), window: window)
        #expect(try scanner.enterArray())
        #expect(try scanner.string().count == 27_000)
        #expect(try scanner.nextElement())
        #expect(try scanner.number() == 1.5)
        #expect(try scanner.nextElement())
        var keys = 0
        try scanner.object { scanner, key throws(JSONScanner.Fault) in
            keys += key.text.count
            #expect(try scanner.integers() == [7])
        }
        #expect(try !scanner.nextElement())
        try scanner.end()
        #expect(keys == 27_000)
    }

    @Test func `numbers without end are no numbers`() throws {
        let path = try temporaryFile(
            #"[{"image_id": 1, "category_id": 1, "bbox": [1, 1, 1, 1], "score": 1.\#(String(repeating: "3", count: 5000))}]"#
        )
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: EvaluationError.self) { try COCODetection.read(contentsOf: path) }
    }
}
