import ApusAugmentation
import ApusCore
import ApusVision
import Foundation

@testable import ApusDatasets

/// A folder that is gone when the test is done.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "apus-datasets-\(UUID().uuidString)"
        try FileSystem.createFolder(path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file below this folder and returns its path.
    @discardableResult
    func write(_ bytes: [UInt8], _ name: String) throws -> String {
        let path = path + "/" + name
        try FileSystem.createFolder(FileSystem.folder(of: path))
        try FileSystem.writeWhole(bytes, to: path)
        return path
    }

    @discardableResult
    func write(_ text: String, _ name: String) throws -> String { try write(Array(text.utf8), name) }
}

/// An image whose pixels depend on `seed`, so that no two have the same content.
func testImage(_ seed: Int, width: Int = 40, height: Int = 30) -> Image {
    var stream = RandomStream(seed: UInt64(seed))
    return Image(uninitializedWidth: width, height: height, channels: 3) { pixels in
        for index in pixels.indices { pixels[index] = UInt8(truncatingIfNeeded: stream.next()) }
    }
}

/// `testImage` as a JPEG file.
func testJPEG(_ seed: Int, width: Int = 40, height: Int = 30) -> [UInt8] {
    testImage(seed, width: width, height: height).jpegData()
}

/// A VOC annotation of an image of 40×30.
func vocXML(_ objects: [(String, String)], size: (Int, Int) = (40, 30)) -> String {
    let body = objects.map { name, box in
        let edges = box.split(separator: " ")
        return """
            <object><name>\(name)</name>
            <bndbox><xmin>\(edges[0])</xmin><ymin>\(edges[1])</ymin>\
            <xmax>\(edges[2])</xmax><ymax>\(edges[3])</ymax></bndbox>
            </object>
            """
    }
    return """
        <annotation>
        <size><width>\(size.0)</width><height>\(size.1)</height><depth>3</depth></size>
        \(body.joined(separator: "\n"))
        </annotation>
        """
}

extension TemporaryFolder {
    /// Three photographs, one in each split, and their dataset.yaml; returns its path.
    @discardableResult
    func writeVOC(yaml: String = "", objects: String = "1 2 11 12") throws -> String {
        for (index, split) in ["train", "val", "test"].enumerated() {
            try write(testJPEG(index), "source/JPEGImages/image\(index).jpg")
            try write(vocXML([("cat", objects), ("dog", "5 6 20 25")]), "source/Annotations/image\(index).xml")
            try write("image\(index)\n", "source/ImageSets/Main/\(split).txt")
        }
        return try write(
            "name: pets\nsource: {format: voc, path: source}\nclasses: [cat, dog]\n" + yaml, "dataset.yaml")
    }

    /// Prepares the description of this name.
    func prepare(_ name: String = "dataset.yaml", overrides: [String] = [], strict: Bool = false) throws
        -> PreparationResult
    {
        try DatasetPreparation.run(descriptionPath: path + "/" + name, overrides: overrides, strict: strict, threads: 2)
    }
}

extension PreparationResult {
    func faults(_ kind: Fault.Kind) -> [Fault] { faults.filter { $0.kind == kind } }
}

extension TemporaryFolder {
    /// A COCO source of one image with an object of every kind, and its dataset.yaml.
    func writeCOCO() throws {
        try write(testJPEG(5), "source/images/a.jpg")
        try write(
            """
            {"images": [{"id": 7, "file_name": "a.jpg", "width": 40, "height": 30}],
             "categories": [{"id": 3, "name": "cat", "keypoints": ["nose", "tail"], "skeleton": [[1, 2]]},
               {"id": 9, "name": "dog"}],
             "annotations": [
               {"id": 1, "image_id": 7, "category_id": 9, "bbox": [1, 2, 10, 10], "iscrowd": 0},
               {"id": 2, "image_id": 7, "category_id": 3, "bbox": [5, 6, 15, 19], "iscrowd": 0,
                "segmentation": [[5, 6, 20, 6, 20, 25.5], [6, 7, 8, 9, 6, 9, 5.5, 8]],
                "keypoints": [10, 11, 2, 12.25, 13, 1], "num_keypoints": 2},
               {"id": 3, "image_id": 7, "category_id": 9, "bbox": [0, 0, 1, 2], "iscrowd": 1,
                "segmentation": {"counts": [0, 2, 1198], "size": [30, 40]}},
               {"id": 4, "image_id": 7, "category_id": 9, "segmentation": [[1, 1, 9, 1, 9, 9]]}]}
            """, "source/annotations/instances_train.json")
        try write("name: pets\nsource: {format: coco, path: source, images: images}\n", "dataset.yaml")
    }
}

extension SpillFile {
    /// An entry of these bytes and labels.
    func entry(
        _ name: String, _ size: ImageSize, split: Split, bytes: [UInt8], _ labels: LabelBlock
    ) throws -> PreparedEntry {
        let image = CheckedImage(
            hash: bytes.withUnsafeBytes { ContentHash(of: $0) }, byteCount: bytes.count, width: size.width,
            height: size.height)
        let sample = SourceSample(name: name, content: .file(name), split: split, labelFile: name)
        return PreparedEntry(sample, image, content: .spilled(try add(bytes)), labels: try add(labels.bytes))
    }
}
