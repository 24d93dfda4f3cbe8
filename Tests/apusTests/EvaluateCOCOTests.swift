import ApusCommandSupport
import Foundation
import Testing

@Suite struct EvaluateCOCOTests {
    private let truth = """
        {"images":[{"id":1}],"categories":[{"id":7,"name":"a"}],"annotations":[
        {"id":1,"image_id":1,"category_id":7,"bbox":[0,0,10,10],"area":100,"iscrowd":0}]}
        """
    private let found = #"[{"image_id":1,"category_id":7,"bbox":[0,0,10,10],"score":0.5}]"#

    private func folder(found: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write(truth, to: "gt.json")
        try folder.write(found, to: "dt.json")
        return folder
    }

    @Test func `prints pycocotools' numbers as one object`() throws {
        let folder = try folder(found: found)
        let outcome = try apus("evaluate", "coco", "gt.json", "dt.json", "--json", in: folder.path)
        #expect(outcome.status == 0)
        let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        #expect((object?["stats"] as? [Double])?.count == 12)
        #expect(object?["profile"] as? String == "coco")
    }

    @Test func `prints pycocotools' table`() throws {
        let folder = try folder(found: found)
        let outcome = try apus("evaluate", "coco", "gt.json", "dt.json", "--per-class", in: folder.path)
        #expect(outcome.output.contains("(AP) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = 1.000"))
        #expect(outcome.output.contains("class  objects"))
    }

    @Test(arguments: [["--type", "boxes"], ["--profile", "coco2014"], ["--sigmas", "0.1,x"]])
    func `refuses what it does not know`(words: [String]) throws {
        let folder = try folder(found: found)
        let outcome = try apus(["evaluate", "coco", "gt.json", "dt.json"] + words, in: folder.path)
        #expect(outcome.status == 2 && outcome.output.isEmpty && !outcome.errors.isEmpty)
    }

    @Test(arguments: ["[{", "[{\"image_id\":2,\"category_id\":7,\"bbox\":[0,0,1,1],\"score\":1}]", "[NaN]"])
    func `files that cannot be evaluated end with 2 and a sentence`(found: String) throws {
        let folder = try folder(found: found)
        let outcome = try apus("evaluate", "coco", "gt.json", "dt.json", in: folder.path)
        #expect(outcome.status == 2 && outcome.output.isEmpty && outcome.errors.hasPrefix("apus: "))
    }
}
