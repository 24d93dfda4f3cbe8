import ApusCore
import ApusVision

/// How far two runtimes are apart on a network that finds objects, by what the rows of its output mean.
struct ObjectDifferences {
    private let task: ModelDescription.Task
    private let size: [Float]
    private let classCount: Int
    private var boxes = OutputDifference("\(ModelExporter.outputName) boxes")
    private var scores = OutputDifference("\(ModelExporter.outputName) scores")
    private var extras = OutputDifference("\(ModelExporter.outputName) rows after the scores")
    private var prototypes = OutputDifference("\(ModelExporter.secondOutputName) prototypes")

    init(_ description: ModelDescription, classCount: Int) {
        (task, self.classCount) = (description.task, classCount)
        size = [Float(description.input.letterbox.width), Float(description.input.letterbox.height)]
    }

    /// Of what was compared.
    var all: [OutputDifference] { [boxes, scores] + [extras, prototypes].filter { $0.count > 0 } }

    /// Compares `[1, 4 + classes + extras, anchors]` row by row.
    mutating func add(_ a: NDArray, _ b: NDArray) {
        let (a, b, anchors): ([Float], [Float], Int) = (a.elements(), b.elements(), a.shape[2])
        for row in 0..<a.count / max(anchors, 1) {
            let range = row * anchors..<(row + 1) * anchors
            if row < 4 {
                boxes.add(a[range], b[range], unit: size[row % 2])
            } else if row < 4 + classCount {
                scores.add(a[range], b[range])
            } else {
                extras.add(a[range], b[range], unit: unit(ofExtra: row - 4 - classCount))
            }
        }
    }

    mutating func addPrototypes(_ a: NDArray, _ b: NDArray) {
        let (a, b): ([Float], [Float]) = (a.elements(), b.elements())
        prototypes.add(a, b)
    }

    /// Keypoints are places in the image like boxes; all else is compared as it is.
    private func unit(ofExtra row: Int) -> Float { task == .pose && row % 3 < 2 ? size[row % 3] : 1 }
}
