import ApusConfiguration
import ApusCore
import ApusVision
import Testing

@testable import ApusDatasets

/// What bad input gets: counted, listed with its place, left out; or the end, where strict.
@Suite struct FaultTests {
    /// Prepares a VOC source to which one image and its annotation were added.
    private func prepare(
        image: [UInt8]?, name: String = "bad.jpg", xml: String? = vocXML([("cat", "1 2 11 12")])
    ) throws -> PreparationResult {
        let folder = try TemporaryFolder()
        try folder.writeVOC()
        if let image { try folder.write(image, "source/JPEGImages/\(name)") }
        if let xml { try folder.write(xml, "source/Annotations/bad.xml") }
        try folder.write("image0\nbad\n", "source/ImageSets/Main/train.txt")
        let result = try folder.prepare()
        let error = #expect(throws: DatasetError.self) { try folder.prepare(strict: true) }
        if case .faults(let count, _, _) = try #require(error) { #expect(count == result.faults.count) }
        let report = try FileSystem.readText(folder.path + "/prepared/report.txt")
        for fault in result.faults { #expect(report.contains("\(fault)")) }
        return result
    }

    private func expectDropped(_ result: PreparationResult, _ kind: Fault.Kind) {
        #expect(result.faults.map(\.kind) == [kind])
        #expect(result.dataset.imageCount == 3)
        #expect(result.counts.imagesDropped == result.counts.imagesFound - 3)
        #expect(result.counts.faults == [kind.rawValue: 1])
    }

    @Test func `a truncated JPEG`() throws {
        let jpeg = testJPEG(9, width: 200, height: 200)
        expectDropped(try prepare(image: Array(jpeg[..<(jpeg.count / 2)])), .truncatedImage)
    }

    @Test func `a PNG with a wrong checksum`() throws {
        var png = testImage(9).pngData()
        png[png.count / 2] ^= 0xff
        expectDropped(try prepare(image: png, name: "bad.png"), .corruptImage)
    }

    @Test func `a file of no bytes`() throws { expectDropped(try prepare(image: []), .emptyFile) }

    @Test func `a file that is no image`() throws {
        expectDropped(try prepare(image: Array("GIF89a".utf8)), .unsupportedImage)
    }

    @Test func `an image that is there twice`() throws {
        let result = try prepare(image: testJPEG(0))
        expectDropped(result, .duplicateImage)
        #expect(result.faults[0].message.contains("image0.jpg (train)"))
    }

    @Test func `an image that is missing`() throws { expectDropped(try prepare(image: nil), .missingImage) }

    @Test func `labels that are missing`() throws {
        expectDropped(try prepare(image: testJPEG(9), xml: nil), .missingLabels)
    }

    @Test func `labels that are cut`() throws {
        let xml = vocXML([("cat", "1 2 11 12")])
        let result = try prepare(image: testJPEG(9), xml: String(xml.prefix(120)))
        expectDropped(result, .malformedLabels)
        #expect(result.faults[0].line != nil)
    }

    @Test func `a label that is not a number`() throws {
        let result = try prepare(image: testJPEG(9), xml: vocXML([("cat", "1 nan 11 12"), ("dog", "1 2 3 4")]))
        #expect(result.faults.map(\.kind) == [.nonFiniteLabel])
        #expect(result.faults[0].line == 4)
        #expect(result.faults[0].file.hasSuffix("bad.xml"))
        #expect(result.dataset.imageCount == 4)
    }

    @Test func `a box outside, an empty one and one partly outside`() throws {
        let boxes = [("cat", "50 2 60 12"), ("cat", "5 5 5 9"), ("cat", "9 9 5 12"), ("dog", "30 20 50 60")]
        let result = try prepare(image: testJPEG(9), xml: vocXML(boxes))
        #expect(result.faults.map(\.kind) == [.boxOutside, .boxEmpty, .boxEmpty, .boxClipped])
        let index = try #require((0..<4).first { result.dataset.record($0).name == "bad.jpg" })
        #expect(
            result.dataset.boxes(index) == [
                LabeledBox(BoundingBox(minX: 30, minY: 20, maxX: 40, maxY: 30), label: 1)
            ])
    }

    @Test func `a class that is not in classes names the nearest`() throws {
        let result = try prepare(image: testJPEG(9), xml: vocXML([("cta", "1 2 11 12")]))
        #expect(result.faults.map(\.kind) == [.classOutOfRange])
        #expect(result.faults[0].message.contains("did you mean 'cat'?"))
    }

