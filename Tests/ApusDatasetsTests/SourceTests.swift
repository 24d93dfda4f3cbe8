import ApusCore
import ApusVision
import Glibc
import Testing

@testable import ApusDatasets

@Suite struct VOCSourceTests {
    @Test func `one-based boxes begin one pixel earlier`() throws {
        let folder = try TemporaryFolder()
        try folder.writeVOC()
        let box = try folder.prepare(overrides: ["source.voc_one_based=true"]).dataset.boxes(0)[0].box
        #expect(box == BoundingBox(minX: 0, minY: 1, maxX: 11, maxY: 12))
    }

    @Test func `class names come from the labels where none are given`() throws {
        let folder = try TemporaryFolder()
        try folder.writeVOC()
        try folder.write("name: pets\nsource: {format: voc, path: source}\n", "dataset.yaml")
        #expect(try folder.prepare().dataset.classNames == ["cat", "dog"])
    }

    @Test func `trainval fills what train and val leave out`() throws {
        let folder = try TemporaryFolder()
        try folder.writeVOC()
        try folder.write("", "source/ImageSets/Main/train.txt")
        try folder.write("image0\nimage1\n", "source/ImageSets/Main/trainval.txt")
        let dataset = try folder.prepare().dataset
        #expect(dataset.indices(of: .train).map { dataset.record($0).name } == ["image0.jpg"])
        #expect(dataset.indices(of: .val).count == 1)
    }

    @Test func `without image sets every annotation counts, and images without one are reported`() throws {
        let folder = try TemporaryFolder()
        for index in 0..<4 { try folder.write(testJPEG(index), "source/images/\(index).jpg") }
        for index in 0..<3 { try folder.write(vocXML([("cat", "1 2 3 4")]), "source/annotations/\(index).xml") }
        try folder.write("name: x\nsource: {format: voc, path: source}\nsplits: {method: random}\n", "dataset.yaml")
        let result = try folder.prepare()
        #expect(result.dataset.imageCount == 3)
        #expect(result.faults.map(\.kind) == [.missingLabels])
        #expect(try folder.prepare(overrides: ["source.missing_labels=background"]).dataset.imageCount == 4)
    }

    @Test func `declared splits that are not declared are an error`() throws {
        let folder = try TemporaryFolder()
        try folder.write(testJPEG(0), "source/images/0.jpg")
        try folder.write(vocXML([("cat", "1 2 3 4")]), "source/annotations/0.xml")
        try folder.write("name: x\nsource: {format: voc, path: source}\n", "dataset.yaml")
        #expect(throws: DatasetError.self) { try folder.prepare() }
    }
}

@Suite struct COCOSourceTests {
    private static let json = """
        {"info": {"x": [1, {"y": null}]}, "licenses": [],
         "images": [{"id": 7, "file_name": "a.jpg", "width": 40, "height": 30},
                    {"id": 9, "file_name": "b.jpg", "width": 40, "height": 30}],
         "annotations": [
           {"id": 1, "image_id": 7, "category_id": 18, "bbox": [1, 2, 10, 10], "iscrowd": 0, "area": 100},
           {"id": 2, "image_id": 7, "category_id": 3, "bbox": [5, 6, 15, 19], "iscrowd": 1,
            "segmentation": {"counts": [1, 1199], "size": [30, 40]}},
           {"id": 3, "image_id": 7, "category_id": 3, "bbox": [NaN, 6, 15, 19]},
           {"id": 4, "image_id": 8, "category_id": 3, "bbox": [5, 6, 15, 19]},
           {"id": 5, "image_id": 7, "category_id": 4, "bbox": [5, 6, 15, 19]},
           {"id": 6, "image_id": 7, "category_id": 3, "bbox": [5, 6]}
         ],
         "categories": [{"id": 18, "name": "dog"}, {"id": 3, "name": "car"}]}
        """

    private func folder(_ json: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write(testJPEG(1), "source/train/a.jpg")
        try folder.write(testJPEG(2), "source/train/b.jpg")
        try folder.write(json, "source/train/_annotations.coco.json")
        try folder.write("name: x\nsource: {format: coco, path: source}\n", "dataset.yaml")
        return folder
    }

