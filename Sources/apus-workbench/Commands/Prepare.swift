import ApusCommands
import ApusDatasets
import ArgumentParser

struct Prepare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read labelled images into an immutable prepared version.",
        discussion: """
            Decodes every image once, checks every label, and writes one HDF5 file with a manifest and a report of what \
            was dropped and why. The same input and recipe give the same version.

              apus prepare datasets/garments/dataset.yaml
              apus prepare datasets/bccd/dataset.yaml path=/data/BCCD --strict

            A preparation that is killed, or finds the disk full, leaves no version and is taken up where it was; a \
            second one of the same folder waits for it.

            Exit status: 0 prepared, 2 a fault under --strict, nothing that can be prepared, or no room for it.
            """)

    @Argument(help: "A dataset.yaml.", completion: .file(extensions: ["yaml"])) var description: String
    @Argument(help: "Values that stand in for the file's own, such as path=FOLDER.") var overrides: [String] = []
    @Flag(help: "Stop at the first fault instead of counting and skipping it.") var strict = false
    @Flag(help: "Print one JSON object.") var json = false
    @OptionGroup var common: CommonOptions

    func run() throws {
        let result = try prepared(description, overrides: overrides, strict: strict, terminal: common.terminal)
        if json { return try printJSON(PreparationSummary(result)) }
        print(result.id)
    }
}

/// Prepares with a progress bar and says what was done.
func prepared(
    _ description: String, overrides: [String] = [], strict: Bool = false, terminal: Terminal
) throws -> PreparationResult {
    let bar = ProgressBar("prepare", terminal: terminal)
    defer { bar.finish() }
    let result = try DatasetPreparation.run(
        descriptionPath: description, overrides: overrides, strict: strict,
        progress: { done, total in bar.update(done, of: total) })
    bar.finish()
    let dataset = result.dataset
    terminal.say(
        "\(dataset.name) \(result.id): \(dataset.imageCount) images, \(dataset.boxCount) boxes, "
            + "\(dataset.classNames.count) classes (\(splitCounts(of: dataset)))"
            + (result.reused ? "; was prepared before" : ""))
    if !result.faults.isEmpty {
        terminal.say("\(result.faults.count) faults were counted and skipped; the list: \(result.reportPath)")
    }
    return result
}

/// The version that a description stands for, prepared where that is not done yet. Where its source is not here, as after
/// `apus prepare … path=FOLDER` or on another machine, the one that was prepared last.
func preparedDataset(_ description: String, terminal: Terminal) throws -> PreparedDataset {
    do {
        return try prepared(description, terminal: terminal).dataset
    } catch DatasetError.sourceNotFound(let path, let candidates) {
        guard let last = try PreparedDataset.latest(ofDescription: description) else {
            throw DatasetError.sourceNotFound(description: path, candidates: candidates)
        }
        terminal.say("\(last.name) \(last.id): its source is not here; the version that was prepared last is used")
        return last
    }
}

func splitCounts(of dataset: PreparedDataset) -> String {
    Split.allCases.map { "\($0.rawValue) \(dataset.indices(of: $0).count)" }.joined(separator: ", ")
}

struct PreparationSummary: Encodable {
    var name, id, path, manifest, report: String
    var reused: Bool
    var images, boxes: Int
    var classes: [String]
    var splits: [String: Int]
    var faults: [Fault]

    init(_ result: PreparationResult) {
        name = result.dataset.name
        id = result.id
        path = result.datasetPath
        manifest = result.manifestPath
        report = result.reportPath
        reused = result.reused
        images = result.dataset.imageCount
        boxes = result.dataset.boxCount
        classes = result.dataset.classNames
        splits = Dictionary(
            uniqueKeysWithValues: Split.allCases.map { ($0.rawValue, result.dataset.indices(of: $0).count) })
        faults = result.faults
    }
}
