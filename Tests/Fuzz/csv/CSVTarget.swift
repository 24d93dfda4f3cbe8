@testable import ApusDatasets

/// Reads a text as each of the tables: labels, keypoints, the legend of masks, splits.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: data, count: size))
    if let labels = try? CSVLabels(bytes, path: "fuzzed.csv") {
        let classes = ClassTable(labels.classNames.map { AnnotationClass($0) }, description: DatasetDescription())
        for image in labels.images { _ = labels.labels(of: image, classes: classes) }
    }
    if let table = try? KeypointTable(bytes, path: "fuzzed.csv") {
        for annotation in table.images.flatMap(\.annotations) {
            precondition(annotation.keypoints.count == table.bodyparts.count, "an animal lacks points")
        }
    }
    _ = try? MaskLegend(bytes, path: "fuzzed.csv")
    _ = try? SplitTable(bytes, path: "fuzzed.csv")
    return 0
}
