import ApusCore
import ApusInference
import ApusVision

/// The folder that drawn images go to.
struct Drawings {
    let folder: String
    private var used = Set<String>()

    init(_ folder: String) throws(FileError) {
        self.folder = folder
        try FileSystem.createFolder(folder)
    }

    mutating func write(_ prediction: Prediction, _ image: Image, _ labels: LabelMap) throws(FileError) {
        let drawn = image.drawing(
            boxes: boxes(of: prediction, labels), points: points(of: prediction), enlargedTo: 512)
        let isPNG = prediction.image.lowercased().hasSuffix(".png")
        let isJPEG = !isPNG && max(image.width, image.height) <= Image.maximumJPEGSide
        let path = folder + "/" + freeName(for: prediction.image, isJPEG ? ".jpg" : ".png")
        try FileSystem.writeWhole(isJPEG ? drawn.jpegData(quality: 92) : drawn.pngData(), to: path)
    }

    private func boxes(of prediction: Prediction, _ labels: LabelMap) -> [(BoundingBox, String, Color)] {
        switch prediction.result {
        case .detections(let detections):
            return detections.map { ($0.box, caption(labels.name(of: $0.label), $0.score), .palette($0.label)) }
        case .classifications(let classifications):
            let whole = BoundingBox(
                minX: 0, minY: 0, maxX: Float(prediction.width), maxY: Float(prediction.height))
            return classifications.prefix(1).map {
                (whole, caption(labels.name(of: $0.label), $0.score), .palette($0.label))
            }
        }
    }

    /// In colours that tell an object's points apart.
    private func points(of prediction: Prediction) -> [(Keypoint, Color)] {
        guard case .detections(let detections) = prediction.result else { return [] }
        return detections.flatMap { detection in
            (detection.keypoints?.points ?? []).enumerated().map { ($1, Color.palette($0 + 1)) }
        }
    }

    private func caption(_ name: String, _ score: Float) -> String { "\(name) \(fixed(Double(score), digits: 2))" }

    /// The image's own name; where two folders have images of one name, the second gets a number.
    private mutating func freeName(for path: String, _ ending: String) -> String {
        let name = FileSystem.fileName(of: path)
        let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
        var candidate = stem + ending
        var number = 2
        while !used.insert(candidate).inserted {
            candidate = "\(stem)-\(number)\(ending)"
            number += 1
        }
        return candidate
    }
}
