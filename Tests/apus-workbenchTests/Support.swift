import ApusCommandSupport
import ApusCore
import ApusVision
import Foundation

extension TemporaryFolder {
    /// A workspace of squares, four images a split, and a network that learns them in no time.
    func writeWorkspace(splits: [String]) throws {
        let data = "datasets/squares"
        for split in splits {
            for index in 0..<4 {
                try write("0 0.5 0.5 0.25 0.25\n", to: "\(data)/raw/labels/\(split)/\(index).txt")
                let color = [UInt8(40 * index + split.utf8.count), 90, split.utf8.first ?? 0]
                let image = Image(width: 64, height: 64, color: color)
                let file = "\(path)/\(data)/raw/images/\(split)/\(index).png"
                try FileSystem.createFolder(FileSystem.folder(of: file))
                try FileSystem.writeWhole(image.pngData(), to: file)
            }
        }
        let folders = splits.map { "\($0): images/\($0)\n" }.joined()
        try write(folders + "names: [square]\n", to: "\(data)/raw/data.yaml")
        try write(
            "name: squares\nsource: {format: yolo, path: raw}\nsplits: {method: declared}\n", to: "\(data)/dataset.yaml"
        )
        try write("architecture: v8-detect\nwidth: 0.125\ndepth: 0.33\nmaxChannels: 128\n", to: "models/tiny.yaml")
    }

    /// The same with an experiment, experiments/tiny.yaml.
    func writeExperiment(epochs: Int) throws {
        try writeWorkspace(splits: ["train", "val", "test"])
        try write(
            """
            name: tiny
            model: ../models/tiny.yaml
            dataset: ../datasets/squares/dataset.yaml
            image_size: 64
            epochs: \(epochs)
            batch_size: 4
            device: cpu
            """, to: "experiments/tiny.yaml")
    }
}
