import ApusConfiguration
import ApusCore

/// YOLO's text labels: a `data.yaml` with `path`, `train`, `val`, `test`, `names`, and one `.txt` beside each image,
/// found by the last `/images/` of the image's path read as `/labels/`.
///
/// Paths are relative to the data.yaml, never to a hidden setting; `../train/images` that is not there is tried
/// without `../`, as exported data sets need it. Rows: `class cx cy w h` in fractions of the image, or
/// `class x1 y1 x2 y2 …`, whose hull is taken; with `kpt_shape`, what follows the box is passed over.
struct YOLOSource: DatasetSource {
    let root: String
    let description: DatasetDescription

    func listing() throws(DatasetError) -> SourceListing {
        let settings = try YOLOSettings.read(try settingsPath())
        let named = settings.classes.isEmpty ? description.classes.map { AnnotationClass($0) } : settings.classes
        guard !named.isEmpty else {
            throw .unreadableSource(path: settings.file, line: nil, reason: "no 'names'; list the class names")
        }
        let classes = ClassTable(named, description: description)
        var listing = SourceListing(classes: classes.classes, samples: [], faults: [])
        let reader = YOLOReader(
            keypoints: settings.keypoints, sourceNames: named.map(\.name), classes: classes,
            missingLabels: description.source.missingLabels)
        let bounds = SourceBounds(root: root, description: description)
        for split in Split.allCases {
            let images = try settings.images(of: split, bounds: bounds, faults: &listing.faults)
            listing.samples += images.map { image in
                let path = YOLOLabels.path(forImage: image.path)
                return SourceSample(
                    name: image.name, content: .file(image.path), split: split, labelFile: path,
                    labels: { reader.labels(path, size: $0) })
            }
        }
        return listing
    }

    private func settingsPath() throws(DatasetError) -> String {
        guard FileSystem.isFolder(root) else { return root }
        let names = ((try? FileSystem.names(in: root)) ?? []).filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
        let preferred = ["data.yaml", "dataset.yaml"].first(where: names.contains)
        guard let name = preferred ?? (names.count == 1 ? names[0] : nil) else {
            throw .unreadableSource(path: root, line: nil, reason: "no data.yaml; give its path as source.path")
        }
        return root + "/" + name
    }
}
