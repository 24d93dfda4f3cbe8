@testable import ApusDatasets

/// Reads a text as a Pascal VOC annotation.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let reading = VOCFile.parse([UInt8](UnsafeBufferPointer(start: data, count: size)), path: "fuzzed.xml")
    let names = Set(reading.annotation?.objects.map(\.name) ?? []).sorted()
    let classes = ClassTable(names.map { AnnotationClass($0) }, description: DatasetDescription())
    let labels = reading.labels(classes: classes, offset: 1)
    for annotation in labels.annotations {
        let checked = CheckedBox(annotation, width: 640, height: 480)
        precondition(checked.box.map { $0.box.area > 0 } ?? true, "an empty box was kept")
    }
    return 0
}
