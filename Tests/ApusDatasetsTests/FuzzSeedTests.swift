import ApusAugmentation
import ApusCore
import ApusVision
import Testing

@testable import ApusDatasets

/// The files that fuzzing starts from, among them what it found, whole and cut anywhere: no reader may crash.
@Suite struct FuzzSeedTests {
    private static let folder = FileSystem.folder(of: FileSystem.folder(of: #filePath)) + "/Fuzz"
    private static let formats = ["coco", "voc", "yolo", "csv", "idx"]
    private static let size = ImageSize(width: 40, height: 30)

    @Test(arguments: formats) func `no reader crashes on a seed that is cut`(format: String) throws {
        let seeds = "\(Self.folder)/\(format)/Seeds"
        let names = try FileSystem.names(in: seeds)
        #expect(!names.isEmpty)
        for name in names {
            let bytes = try FileSystem.read(seeds + "/" + name)
            for count in 0...bytes.count { Self.read(Array(bytes[..<count]), as: format) }
        }
    }

    @Test func `a table of keypoints whose header rows differ in length is refused`() throws {
        let bytes = try FileSystem.read(Self.folder + "/csv/Seeds/points-short-header.csv")
        #expect(throws: DatasetError.self) { try KeypointTable(bytes, path: "points.csv") }
    }

    private static func read(_ bytes: [UInt8], as format: String) {
        let classes = ClassTable(["cat", "dog"].map { AnnotationClass($0) }, description: DatasetDescription())
        switch format {
        case "coco":
            guard let file = try? COCOFile(HeldBytes(copying: bytes), path: "") else { return }
            for image in file.images { _ = file.labels(of: image, size: size, classes: classes) }
        case "voc": _ = VOCFile.parse(bytes, path: "").labels(classes: classes, offset: 1)
        case "yolo":
            let reader = YOLOReader(keypoints: nil, sourceNames: classes.names, classes: classes)
            _ = reader.parse(String(decoding: bytes, as: UTF8.self), path: "", size: size)
        case "csv":
            _ = try? CSVLabels(bytes, path: "")
            _ = try? KeypointTable(bytes, path: "")
            _ = try? MaskLegend(bytes, path: "")
            _ = try? SplitTable(bytes, path: "")
        default: _ = bytes.withUnsafeBytes { try? IDXFile.decode($0, path: "") }
        }
    }
}
