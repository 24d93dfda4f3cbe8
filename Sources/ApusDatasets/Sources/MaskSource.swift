import ApusAugmentation
import ApusCore
import ApusVision

/// Semantic masks: `images/[SPLIT/]NAME.jpg` with `masks/[SPLIT/]NAME.png`, whose pixels are class numbers.
///
/// `classes.csv` (or `_classes.csv`), a table of `value` and `name`, names the classes. Values that it does not list
/// are reported, but for 0 (background) and 255 (left open). Each class that an image shows is one annotation.
struct MaskSource: DatasetSource {
    let root: String
    let description: DatasetDescription

    func listing() throws(DatasetError) -> SourceListing {
        let images = folder(description.source.images, ["images", "JPEGImages"])
        let masks = folder(description.source.annotations, ["masks", "SegmentationClass", "labels"])
        guard let images, let masks else {
            throw .unreadableSource(
                path: root, line: nil, reason: "no folders images and masks; name them in source.images and annotations"
            )
        }
        let legend = try MaskLegend.read(in: root)
        let classes = ClassTable(legend.classes, description: description)
        var listing = SourceListing(classes: classes.classes, samples: [], faults: [])
        for (folder, split) in SplitFolders.parts(of: images) {
            let walk = FolderWalk(folder)
            listing.faults += walk.faults
            let below = masks + folder.dropFirst(images.count)
            for image in walk.images {
                let mask = "\(below)/\(stem(of: image)).png"
                listing.samples.append(
                    SourceSample(
                        name: (split.map { $0.rawValue + "/" } ?? "") + image, content: .file(folder + "/" + image),
                        split: split, labelFile: mask,
                        labels: { _ in
                            MaskReader(
                                legend: legend, classes: classes, missingLabels: description.source.missingLabels
                            )
                            .labels(mask)
                        }))
            }
        }
        return listing
    }

    private func folder(_ declared: SplitPaths?, _ usual: [String]) -> String? {
        let names = declared?.common.map { [$0] } ?? usual
        return names.map { FileSystem.resolve($0, relativeTo: root) }.first(where: FileSystem.isFolder)
    }
}

/// Which value of a mask is which class.
struct MaskLegend: Sendable {
    static let fileName = "classes.csv"
    var classes: [AnnotationClass]

    static func read(in folder: String) throws(DatasetError) -> MaskLegend {
        let paths = [fileName, "_classes.csv", "train/_classes.csv"].map { folder + "/" + $0 }
        guard let path = paths.first(where: FileSystem.exists) else {
            throw .unreadableSource(path: folder, line: nil, reason: "no classes.csv with the columns value and name")
        }
        let bytes: [UInt8]
        do throws(FileError) { bytes = try FileSystem.read(path) } catch { throw .file(error) }
        return try MaskLegend(bytes, path: path)
    }

    /// - Parameter path: what errors call these bytes.
    init(_ bytes: [UInt8], path: String) throws(DatasetError) {
        let table = try CSVTable(bytes, path: path)
        classes = []
        var seen = Set<Int>()
        for (index, row) in table.rows.enumerated() {
            guard row.fields.count == 2, let value = Int(row.fields[0]), (0...255).contains(value),
                !row.fields[1].isEmpty, seen.insert(value).inserted
            else {
                // The header, unless it is one of the classes.
                if index == 0 { continue }
                throw .unreadableSource(
                    path: path, line: row.line, reason: "expected a value from 0 to 255, each once, and a name")
            }
            classes.append(AnnotationClass(row.fields[1], id: value))
        }
        // What is not labelled is no class.
        classes.removeAll { $0.id == 0 && ["background", "_background_"].contains($0.name.lowercased()) }
        guard !classes.isEmpty, Set(classes.map(\.name)).count == classes.count else {
            throw .unreadableSource(path: path, line: 1, reason: "no classes, or two of one name")
        }
    }
}

/// Reads masks.
struct MaskReader {
    let legend: MaskLegend
    let classes: ClassTable
    let missingLabels: MissingLabels?

    func labels(_ path: String) -> SourceLabels {
        let file: MappedFile
        do throws(FileError) { file = try MappedFile(path: path) } catch {
            if missingLabels == .background && error.isNotFound { return SourceLabels() }
            let message = (error.isNotFound ? "no such mask" : "\(error)") + "; image left out"
            return SourceLabels(
                faults: [Fault(.missingLabels, file: path, message: message)], leavesOutImage: true)
        }
        defer { withExtendedLifetime(file) {} }
        return labels(file.bytes, path: path)
    }

    /// - Parameter path: what faults call these bytes.
    func labels(_ bytes: UnsafeRawBufferPointer, path: String) -> SourceLabels {
        do throws(ImageError) {
            return labels(try IndexImage(decodingPNG: bytes, name: path), path: path)
        } catch {
            return SourceLabels(
                faults: [Fault(.malformedLabels, file: path, message: "\(error); image left out")],
                leavesOutImage: true)
        }
    }

    private func labels(_ image: IndexImage, path: String) -> SourceLabels {
        var labels = SourceLabels(declaredSize: ImageSize(width: image.width, height: image.height))
        var runs = ValueRuns(image)
        for kind in legend.classes {
            guard let mask = runs.take(kind.id ?? 0) else { continue }
            switch classes.resolve(kind.name) {
            case .label(let label):
                var annotation = Annotation(label: label)
                annotation.region = .mask(mask)
                labels.annotations.append(annotation)
            case .dropped: break
            case .unknown(let reason):
                labels.faults.append(Fault(.classOutOfRange, file: path, message: "class \(reason); left out"))
            }
        }
        for value in runs.values where value != 0 && value != 255 {
            let message = "the value \(value) is not in \(MaskLegend.fileName); left out"
            labels.faults.append(Fault(.classOutOfRange, file: path, message: message))
        }
        return labels
    }
}

/// The runs of each value of a mask, down the columns.
struct ValueRuns {
    private let width, height: Int
    /// Background and value in turn, by value, and how far they reach.
    private var counts = [[Int]](repeating: [], count: 256)
    private var ends = [Int](repeating: 0, count: 256)

    init(_ image: IndexImage) {
        (width, height) = (image.width, image.height)
        var position = 0
        var current: UInt8?
        var start = 0
        for x in 0..<width {
            for y in 0..<height {
                let value = image.indices[y * width + x]
                if value != current {
                    if let current { close(Int(current), start, position) }
                    (current, start) = (value, position)
                }
                position += 1
            }
        }
        if let current { close(Int(current), start, position) }
    }

    private mutating func close(_ value: Int, _ start: Int, _ end: Int) {
        counts[value].append(start - ends[value])
        counts[value].append(end - start)
        ends[value] = end
    }

    /// The values that are left, ascending.
    var values: [Int] { counts.indices.filter { !counts[$0].isEmpty } }

    /// The mask of a value, which is then gone; `nil` where no pixel has it.
    mutating func take(_ value: Int) -> RunLengthMask? {
        guard !counts[value].isEmpty else { return nil }
        var runs = counts[value]
        counts[value] = []
        let rest = width * height - ends[value]
        if rest > 0 { runs.append(rest) }
        return RunLengthMask(width: width, height: height, counts: runs)
    }
}
