import ApusCore
import ApusVision

/// How far two runtimes are apart on a network that finds objects, by what the rows of its output mean.
public struct ObjectDifferences {
    private let task: ModelDescription.Task
    private let size: [Float]
    private let classCount: Int
    private var boxes = OutputDifference("output0 boxes")
    private var scores = OutputDifference("output0 scores")
    private var extras = OutputDifference("output0 rows after the scores")
    private var prototypes = OutputDifference("output1 prototypes")

    /// - Parameters:
    ///   - width: of the input, in pixels, which differences of places are divided by.
    public init(_ task: ModelDescription.Task, classCount: Int, width: Int, height: Int) {
        (self.task, self.classCount) = (task, classCount)
        size = [Float(width), Float(height)]
    }

    /// Of what was compared.
    public var all: [OutputDifference] { [boxes, scores] + [extras, prototypes].filter { $0.count > 0 } }

    /// Compares one image's `[1, 4 + classes + extras, anchors]` row by row.
    public mutating func add(_ a: NDArray, _ b: NDArray) {
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

    public mutating func addPrototypes(_ a: NDArray, _ b: NDArray) {
        let (a, b): ([Float], [Float]) = (a.elements(), b.elements())
        prototypes.add(a, b)
    }

    /// Keypoints are places in the image like boxes; all else is compared as it is.
    private func unit(ofExtra row: Int) -> Float { task == .pose && row % 3 < 2 ? size[row % 3] : 1 }
}
