import ApusCommands
import ApusCore
import ApusDatasets
import ArgumentParser
import Foundation

extension DataCommand {
    struct Versions: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the prepared versions of a dataset, and what each takes on the disk.",
            discussion: """
                Versions share their images: NEW is what a version added to them.

                  apus data versions datasets/bccd/dataset.yaml
                """)

        @Argument(help: "A dataset.yaml, or a folder of prepared versions.", completion: .file())
        var description: String
        @Flag(help: "Print one JSON object.") var json = false
        @OptionGroup var common: CommonOptions

        private struct Listing: Encodable {
            var folder: String
            var totalBytes: Int
            var versions: [VersionCatalog.Entry]
        }

        func run() throws {
            let catalog = VersionCatalog(description)
            let entries = catalog.entries()
            if json {
                return try printJSON(
                    Listing(folder: catalog.path, totalBytes: catalog.totalBytes, versions: entries))
            }
            print("id                written           images    boxes    labels    images       new")
            for entry in entries { print(line(entry)) }
            common.terminal.say("\(entries.count) versions take \(megabytes(catalog.totalBytes)) in \(catalog.path)")
        }

        private func line(_ entry: VersionCatalog.Entry) -> String {
            if let fault = entry.fault { return "\(entry.id)  \(fault)" }
            let date = Date(timeIntervalSince1970: Double(entry.time)).formatted(
                .iso8601.year().month().day().dateTimeSeparator(.space).time(includingFractionalSeconds: false))
            return entry.id + "  " + String(date.prefix(16)) + "\(entry.images)".padded(left: 8)
                + "\(entry.boxes)".padded(left: 9)
                + [entry.ownBytes, entry.imageBytes, entry.newImageBytes]
                .map { megabytes($0).padded(left: 10) }.joined()
                + (entry.isLatest ? "  latest" : "")
        }
    }

    struct Diff: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell what differs between two prepared versions.",
            discussion: """
                  apus data diff datasets/bccd/dataset.yaml 7fb3 latest

                Exit status: 0 no difference, 1 some difference, 2 no such version.
                """)

        @Argument(help: "A dataset.yaml, or a folder of prepared versions.", completion: .file())
        var description: String
        @Argument(help: "A version: an id, its beginning, or latest.") var from: String
        @Argument(help: "Another version.") var to = "latest"
        @Flag(help: "Print one JSON object.") var json = false

        func run() throws {
            let catalog = VersionCatalog(description)
            let difference = VersionDifference(from: try catalog.open(from), to: try catalog.open(to))
            if json { try printJSON(difference) } else { show(difference) }
            if !difference.isEmpty { throw ExitCode(1) }
        }

        private func show(_ difference: VersionDifference) {
            for name in difference.removedClasses { print("- class \(name)") }
            for name in difference.addedClasses { print("+ class \(name)") }
            if difference.reordersClasses { print("~ the classes stand in another order") }
            for (sign, recipe) in zip(["-", "+"], difference.recipes) { print("\(sign) recipe \(recipe)") }
            for name in difference.removed { print("- \(name)") }
            for name in difference.added { print("+ \(name)") }
            for name in difference.replaced { print("~ \(name): other pixels") }
            for move in difference.moved { print("~ \(move.name): \(move.from.rawValue) → \(move.to.rawValue)") }
            for image in difference.relabelled {
                print("~ \(image.name): \(image.added) objects added, \(image.removed) removed")
            }
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Hash every image and label of prepared versions, and name what is damaged.",
            discussion: """
                  apus data verify datasets/bccd/dataset.yaml
                  apus data verify datasets/bccd/dataset.yaml latest

                What is damaged is mended by deleting the version's .h5 file and preparing again.
                Exit status: 0 whole, 1 something is damaged, 2 no such version.
                """)

        @Argument(help: "A dataset.yaml, or a folder of prepared versions.", completion: .file())
        var description: String
        @Argument(help: "Versions; without any, all of them.") var names: [String] = []
        @Flag(help: "Print one JSON array.") var json = false
        @OptionGroup var common: CommonOptions

        func run() throws {
            let catalog = VersionCatalog(description)
            let wanted = names.isEmpty ? catalog.ids : names
            guard !wanted.isEmpty else { _ = try catalog.id(of: "latest"); return }
            let checks = try wanted.map { try catalog.check($0) }
            if json { try printJSON(checks) } else { checks.forEach(show) }
            if !checks.allSatisfy(\.isWhole) { throw ExitCode(1) }
        }

        private func show(_ check: VersionCheck) {
            for image in check.damagedImages { print("\(check.id): \(image.name) is damaged in \(image.pack)") }
            for fault in check.faults { print("\(check.id): \(fault)") }
            common.terminal.say(
                "\(check.id): \(check.images) images, \(megabytes(check.bytes)): "
                    + (check.isWhole ? "whole" : "\(check.damagedImages.count) images are damaged"))
        }
    }

    struct Collect: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "gc", abstract: "Delete packs of images that no prepared version needs.",
            discussion: """
                Delete the .h5 and .json of a version that is no longer wanted, then:

                  apus data gc datasets/bccd/dataset.yaml
                  apus data gc datasets/bccd/dataset.yaml --dry-run
                """)

        @Argument(help: "A dataset.yaml, or a folder of prepared versions.", completion: .file())
        var description: String
        @Flag(help: "Only say what would be deleted.") var dryRun = false
        @OptionGroup var common: CommonOptions

        func run() throws {
            let catalog = VersionCatalog(description)
            for pack in catalog.unneededPacks() { print("\(pack.path)  \(megabytes(pack.bytes))") }
            guard !dryRun else { return }
            common.terminal.say("\(megabytes(try catalog.removeUnneededPacks())) are free")
        }
    }
}

private func megabytes(_ bytes: Int) -> String { "\(fixed(Double(bytes) / 1e6, 2)) MB" }
