import ApusCommandSupport
import Foundation
import Testing

/// What `apus data` says of a small dataset, and how it ends.
@Suite struct DataCommandTests {
    private static let json = """
        {"images": [{"id": 1, "file_name": "a.png", "width": 1, "height": 1}],
         "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 1, 1], "iscrowd": 1}],
         "categories": [{"id": 1, "name": "cat"}]}
        """

    private func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write(Self.json, to: "source/labels.json")
        let pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
        try #require(Data(base64Encoded: pixel)).write(to: URL(filePath: folder.path + "/source/a.png"))
        return folder
    }

    @Test func `a conversion ends with 1 where something cannot be held, and says what`() throws {
        let folder = try folder()
        let whole = try apus("data", "convert", "source", "same", "--to", "coco", in: folder.path)
        #expect(whole.status == 0 && whole.output.isEmpty)
        let lossy = try apus("data", "convert", "source", "voc", "--to", "voc", "--quiet", in: folder.path)
        #expect(lossy.status == 1 && lossy.errors.isEmpty)
        #expect(lossy.output.contains("1 × crowd mark left out (first: a.png)"))
        #expect(try apus("data", "convert", "source", "voc", "--to", "voc", in: folder.path).status == 2)
    }

    @Test func `a check ends as --fail-on asks`() throws {
        let folder = try folder()
        let check = try apus("data", "check", "source", "--json", in: folder.path)
        #expect(check.status == 1 && check.output.contains("\"tinyBox\""))
        #expect(try apus("data", "check", "source", "--fail-on", "error", in: folder.path).status == 0)
        #expect(try apus("data", "check", "nothing", in: folder.path).status == 2)
    }

    @Test func `statistics are a page and numbers`() throws {
        let folder = try folder()
        let stats = try apus("data", "stats", "source", "--output", "page.html", "--json", in: folder.path)
        #expect(stats.status == 0 && stats.output.contains("\"objects\" : 1"))
        #expect(try String(contentsOfFile: folder.path + "/page.html", encoding: .utf8).contains("data:image/"))
    }

    @Test func `a division is written down`() throws {
        let folder = try folder()
        let arguments = ["data", "split", "source", "--method", "random", "--output", "splits.csv", "--quiet"]
        #expect(try apus(arguments, in: folder.path).status == 0)
        let table = try String(contentsOfFile: folder.path + "/splits.csv", encoding: .utf8)
        #expect(table.hasPrefix("filename,split\na.png,"))
    }

    @Test func `what was prepared from a folder is used when that folder is gone`() throws {
        let folder = try folder()
        let yaml = "name: small\nsource: {format: coco, path: raw}\nsplits: {method: random}\n"
        try folder.write(yaml, to: "datasets/small/dataset.yaml")
        let description = "datasets/small/dataset.yaml"
        let extraction = ["data", "extract", description, "--output", "images"]
        #expect(try apus(extraction, in: folder.path).errors.contains("path=FOLDER"))
        let preparation = try apus("prepare", description, "path=source", in: folder.path)
        #expect(preparation.status == 0)
        try FileManager.default.removeItem(atPath: folder.path + "/source")
        #expect(try apus(extraction, in: folder.path).status == 0)
    }
}
