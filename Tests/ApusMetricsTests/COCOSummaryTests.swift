import FoundationEssentials
import Testing
@testable import ApusMetrics

@Suite struct COCOSummaryTests {
    private let truth = """
        {"images":[{"id":1},{"id":1}],"categories":[{"id":7,"name":"a"},{"id":9,"name":"b"}],"annotations":[
        {"id":1,"image_id":1,"category_id":7,"bbox":[0,0,10,10],"area":100,"iscrowd":0},
        {"id":2,"image_id":5,"category_id":7,"bbox":[0,0,10,10],"area":100,"iscrowd":0},
        {"id":0,"image_id":1,"category_id":9,"bbox":[0,0,10,10],"area":100,"iscrowd":0}]}
        """
    private let found = """
        [{"image_id":1,"category_id":7,"bbox":[0,0,10,10],"score":0.5},
        {"image_id":1,"category_id":8,"bbox":[0,0,10,10],"score":0.5},
        {"image_id":1,"category_id":9,"bbox":[0,0,10,10],"score":0.5}]
        """

    private func summary() throws -> COCOSummary {
        let paths = try [temporaryFile(truth), temporaryFile(found)]
        defer { for path in paths { try? FileManager.default.removeItem(atPath: path) } }
        return try COCOSummary(groundTruth: paths[0], detections: paths[1])
    }

    @Test func `says what pycocotools does in silence`() throws {
        let notes = try summary().notes.joined(separator: "\n")
        for part in ["annotation id 0", "1 detections of classes", "1 annotations of images", "1 images repeat an id"] {
            #expect(notes.contains(part), "\(notes)")
        }
    }

    @Test func `prints pycocotools' table`() throws {
        let lines = try summary().table.split(separator: "\n")
        #expect(lines.count == 12)
        #expect(
            lines[0] == " Average Precision  (AP) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = 0.500")
        #expect(
            lines[6] == " Average Recall     (AR) @[ IoU=0.50:0.95 | area=   all | maxDets=  1 ] = 0.500")
        #expect(lines[4].hasSuffix("area=medium | maxDets=100 ] = -1.000"))
    }

    @Test func `gives the numbers with their names, and those of every class`() throws {
        let summary = try summary()
        #expect(summary.stats.count == summary.statNames.count)
        #expect(summary.perClass.map(\.name) == ["a", "b"])
        #expect(summary.perClass.map(\.ap) == [1, 0].map { $0 == 1 ? summary.perClass[0].ap : 0 })
        #expect(abs(summary.perClass[0].ap - 1) < 1e-12)
        let json = String(decoding: summary.jsonData(), as: UTF8.self)
        for key in ["\"stats\"", "\"profile\" : \"coco\"", "\"type\" : \"bbox\"", "\"detection_count\" : 2"] {
            #expect(json.contains(key), "\(json)")
        }
    }
}
