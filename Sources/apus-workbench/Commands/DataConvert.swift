import ApusCommands
import ApusDatasets
import ArgumentParser

extension SourceFormat: ExpressibleByArgument {}
extension ConvertedImages: ExpressibleByArgument {}

extension DataCommand {
    struct Convert: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a dataset in another format, and say what that cannot hold.",
            discussion: """
                Reads a dataset.yaml, or a folder or label file of one of the formats, and writes a new folder. Images \
                are copied as they are. What the format cannot hold is counted by kind.

                  apus data convert datasets/bccd/dataset.yaml bccd-coco --to coco
                  apus data convert export/data.yaml masks --to masks --images link

                Exit status: 0 written whole, 1 written and something was left out, 2 nothing was written (a full disk too).
                """)

        @Argument(help: "A dataset.yaml, a folder or a label file.", completion: .file()) var source: String
        @Argument(help: "The folder to write; it must not exist.", completion: .directory) var output: String
        @Option(help: "coco, yolo, voc, folders, csv, keypoints, masks or idx.") var to: SourceFormat
        @Option(help: "The source's format, where it is not as it looks.") var from: SourceFormat?
        @Option(help: "What becomes of image files: copy, link (hard links) or none.") var images = ConvertedImages.copy
        @Flag(help: "Read paths that lead out of the dataset's folder, too.") var allowOutside = false
        @Flag(help: "Print one JSON object.") var json = false
        @OptionGroup var common: CommonOptions

        func run() throws {
            let named = try NamedDataset(source, format: from, allowsOutside: allowOutside)
            let bar = ProgressBar("convert", terminal: common.terminal)
            let result = try DatasetConversion.run(
                named, to: to, output: output, images: images,
                progress: { done, total in bar.update(done, of: total) })
            bar.finish()
            try report(result)
            if !result.isLossless { throw ExitCode(1) }
        }

        private func report(_ result: ConversionResult) throws {
            if json { return try printJSON(result) }
            common.terminal.say(
                "\(result.output): \(result.images) images, \(result.annotations) annotations, "
                    + "\(result.classes.count) classes as \(result.format.rawValue)")
            for fault in result.faults { common.terminal.say("source: \(fault)") }
            if !result.isLossless { common.terminal.say("\(result.format.rawValue) cannot hold:") }
            for loss in result.losses { print(loss) }
        }
    }
}
