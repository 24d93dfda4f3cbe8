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
    let threads: Int

    func listing() throws(DatasetError) -> SourceListing {
        let settings = try YOLOSettings.read(try settingsPath())
        let classNames = settings.names.isEmpty ? description.classes : settings.names
        guard !classNames.isEmpty else {
            throw .unreadableSource(path: settings.file, line: nil, reason: "no 'names'; list the class names")
        }
        let classes = try LabelMapping(source: classNames, wanted: description.classes)
        var listing = SourceListing(classNames: classes.names, samples: [], faults: [])
        for split in Split.allCases {
            let images = settings.images(of: split, faults: &listing.faults)
            let read = parallelMap(images.count, threads: threads) { index in
                sample(images[index], split: split, settings: settings, classes: classes)
            }
            for (sample, faults) in read {
                listing.faults += faults
                if let sample { listing.samples.append(sample) }
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

    private func sample(
        _ image: YOLOSettings.ImagePath, split: Split, settings: YOLOSettings, classes: LabelMapping
    ) -> (SourceSample?, [Fault]) {
        let path = YOLOLabels.path(forImage: image.path)
        var sample = SourceSample(name: image.name, content: .file(image.path), split: split, labelFile: path)
        do throws(FileError) {
            let labels = YOLOLabels(
                try FileSystem.readText(path), path: path, hasKeypoints: settings.hasKeypoints, classes: classes)
            sample.boxes = labels.boxes
            return (sample, labels.faults)
        } catch {
            return unlabelled(sample, error)
        }
    }

    private func unlabelled(_ sample: SourceSample, _ error: FileError) -> (SourceSample?, [Fault]) {
        let policy = description.source.missingLabels
        if policy == .background && error.isNotFound { return (sample, []) }
        let isKept = policy == nil && error.isNotFound
        let reason = error.isNotFound ? "no label file" : "\(error)"
        let fault = Fault(
            .missingLabels, file: sample.labelFile,
            message: isKept ? "\(reason); image kept as background" : "\(reason); image left out")
        return (isKept ? sample : nil, [fault])
    }
}

/// From the labels of the files to the classes that the description keeps.
struct LabelMapping: Sendable {
    /// The classes of the prepared data set.
    let names: [String]
    let sourceCount: Int
    private let map: [Int?]

    init(source: [String], wanted: [String]) throws(DatasetError) {
        sourceCount = source.count
        names = wanted.isEmpty ? source : wanted
        let index = ClassIndex(names)
        map = source.map { index[$0] }
    }

    /// `nil` where the class is not kept.
    subscript(label: Int) -> Int? { map.indices.contains(label) ? map[label] : nil }
}
