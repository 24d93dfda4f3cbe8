import ApusConfiguration
import ApusCore

/// What `apus prepare` did.
public struct PreparationResult: Sendable {
    /// The version, opened.
    public let dataset: PreparedDataset
    /// `prepared/ID.h5`
    public var datasetPath: String { dataset.path }
    /// `prepared/ID.json`
    public let manifestPath: String
    /// `prepared/report.json`; the same for people is `report.txt` beside it.
    public let reportPath: String
    public var id: String { dataset.id }
    /// The version was there already and was left as it is.
    public let reused: Bool
    /// The source that was read.
    public let sourcePath: String
    public let counts: PreparationCounts
    public let faults: [Fault]
}

/// Turns labelled images into a prepared version.
public enum DatasetPreparation {
    /// Reads a source, checks every image and label, and writes the version unless it is there.
    ///
    /// The id is a function of the images' contents, the labels and the recipe: the same input gives the same
    /// version wherever it lies, and a version is never changed.
    ///
    /// - Parameters:
    ///   - overrides: `key.path=value`; `path=FOLDER`, relative to the working folder, is short for `source.path`.
    ///   - strict: throw `DatasetError.faults` where anything is wrong, in place of leaving it out.
    ///   - outputFolder: `prepared` beside the description where `nil`.
    ///   - progress: told how many images of how many are checked, from several threads, one call at a time.
    /// - Throws: `ConfigurationError` for the description, `DatasetError` for everything else.
    public static func run(
        descriptionPath: String, overrides: [String] = [], strict: Bool = false, outputFolder: String? = nil,
        threads: Int = availableCores, progress: (@Sendable (_ done: Int, _ total: Int) -> Void)? = nil
    ) throws -> PreparationResult {
        let description = try DatasetDescription.read(descriptionPath, overrides: overrides)
        let folder = outputFolder ?? PreparedFolder.path(ofDescription: descriptionPath)
        let output = PreparedFolder(path: folder)
        let source = try description.locateSource(path: descriptionPath)
        do throws(FileError) { try FileSystem.createFolder(output.path) } catch { throw DatasetError.file(error) }
        let lock = FolderLock(folder: output.path)
        defer { withExtendedLifetime(lock) {} }
        let journal = CheckJournal(path: output.journal)
        let listing = try description.source(at: source, threads: threads).listing()
        let collection = try PreparedCollection(
            listing, description: description, path: descriptionPath, threads: threads,
            journal: journal, spill: SpillFile(folder: output.path), progress: progress ?? { _, _ in })
        let job = PreparationJob(
            description: description, descriptionPath: descriptionPath, source: source, output: output,
            collection: collection, threads: threads)
        let result = try job.finish(strict: strict)
        journal.remove()
        return result
    }
}

extension DatasetDescription {
    /// Reads dataset.yaml; `path=FOLDER` among the overrides is relative to the working folder.
    public static func read(_ path: String, overrides: [String] = []) throws(ConfigurationError) -> DatasetDescription {
        let expanded = overrides.map { override in
            guard override.hasPrefix("path=") else { return override }
            return "source.path=" + YAMLWriter.quoted(absolutePath(String(override.dropFirst("path=".count))))
        }
        return try Configuration.decode(DatasetDescription.self, path: path, overrides: expanded)
    }

    /// The first of its places that exists.
    func locateSource(path: String) throws(DatasetError) -> String {
        let candidates = source.path.values.map(\.resolved)
        if let found = candidates.first(where: FileSystem.exists) { return found }
        throw .sourceNotFound(description: path, candidates: candidates)
    }

    func source(at root: String, threads: Int) -> any DatasetSource {
        var plain: any DatasetSource = BoundedSource(
            source: plainSource(at: root, threads: threads), bounds: SourceBounds(root: root, description: self))
        if let keypoints { plain = DescribedKeypoints(source: plain, keypoints: keypoints) }
        guard recipe.changesImages else { return plain }
        return RecipeSource(source: plain, recipe: recipe, seed: splits.seed, threads: threads)
    }

    private func plainSource(at root: String, threads: Int) -> any DatasetSource {
        switch source.format {
        case .voc: VOCSource(root: root, description: self, threads: threads)
        case .coco: COCOSource(root: root, description: self)
        case .yolo: YOLOSource(root: root, description: self)
        case .idx: IDXSource(root: root, description: self)
        case .folders: FolderSource(root: root, description: self)
        case .csv: CSVSource(root: root, description: self)
        case .keypoints: KeypointSource(root: root, description: self)
        case .masks: MaskSource(root: root, description: self)
        }
    }
}

/// The last steps of a preparation: name the version, find it or write it, report.
private struct PreparationJob {
    let description: DatasetDescription
    let descriptionPath: String
    let source: String
    let output: PreparedFolder
    let collection: PreparedCollection
    let threads: Int

    func finish(strict: Bool) throws(DatasetError) -> PreparationResult {
        output.removeLeftovers()
        let counts = try PreparationCounts(collection)
        if collection.entries.isEmpty || (strict && !collection.faults.isEmpty) {
            try writeReport(id: nil, counts: counts)
            throw refusal
        }
        let header = try plainHeader.named(by: collection.entries, in: collection.spill)
        let (dataset, reused) = try openOrWrite(header, counts: counts)
        try writeReport(id: header.id, counts: counts)
        try output.write(header.id + "\n", to: output.latest)
        return PreparationResult(
            dataset: dataset, manifestPath: output.manifest(header.id), reportPath: output.report, reused: reused,
            sourcePath: source, counts: counts, faults: collection.faults)
    }

    private var refusal: DatasetError {
        guard let first = collection.faults.first, !collection.entries.isEmpty else {
            return .noSamples(source: source, faults: collection.faults.count, first: collection.faults.first)
        }
        return .faults(count: collection.faults.count, first: first, report: output.textReport)
    }

    private var plainHeader: PreparedHeader {
        PreparedHeader(
            id: "", digest: "", name: description.name, classNames: collection.classNames,
            classDetails: ClassDetails.text(of: collection.classes), recipe: PreparedRecipe(description).json)
    }

    /// A version that is there and whole is left alone; a damaged one is replaced by the same contents.
    private func openOrWrite(
        _ header: PreparedHeader, counts: PreparationCounts
    ) throws(DatasetError) -> (PreparedDataset, reused: Bool) {
        let path = output.dataset(header.id)
        if FileSystem.exists(path), FileSystem.exists(output.manifest(header.id)),
            let present = try? PreparedDataset(path: path), present.digest == header.digest
        {
            return (present, true)
        }
        let manifest = PreparationManifest(header, description: description, counts: counts, collection: collection)
        try output.write(PreparationJSON.text(manifest, pretty: true) + "\n", to: output.manifest(header.id))
        let writer = PreparedWriter(
            header: header, entries: collection.entries, spill: collection.spill, form: description.store.form,
            packByteLimit: description.store.packMegabytes << 20, threads: threads)
        try writer.write(to: path)
        return (try PreparedDataset(path: path), false)
    }

    private func writeReport(id: String?, counts: PreparationCounts) throws(DatasetError) {
        let report = PreparationReport(
            name: description.name, description: descriptionPath, source: source, id: id,
            classes: collection.classNames, counts: counts, faults: collection.faults)
        try output.write(report.json, to: output.report)
        try output.write(report.text, to: output.textReport)
    }
}
