import ApusCore
import ApusInference
import ApusVision

/// The folder that drawn images go to.
struct Drawings {
    private var names: OutputNames
    private let painter: ResultPainter

    var folder: String { names.folder }

    init(_ folder: String, _ labels: LabelMap, _ keypoints: KeypointLayout?) throws(FileError) {
        names = try OutputNames(folder)
        painter = ResultPainter(labels: labels, keypoints: keypoints)
    }

    mutating func write(_ prediction: Prediction, _ image: Image) throws(FileError) {
        let drawn = painter.drawing(prediction.result, on: image)
        let isPNG = prediction.image.lowercased().hasSuffix(".png")
        let isJPEG = !isPNG && max(drawn.width, drawn.height) <= Image.maximumJPEGSide
        let path = names.path(for: prediction.image, ending: isJPEG ? ".jpg" : ".png")
        try FileSystem.writeWhole(isJPEG ? drawn.jpegData(quality: 92) : drawn.pngData(), to: path)
    }
}
