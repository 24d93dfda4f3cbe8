import ApusAugmentation
import ApusCore
import ApusVision
import Glibc

/// What a conversion wrote, and what the format could not hold.
public struct ConversionResult: Codable, Sendable {
    public var output: String
    public var format: SourceFormat
    public var images = 0
    public var annotations = 0
    public var classes: [String]
    /// Images by split; those of no split under "none".
    public var splits: [String: Int] = [:]
    /// What was left out or changed; empty where the result holds all that the source does.
    public var losses: [ConversionLoss] = []
    /// What was wrong with the source.
    public var faults: [Fault] = []

    public var isLossless: Bool { losses.isEmpty }
}

/// What becomes of the image files.
public enum ConvertedImages: String, CaseIterable, Sendable {
    case copy
    /// Hard links: both datasets share the bytes.
    case link
    /// Labels only.
    case none
}

/// Turns a dataset of one format into another.
public enum DatasetConversion {
    /// Reads a dataset image by image and writes it into a new folder, which is there whole or not at all.
    ///
    /// - Parameters:
    ///   - output: a folder that does not exist or is empty.
    ///   - progress: told how many images of how many are written.
    /// - Throws: `DatasetError`.
    public static func run(
        _ source: NamedDataset, to format: SourceFormat, output: String, images: ConvertedImages = .copy,
        threads: Int = availableCores, progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(DatasetError) -> ConversionResult {
        let listing = try source.listing(threads: threads)
        return try write(listing, to: format, output: output, images: images, threads: threads, progress: progress)
    }

    /// As `run`, of what a source lists.
    static func write(
        _ listing: SourceListing, to format: SourceFormat, output: String, images: ConvertedImages = .copy,
        threads: Int = availableCores, progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(DatasetError) -> ConversionResult {
        let folder = try TemporaryOutput(output)
        let job = ConversionJob(listing: listing, format: format, folder: folder.path, images: images, threads: threads)
        var result = try job.run(progress)
        result.output = output
        try folder.publish()
        return result
    }
}

/// A folder that gets its name when it is whole.
private final class TemporaryOutput {
    let path: String
    private let final: String
    private var isPublished = false

    init(_ path: String) throws(DatasetError) {
        final = path
        self.path = "\(path).\(getpid()).tmp"
        if FileSystem.exists(path), (try? FileSystem.names(in: path))?.isEmpty != true {
            throw .unwritable(path: path, reason: "it is there already; name a new folder")
        }
        do throws(FileError) { try FileSystem.createFolder(self.path) } catch { throw .file(error) }
    }

    func publish() throws(DatasetError) {
        sync()
        // An empty folder of that name is replaced.
        guard rename(path, final) == 0 else { throw .file(FileError("rename", path)) }
        isPublished = true
    }

    deinit { if !isPublished { removeTree(path) } }
}

/// Removes a folder and all in it.
func removeTree(_ path: String) {
    for name in (try? FileSystem.names(in: path)) ?? [] {
        let inner = path + "/" + name
        var status = stat()
        if lstat(inner, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { removeTree(inner) } else { unlink(inner) }
    }
    rmdir(path)
}

/// One conversion.
private struct ConversionJob {
    let listing: SourceListing
    let format: SourceFormat
    let folder: String
    let images: ConvertedImages
    let threads: Int

    /// How many images are read side by side before they are written one after another.
    private static let batch = 256

    func run(_ progress: @Sendable (Int, Int) -> Void) throws(DatasetError) -> ConversionResult {
        let survey = self.survey()
        let writer = try self.writer(survey)
        var result = ConversionResult(output: folder, format: format, classes: listing.classNames)
        result.faults = listing.faults
        var losses = LossLedger()
        var names = NameRegistry(writer.naming)
        var start = 0
        while start < listing.samples.count {
            let end = min(start + Self.batch, listing.samples.count)
            let samples = listing.samples[start..<end]
            let read = parallelMap(samples.count, threads: threads) { ReadImage(samples[samples.startIndex + $0]) }
            var copies = [(SourceSample.Content, String)]()
            for (sample, image) in zip(samples, read) {
                result.faults += image.faults
                guard let size = image.size else { losses.add(.missingImage, sample.name); continue }
                guard !image.leavesOut else { continue }
                let output = self.output(sample, image, size: size, names: &names, losses: &losses)
                guard try writer.write(output, pixels: { image.pixels(of: sample) }, losses: &losses) else { continue }
                result.count(output)
                if images != .none, let path = writer.imagePath(output.name, split: output.split) {
                    copies.append((sample.content, folder + "/" + path))
                }
            }
            try copy(copies)
            start = end
            progress(start, listing.samples.count)
        }
        try writer.finish(losses: &losses)
        result.losses = losses.list
        return result
    }

    private func output(
        _ sample: SourceSample, _ image: ReadImage, size: ImageSize, names: inout NameRegistry,
        losses: inout LossLedger
    ) -> OutputImage {
        var wanted = sample.nameInSplit
        if format == .folders {
            wanted = FolderWriter.name(wanted, annotations: image.annotations, classes: listing.classes)
        }
        let name = names.claim(wanted, split: sample.split)
        if name != wanted { losses.add(.renamedImage, sample.name) }
        return OutputImage(
            name: name, split: sample.split, size: size, id: sample.id, annotations: image.annotations,
            sourceName: sample.name)
    }

    /// Reads all labels once, so that a writer knows what it has to hold.
    private func survey() -> DatasetSurvey {
        let surveys = Mutex(DatasetSurvey())
        let chunk = 512
        let count = (listing.samples.count + chunk - 1) / chunk
        parallelFor(count, threads: threads) { index in
            var survey = DatasetSurvey()
            for sample in listing.samples[index * chunk..<min((index + 1) * chunk, listing.samples.count)] {
                let image = ReadImage(sample)
                if image.size != nil && !image.leavesOut { survey.add(image.annotations, split: sample.split) }
            }
            surveys.withLock { $0.merge(survey) }
        }
        return surveys.withLock { $0 }
    }

    private func writer(_ survey: DatasetSurvey) throws(DatasetError) -> any DatasetWriter {
        let classes = listing.classes
        return switch format {
        case .voc: VOCWriter(folder: folder, classes: classes)
        case .coco: COCOWriter(folder: folder, classes: classes)
        case .yolo: YOLOWriter(folder: folder, classes: classes, survey: survey)
        case .idx: try IDXWriter(folder: folder, classes: classes)
        case .folders: FolderWriter(folder: folder, classes: classes)
        case .csv: try CSVWriter(folder: folder, classes: classes, survey: survey)
        case .keypoints: try KeypointWriter(folder: folder, classes: classes, survey: survey)
        case .masks: try MaskWriter(folder: folder, classes: classes)
        }
    }

    private func copy(_ copies: [(SourceSample.Content, String)]) throws(DatasetError) {
        let failures = parallelMap(copies.count, threads: threads) { index -> DatasetError? in
            do throws(DatasetError) { try copy(copies[index].0, to: copies[index].1) } catch { return error }
            return nil
        }
        if let failure = failures.lazy.compactMap({ $0 }).first { throw failure }
    }

    private func copy(_ content: SourceSample.Content, to path: String) throws(DatasetError) {
        switch content {
        case .generated(let make):
            let file = try OutputFile(path)
            try file.write(make().bytes)
            try file.close()
        case .file(let source):
            if images == .link {
                do throws(FileError) { try FileSystem.createFolder(FileSystem.folder(of: path)) } catch {
                    throw .file(error)
                }
                if linkat(AT_FDCWD, source, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0 { return }
            }
            let file = try OutputFile(path)
            try file.append(contentsOf: source)
            try file.close()
        }
    }
}

extension ConversionResult {
    fileprivate mutating func count(_ image: OutputImage) {
        images += 1
        annotations += image.annotations.count
        splits[image.split?.rawValue ?? "none", default: 0] += 1
    }
}

/// The size and the labels of one image, read without decoding it.
struct ReadImage: Sendable {
    /// `nil` where there is neither a readable header nor a declared size.
    var size: ImageSize?
    var annotations: [Annotation] = []
    var faults: [Fault] = []
    var leavesOut = false

    init(_ sample: SourceSample) {
        switch sample.content {
        case .generated(let make):
            let generated = make()
            let header = generated.bytes.withUnsafeBytes { try? ImageHeader.read(decoding: $0, name: sample.name) }
            size = header.map { ImageSize(width: $0.width, height: $0.height) }
            add(generated.labels)
        case .file(let path):
            let header = try? ImageHeader.read(contentsOf: path)
            size = header.flatMap { header in
                // What no decoder takes has no masks either.
                guard header.width <= ImageDecodingOptions().pixelLimit / header.height else { return nil }
                return ImageSize(width: header.displaySize.width, height: header.displaySize.height)
            }
            if let size { add(sample.labels(size)) }
        }
    }

    private mutating func add(_ labels: SourceLabels) {
        (annotations, faults, leavesOut) = (labels.annotations, labels.faults, labels.leavesOutImage)
    }

    func pixels(of sample: SourceSample) -> Image? {
        switch sample.content {
        case .generated(let make): try? Image(decoding: make().bytes, name: sample.name)
        case .file(let path): try? Image(contentsOf: path)
        }
    }
}

/// Gives each image a name that no other has.
private struct NameRegistry {
    private let naming: OutputNaming
    private var taken = Set<String>()

    init(_ naming: OutputNaming) { self.naming = naming }

    mutating func claim(_ wanted: String, split: Split?) -> String {
        let name = naming.isFlat ? String(wanted.map { $0 == "/" ? "_" : $0 }) : wanted
        let (base, ending) = (stem(of: name), name.dropFirst(stem(of: name).count))
        var (candidate, number) = (name, 2)
        while !taken.insert(key(candidate, split)).inserted {
            (candidate, number) = ("\(base)-\(number)\(ending)", number + 1)
        }
        return candidate
    }

    private func key(_ name: String, _ split: Split?) -> String {
        let folder = naming.isSharedBySplits ? "" : (split?.rawValue ?? "") + "/"
        return folder + (naming.ignoresExtension ? stem(of: name) : name)
    }
}