    @Test func `categories in the order of their ids, images without labels as background`() throws {
        let folder = try folder(Self.json)
        let result = try folder.prepare()
        #expect(result.dataset.classNames == ["car", "dog"])
        #expect(result.dataset.imageCount == 2)
        #expect(
            result.dataset.boxes(0) == [
                LabeledBox(BoundingBox(minX: 1, minY: 2, maxX: 11, maxY: 12), label: 1),
                LabeledBox(BoundingBox(minX: 5, minY: 6, maxX: 20, maxY: 25), label: 0, isCrowd: true),
            ])
        #expect(result.dataset.boxes(1) == [])
        let kinds = Dictionary(grouping: result.faults, by: \.kind).mapValues { $0.map(\.line) }
        #expect(kinds == [.nonFiniteLabel: [8], .missingImage: [9], .classOutOfRange: [10], .malformedLabels: [11]])
    }

    @Test func `classes give the order and leave out others`() throws {
        let folder = try folder(Self.json)
        let dataset = try folder.prepare(overrides: ["classes=[dog]"]).dataset
        #expect(dataset.boxes(0).map(\.label) == [0])
    }

    @Test func `one file a split, in annotations`() throws {
        let folder = try TemporaryFolder()
        for (index, split) in ["train", "val"].enumerated() {
            try folder.write(testJPEG(index), "source/images/\(split)2017/a.jpg")
            let json = #"{"images":[{"id":1,"file_name":"a.jpg"}],"annotations":[],"categories":[{"id":1,"name":"q"}]}"#
            try folder.write(json, "source/annotations/instances_\(split)2017.json")
        }
        try folder.write("name: x\nsource: {format: coco, path: source}\n", "dataset.yaml")
        let dataset = try folder.prepare().dataset
        #expect((0..<2).map { dataset.record($0).name } == ["train/a.jpg", "val/a.jpg"])
        let paths = "{train: annotations/instances_val2017.json}"
        let other = try folder.prepare(
            overrides: ["source.annotations=\(paths)", "source.images={train: images/val2017}"]
        ).dataset
        #expect((0..<other.imageCount).map { other.record($0).name } == ["a.jpg"])
    }

    @Test func `JSON that is cut anywhere ends with its line`() throws {
        for length in stride(from: 0, to: Self.json.utf8.count, by: 53) {
            let folder = try folder(String(decoding: Array(Self.json.utf8)[..<length], as: UTF8.self))
            let error = #expect(throws: DatasetError.self, "cut to \(length)") { try folder.prepare() }
            guard case .unreadableSource(_, .some, _) = try #require(error) else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }
}

@Suite struct YOLOSourceTests {
    private func folder(labels: String?, settings: String = "names: {0: cat, 1: dog}\nnc: 2\n") throws
        -> TemporaryFolder
    {
        let folder = try TemporaryFolder()
        try folder.write(testJPEG(1), "source/images/train/a.jpg")
        if let labels { try folder.write(labels, "source/labels/train/a.txt") }
        try folder.write(testJPEG(2), "source/images/val/b.jpg")
        try folder.write("1 0.5 0.5 1 1\n", "source/labels/val/b.txt")
        try folder.write("path: .\ntrain: images/train\nval: images/val\nextra: [1]\n" + settings, "source/data.yaml")
        try folder.write("name: x\nsource: {format: yolo, path: source}\n", "dataset.yaml")
        return folder
    }

    @Test func `fractions become pixels`() throws {
        let result = try folder(labels: "0 0.25 0.5 0.25 0.5\n\n1 0.1 0.2 0.5 0.2 0.5 0.6 0.1 0.6\n").prepare()
        #expect(result.faults.isEmpty)
        #expect(result.dataset.classNames == ["cat", "dog"])
        #expect(result.dataset.record(0).name == "images/train/a.jpg")
        let boxes = result.dataset.boxes(0)
        #expect(boxes[0] == LabeledBox(BoundingBox(minX: 5, minY: 7.5, maxX: 15, maxY: 22.5), label: 0))
        #expect(boxes[1] == LabeledBox(BoundingBox(minX: 4, minY: 6, maxX: 20, maxY: 18), label: 1))
        #expect(result.dataset.indices(of: .val) == [1])
    }

    @Test(arguments: [
        ("0 nan 0.5 0.1 0.1", Fault.Kind.nonFiniteLabel), ("0 0.5 0.5 0.1", .malformedLabels),
        ("2 0.5 0.5 0.1 0.1", .classOutOfRange), ("-1 0.5 0.5 0.1 0.1", .classOutOfRange),
        ("0.5 0.5 0.5 0.1 0.1", .malformedLabels), ("a 0.5 0.5 0.1 0.1", .malformedLabels),
        ("0 1.5 0.5 0.1 0.1", .boxOutside), ("0 0.5 0.5 0 0.1", .boxEmpty), ("0 1 0.5 0.5 0.1", .boxClipped),
        ("0 1e300 0.5 1e300 0.1", .boxOutside), ("99999999999999999999 0.5 0.5 0.1 0.1", .malformedLabels),
    ])
    func `a bad row is reported with its line`(row: String, kind: Fault.Kind) throws {
        let result = try folder(labels: "0 0.5 0.5 0.2 0.2\n\(row)\n").prepare()
        #expect(result.faults.map(\.kind) == [kind])
        #expect(result.faults[0].line == 2)
        #expect(result.faults[0].file.hasSuffix("labels/train/a.txt"))
    }

    @Test func `an image without labels is background and reported, unless told`() throws {
        let folder = try folder(labels: nil)
        let result = try folder.prepare()
        #expect(result.faults.map(\.kind) == [.missingLabels])
        #expect(result.dataset.imageCount == 2)
        #expect(try folder.prepare(overrides: ["source.missing_labels=background"], strict: true).faults.isEmpty)
        #expect(try folder.prepare(overrides: ["source.missing_labels=skip"]).dataset.imageCount == 1)
    }

    @Test func `lists, exported parents and keypoints`() throws {
        let folder = try folder(labels: "0 0.5 0.5 0.2 0.2 0.5 0.5 2\n")
        try folder.write("./images/train/a.jpg\n", "source/train.txt")
        let yaml = "train: train.txt\nvalid: ../images/val\nnames: [cat, dog]\nkpt_shape: [1, 3]\n"
        try folder.write(yaml, "source/data.yaml")
        let result = try folder.prepare()
        #expect(result.faults.isEmpty)
        #expect(result.dataset.imageCount == 2)
        #expect(result.dataset.boxes(0).count == 1)
    }

    @Test func `a folder that is not there is a fault`() throws {
        let folder = try folder(labels: "0 0.5 0.5 0.2 0.2")
        try folder.write("train: images/train\nval: images/none\nnames: [cat, dog]\n", "source/data.yaml")
        #expect(try folder.prepare().faults.map(\.kind) == [.unreadableFolder])
    }

    @Test func `names that contradict nc are an error with a line`() throws {
        let folder = try folder(labels: "", settings: "names: [cat]\nnc: 2\n")
        let error = #expect(throws: DatasetError.self) { try folder.prepare() }
        #expect("\(try #require(error))".contains("data.yaml:5"))
    }

    @Test func `the last images folder becomes labels`() {
        #expect(YOLOLabels.path(forImage: "/images/a/images/b/c.tar.jpg") == "/images/a/labels/b/c.tar.txt")
        #expect(YOLOLabels.path(forImage: "photos/c.jpg") == "photos/c.txt")
    }

    @Test func `a link back to a folder above is followed once`() throws {
        let folder = try folder(labels: "0 0.5 0.5 0.2 0.4\n")
        #expect(symlink(".", folder.path + "/source/images/train/again") == 0)
        let result = try folder.prepare()
        #expect(result.dataset.imageCount == 2)
        #expect(result.faults.isEmpty)
    }
}

@Suite struct IDXSourceTests {
    private static func idx(_ dimensions: [Int], _ bytes: [UInt8]) -> [UInt8] {
        var file: [UInt8] = [0, 0, 8, UInt8(dimensions.count)]
        for extent in dimensions {
            for shift in [24, 16, 8, 0] { file.append(UInt8(truncatingIfNeeded: extent >> shift)) }
        }
        return file + bytes
    }

    /// Twelve images of 28×28 with a bright block each, of labels 0, 1, 2, 0, ….
    static func write(to folder: TemporaryFolder, part: String, labels: [UInt8]) throws {
        var pixels = [UInt8]()
        for index in labels.indices {
            for y in 0..<28 {
                for x in 0..<28 {
                    let isInside = (4..<20 + index % 6).contains(x) && (3..<24).contains(y)
                    pixels.append(isInside ? UInt8(120 + (x * 3 + y * 5 + index) % 100) : 0)
                }
            }
        }
        try folder.write(idx([labels.count, 28, 28], pixels), "source/\(part)-images-idx3-ubyte")
        try folder.write(idx([labels.count], labels), "source/\(part)-labels-idx1-ubyte")
    }

    @Test func `an image is a sample with one box`() throws {
        let folder = try TemporaryFolder()
        try Self.write(to: folder, part: "train", labels: [0, 1, 2])
        try Self.write(to: folder, part: "t10k", labels: [1, 1, 1, 1, 2])
        try folder.write("name: x\nsource: {format: idx, path: source}\nclasses: [a, b]\n", "dataset.yaml")
        let result = try folder.prepare()
        #expect(result.faults(.classOutOfRange).count == 2)
        #expect(result.dataset.record(0).name == "train/000000.png")
        #expect(result.dataset.boxes(0) == [LabeledBox(BoundingBox(minX: 0, minY: 0, maxX: 28, maxY: 28), label: 0)])
        #expect(try result.dataset.image(0).pixels[(10 * 28 + 10) * 3] == UInt8(120 + 80))
        #expect(!result.dataset.indices(of: .test).isEmpty)
    }

    @Test func `a file that is cut anywhere is refused`() throws {
        let bytes = Self.idx([2, 3], [1, 2, 3, 4, 5, 6])
        #expect(try IDXFile.parse(bytes, path: "x").dimensions == [2, 3])
        for length in 0..<bytes.count {
            #expect(throws: DatasetError.self) { try IDXFile.parse(Array(bytes[..<length]), path: "x") }
        }
        #expect(throws: DatasetError.self) { try IDXFile.parse(bytes + [0], path: "x") }
        #expect(throws: DatasetError.self) {
            try IDXFile.parse([0, 0, 8, 3] + [UInt8](repeating: 255, count: 12), path: "x")
        }
    }

    @Test func `gzip files are inflated, members joined, and damage is found`() throws {
        let folder = try TemporaryFolder()
        let whole = Self.gzipped
        #expect(try IDXFile.read(folder.write(whole, "a.gz")).bytes == [1, 2, 3, 4, 5, 6])
        for length in 2..<whole.count {
            #expect(throws: DatasetError.self) { try IDXFile.read(folder.write(Array(whole[..<length]), "b.gz")) }
        }
        var wrong = whole
        wrong[whole.count - 6] ^= 1
        #expect(throws: DatasetError.self) { try IDXFile.read(folder.write(wrong, "c.gz")) }
    }

    /// `idx([2, 3], [1, …, 6])` in two stored members.
    private static let gzipped: [UInt8] = {
        let content = idx([2, 3], [1, 2, 3, 4, 5, 6])
        return member(Array(content[..<7])) + member(Array(content[7...]))
    }()

    private static func member(_ content: [UInt8]) -> [UInt8] {
        let count = UInt8(content.count)
        let checksum = crc32(content)
        let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1, count, 0, ~count, 255]
        var file = header + content
        for shift in [0, 8, 16, 24] as [UInt32] { file.append(UInt8(truncatingIfNeeded: checksum >> shift)) }
        return file + [count, 0, 0, 0]
    }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var crc = ~UInt32(0)
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xedb8_8320 : crc >> 1 }
        }
        return ~crc
    }
}
