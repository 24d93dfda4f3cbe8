import ApusCommands
import ApusDatasets
import ArgumentParser

extension DataCommand {
    struct Restore: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a prepared version's images and labels back as files.",
            discussion: """
                Image files come back byte for byte; what is damaged is refused.

                  apus data restore datasets/bccd/dataset.yaml 7fb3 bccd-before --to voc

                Exit status: 0 written whole, 1 written but for what the format cannot hold, 2 nothing was written.
                """)

        @Argument(help: "A dataset.yaml, or a folder of prepared versions.", completion: .file())
        var description: String
        @Argument(help: "A version: an id, its beginning, or latest.") var version: String
        @Argument(help: "The folder to write; it must not exist.", completion: .directory) var output: String
        @Option(help: "coco, yolo, voc, folders, csv, keypoints, masks or idx.") var to = SourceFormat.coco
        @Flag(help: "Print one JSON object.") var json = false
        @OptionGroup var common: CommonOptions

        func run() throws {
            let bar = ProgressBar("restore", terminal: common.terminal)
            let result = try VersionCatalog(description).restore(
                version, to: to, output: output, progress: { done, total in bar.update(done, of: total) })
            bar.finish()
            if json { try printJSON(result) } else { show(result) }
            if !result.isLossless { throw ExitCode(1) }
        }

        private func show(_ result: ConversionResult) {
            common.terminal.say(
                "\(result.output): \(result.images) images, \(result.annotations) annotations as \(to.rawValue)")
            for loss in result.losses { print(loss) }
        }
    }
}
