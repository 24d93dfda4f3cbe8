import ApusAugmentation
@testable import ApusDatasets

/// Reads a text as a COCO annotation file, and each of its images' annotations.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = HeldBytes(copying: UnsafeBufferPointer(start: data, count: size))
    guard let file = try? COCOFile(bytes, path: "fuzzed.json") else { return 0 }
    let classes = ClassTable(Array(file.categories.values), description: DatasetDescription())
    _ = file.strayImages()
    for image in file.images.prefix(64) {
        let size = image.size ?? ImageSize(width: 40, height: 30)
        let labels = file.labels(of: image, size: size, classes: classes)
        for annotation in labels.annotations { touch(annotation, size: size) }
    }
    return 0
}

private func touch(_ annotation: Annotation, size: ImageSize) {
    _ = annotation.bounds(in: size)
    _ = annotation.region?.area
    let checked = CheckedBox(annotation, width: 40, height: 30)
    precondition(checked.box.map { $0.box.area > 0 } ?? true, "an empty box was kept")
    guard size.width > 0, size.width <= 64, size.height > 0, size.height <= 64 else { return }
    _ = annotation.region?.mask(size: size)
    var window = ImageWindow(whole: size)
    (window.scaled, window.canvas) = (ImageSize(square: 32), ImageSize(square: 24))
    _ = window.apply(to: annotation, size: size)
}
