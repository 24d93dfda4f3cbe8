import ApusCommands
import ApusAugmentation
import ApusConfiguration
import ApusCore
import ApusDatasets
import ApusTraining
import ApusVision
import ArgumentParser

extension DataCommand {
    struct Preview: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Draw a sheet of augmented images with their boxes, masks and keypoints, and what was drawn.",
            discussion: """
                  apus data preview datasets/bccd/dataset.yaml --pipeline augmentation.yaml
                  apus data preview datasets/bccd/dataset.yaml --experiment experiments/bccd.yaml --count 8
                  apus data preview --list

                A pipeline is a list of transforms in YAML, or what Albumentations' save wrote in YAML or JSON. The same \
                seed and epoch give the same sheet.
                """)

        @Argument(help: "A dataset.yaml.", completion: .file(extensions: ["yaml"])) var description: String?
        @Option(help: "A pipeline's file.", completion: .file(extensions: ["yaml", "json"])) var pipeline: String?
        @Option(help: "An experiment, whose training images are shown.", completion: .file(extensions: ["yaml"]))
        var experiment: String?
        @Option(help: "train, val or test.") var split = Split.train
        @Option(help: "How many images.") var count = 12
        @Option(help: "How many stand in a row.") var columns = 4
        @Option(help: "Pixels across each image.") var width = 400
        @Option(help: "What all draws follow.") var seed: UInt64 = 0
        @Option(help: "The epoch whose draws are shown.") var epoch = 0
        @Option(help: "The PNG file to write.", completion: .file(extensions: ["png"])) var output = "preview.png"
        @Flag(help: "Name the transforms that a pipeline may hold.") var list = false
        @OptionGroup var common: CommonOptions

        func validate() throws {
            guard list != (description != nil) else { throw ValidationError("Name a dataset.yaml, or use --list.") }
            guard pipeline == nil || experiment == nil else {
                throw ValidationError("--pipeline and --experiment exclude each other.")
            }
            guard (1...1000).contains(count), (1...100).contains(columns), (64...2048).contains(width) else {
                throw ValidationError(
                    "Choose --count from 1 to 1000, --columns from 1 to 100, --width from 64 to 2048.")
            }
            guard epoch >= 0 else { throw ValidationError("--epoch is \(epoch); choose 0 or above.") }
        }

        func run() throws {
            guard let description else {
                return print(TransformRegistry.byName.keys.sorted().joined(separator: "\n"))
            }
            let make = try maker()
            let dataset = try preparedDataset(description, terminal: Terminal(isQuiet: true))
            let indices = dataset.indices(of: split)
            guard !indices.isEmpty else { throw ValidationError("\(split.rawValue) of \(dataset.name) has no images.") }
            let preview = DatasetPreview(dataset, indices: indices, seed: seed, epoch: epoch, panelWidth: width)
            let images = try (0..<min(count, indices.count)).map { try make(preview, $0) }
            try FileSystem.writeWhole(Image.grid(images, columns: columns, spacing: 8).pngData(), to: output)
            common.terminal.say("\(images.count) images of \(split.rawValue) are on \(output)")
        }

        /// What is read of files before any image is.
        private func maker() throws -> (DatasetPreview, Int) throws -> Image {
            if let experiment {
                let plan = try Configuration.decode(Experiment.self, path: experiment)
                let recipe = DetectionRecipe(plan.augmentation, imageSize: plan.imageSize)
                return { try $0.image($1, by: recipe) }
            }
            let pipeline = try self.pipeline.map { try Pipeline(contentsOf: $0) } ?? Pipeline([])
            return { try $0.image($1, by: pipeline) }
        }
    }
}
