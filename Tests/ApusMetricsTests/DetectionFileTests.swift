import ApusCore
import FoundationEssentials
import Testing
@testable import ApusMetrics

@Suite struct DetectionFileTests {
    private func read(_ text: String, partSize: Int, threads: Int = 3) throws -> [COCODetection] {
        let path = try temporaryFile(text)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try DetectionFile(path: path, type: .boxes, partSize: partSize)
            .blocks(threads: threads) { found, _ in found }.flatMap { $0 }
    }

    private func text(_ count: Int, note: (Int) -> String) -> String {
        "["
            + (0..<count).map {
                #"{"image_id": \#($0), "note": \#(note($0)), "category_id": 1, "bbox": [1, 2, 3, \#($0)], "score": 0.5}"#
            }.joined(separator: ", \n") + "]\n"
    }

    @Test(arguments: [1, 7, 64, 100, 1000, 1 << 19])
    func `parts of any size give the same detections`(partSize: Int) throws {
        let found = try read(text(60) { "\"\($0)\"" }, partSize: partSize)
        #expect(found.map(\.imageID) == Array(0..<60))
        #expect(found.map(\.box.height) == (0..<60).map(Double.init))
    }

    @Test(arguments: [1, 7, 64, 100, 1000])
    func `what looks like a beginning and is none changes nothing`(partSize: Int) throws {
        let notes = [
            #"",{\"image_id\":9},{""#, #"[1,{"image_id": 77, "category_id": 1},{}]"#,
            "\"" + String(repeating: ",{", count: 90) + "\"",
        ]
        #expect(try read(text(40) { notes[$0 % 3] }, partSize: partSize).map(\.imageID) == Array(0..<40))
    }

    @Test(arguments: [1, 50, 1 << 19])
    func `any cut of a file is an error`(partSize: Int) throws {
        let whole = text(3) { _ in "{}" }.dropLast()
        for length in stride(from: 0, to: whole.count, by: 5) {
            #expect(throws: EvaluationError.self) { try read(String(whole.prefix(length)), partSize: partSize) }
        }
        #expect(throws: EvaluationError.self) { try read(whole + "]", partSize: partSize) }
        #expect(try read("[]", partSize: partSize).isEmpty)
    }

    @Test func `a wrong entry is called by its place in the file`() throws {
        let truth = COCODataset(images: [COCOImage(id: 0)], categories: [], annotations: [])
        let path = try temporaryFile(text(40) { _ in "0" })
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: EvaluationError.unknownImage(1, entry: "detection 1")) {
            try comparedObjects(
                truth, .file(DetectionFile(path: path, type: .boxes, partSize: 30)), type: .boxes, profile: .coco,
                sigmas: [], threads: 3)
        }
    }

    @Test func `values nested without end are refused`() throws {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: EvaluationError.self) { try read(text(1) { _ in deep }, partSize: 1 << 19) }
    }

    @Test func `numbers of many digits are read as the standard library reads them`() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<400 {
            let value = Double(bitPattern: 0x3f00_0000_0000_0000 + UInt64.random(in: 0..<(1 << 57), using: &generator))
            for text in ["\(value)", "0.\(UInt64.random(in: 0..<(1 << 60)))", "\(UInt64.random(in: 0..<(1 << 60))).25"]
            {
                let found = try read(
                    #"[{"image_id": 1, "category_id": 1, "bbox": [0, 0, 1, 1], "score": \#(text)}]"#, partSize: 64)
                #expect(found[0].score.bitPattern == Double(text)?.bitPattern, "\(text)")
            }
        }
    }

    @Test func `scores are ordered as a stable sort orders them`() {
        let special = [0, -0.0, 1, -1, .infinity, -.infinity, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 0.25]
        for count in [0, 1, 255, 256, 257, 3000] {
            let scores = (0..<count).map { index in
                index % 3 == 0 ? special[index / 3 % special.count] : Double((index &* 7919) % 97) / 96
            }
            let expected = scores.indices.sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
            #expect(descendingOrder(of: scores).map(Int.init) == expected)
        }
    }
}
