import ApusAugmentation
import ApusConfiguration
@testable import ApusDatasets

/// Reads a text as YOLO's labels, with and without keypoints, and as a data.yaml.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: data, count: size), as: UTF8.self)
    let names = ["cat", "dog"]
    let classes = ClassTable(names.map { AnnotationClass($0) }, description: DatasetDescription())
    for keypoints in [nil, YOLOSettings.KeypointShape(count: 2, dimensions: 3)] {
        let reader = YOLOReader(keypoints: keypoints, sourceNames: names, classes: classes)
        let labels = reader.parse(text, path: "fuzzed.txt", size: ImageSize(width: 64, height: 48))
        for annotation in labels.annotations {
            let checked = CheckedBox(annotation, width: 64, height: 48)
            precondition(checked.box.map { $0.box.area > 0 } ?? true, "an empty box was kept")
            _ = annotation.region?.mask(size: ImageSize(width: 64, height: 48))
        }
    }
    if let node = try? YAMLReader.read(text, name: "fuzzed.yaml") { _ = try? YOLOSettings(node, file: "fuzzed.yaml") }
    return 0
}