    @Test func `the same box twice`() throws {
        let result = try prepare(image: testJPEG(9), xml: vocXML([("cat", "1 2 11 12"), ("cat", "1 2 11 12")]))
        #expect(result.faults.map(\.kind) == [.duplicateBox])
    }

    @Test func `labels of another size`() throws {
        let result = try prepare(image: testJPEG(9), xml: vocXML([("cat", "1 2 11 12")], size: (80, 60)))
        #expect(result.faults.map(\.kind) == [.sizeMismatch])
        #expect(result.dataset.imageCount == 4)
    }

    @Test func `an image in two splits stays in the first`() throws {
        let folder = try TemporaryFolder()
        try folder.writeVOC()
        try folder.write("image1\nimage0\n", "source/ImageSets/Main/val.txt")
        let result = try folder.prepare()
        #expect(result.faults.map(\.kind) == [.duplicateImage])
        #expect(result.faults[0].line == 2)
        #expect(result.dataset.indices(of: .val).count == 1)
    }

    @Test func `nothing usable is an error that names the first fault`() throws {
        let folder = try TemporaryFolder()
        try folder.writeVOC()
        for index in 0..<3 { try folder.write([], "source/JPEGImages/image\(index).jpg") }
        let error = #expect(throws: DatasetError.self) { try folder.prepare() }
        guard case .noSamples(_, 3, let first) = try #require(error) else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(first?.kind == .emptyFile)
        #expect(!FileSystem.exists(folder.path + "/prepared/latest"))
    }

    @Test func `a source that is nowhere`() throws {
        let folder = try TemporaryFolder()
        try folder.writeVOC()
        let error = #expect(throws: DatasetError.self) { try folder.prepare(overrides: ["source.path=[a, b]"]) }
        let expected = DatasetError.sourceNotFound(
            description: folder.path + "/dataset.yaml", candidates: [folder.path + "/a", folder.path + "/b"])
        #expect(error == expected)
    }

    @Test func `an output folder that cannot be made`() throws {
        let folder = try TemporaryFolder()
        try folder.writeVOC()
        try folder.write("a file", "prepared")
        #expect(throws: DatasetError.self) { try folder.prepare() }
    }
}

@Suite struct DatasetDescriptionTests {
    @Test(arguments: [
        ("name: x\nsorce: {format: voc, path: .}\n", "source"),
        ("name: x\nsource: {format: vox, path: .}\n", "voc"),
        ("name: x\nsource: {format: voc, path: ., vocs: 1}\n", "vocs"),
        ("name: 'a/b'\nsource: {format: voc, path: .}\n", "name"),
        ("name: x\nsource: {format: voc, path: .}\nclasses: [a, a]\n", "classes"),
        ("name: x\nsource: {format: voc, path: .}\nsplits: {method: random, train: 0.9, val: 0.9}\n", "sum 1"),
        ("name: x\nsource: {format: voc, path: .}\ncompose: {canvas: 64}\n", "idx"),
        ("name: x\nsource: {format: idx, path: .}\ncompose: {objects: [5, 2]}\n", "objects"),
        ("name: x\nsource: {format: idx, path: .}\ncompose: {size: [16, 200]}\n", "size"),
        ("name: x\nsource: {format: idx, path: .}\ncompose: {canvas: big}\n", "canvas"),
    ])
    func `a mistake is named with its line`(yaml: String, part: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(yaml, "dataset.yaml")
        let error = #expect(throws: ConfigurationError.self) { try DatasetDescription.read(path) }
        #expect("\(try #require(error))".contains(part))
        #expect("\(try #require(error))".contains("dataset.yaml:"))
    }

    @Test func `path= is short for the source's path and relative to the working folder`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("name: x\nsource: {format: voc, path: [a, b]}\n", "dataset.yaml")
        #expect(
            try DatasetDescription.read(path).source.path.values.map(\.resolved)
                == ["a", "b"].map { folder.path + "/" + $0 })
        let overridden = try DatasetDescription.read(path, overrides: ["path=some/folder"])
        #expect(overridden.source.path.values.map(\.resolved) == [absolutePath("some/folder")])
    }

    @Test func `the repository's descriptions are valid`() throws {
        let root = FileSystem.folder(of: FileSystem.folder(of: FileSystem.folder(of: #filePath))) + "/datasets"
        let names = try FileSystem.names(in: root).filter { FileSystem.exists("\(root)/\($0)/dataset.yaml") }
        #expect(names.contains("bccd") && names.contains("garments"))
        for name in names { #expect(try DatasetDescription.read("\(root)/\(name)/dataset.yaml").name == name) }
    }
}
