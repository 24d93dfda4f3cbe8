import ApusCore
import ApusDatasets
import ApusVision
import Foundation

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
