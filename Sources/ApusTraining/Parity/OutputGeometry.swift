import ApusCore
import ApusModels

/// Where places stand in a task's raw outputs, so that what a changed image gives can be brought back.
struct OutputGeometry {
    let task: ModelTask
    let classCount: Int
    /// The point that each keypoint is when left and right change places; empty where nobody says it.
    let mirroredPoints: [Int]

    /// Outputs for images that were mirrored, as if they had not been.
    func mirrored(_ outputs: [NDArray], width: Int) -> [NDArray] {
        switch task {
        case .classify: return outputs
        case .keypoints: return mirroredBins(outputs)
        case .detect, .segment, .pose, .obb:
            guard let first = outputs.first else { return outputs }
            let boxes = rows(of: first) { row, values in
                if isAbscissa(row) { return (mirroredRow(row), values.map { Float(width) - $0 }) }
                return (mirroredRow(row), isAngle(row) ? values.map(Self.mirroredAngle) : values)
            }
            return [boxes] + outputs.dropFirst().map(mirroredColumns)
        }
    }

    /// Outputs whose places are moved along x by so many pixels.
    func moved(_ outputs: [NDArray], by pixels: Float) -> [NDArray] {
        guard task != .classify, let first = outputs.first else { return outputs }
        if task == .keypoints { return [movedBins(first, by: Int(pixels) * SimCC.splits)] + outputs.dropFirst() }
        let boxes = rows(of: first) { row, values in
            (row, isAbscissa(row) ? values.map { $0 + pixels } : values)
        }
        return [boxes] + outputs.dropFirst()
    }

    private func isAbscissa(_ row: Int) -> Bool {
        row == 0 || task == .pose && row >= 4 + classCount && (row - 4 - classCount) % 3 == 0
    }

    private func isAngle(_ row: Int) -> Bool { task == .obb && row == 4 + classCount }

    /// Into [−π/4, 3π/4), where a box turned by π is itself.
    private static func mirroredAngle(_ angle: Float) -> Float { -angle < -.pi / 4 ? .pi - angle : -angle }

    private func mirroredRow(_ row: Int) -> Int {
        let extra = row - 4 - classCount
        guard task == .pose, extra >= 0, mirroredPoints.indices.contains(extra / 3) else { return row }
        return 4 + classCount + mirroredPoints[extra / 3] * 3 + extra % 3
    }

    /// `[N, rows, anchors]`, each row put where `change` says with the values that it says.
    private func rows(of array: NDArray, _ change: (Int, [Float]) -> (Int, [Float])) -> NDArray {
        let (count, anchors) = (array.shape[1], array.shape[2])
        let values: [Float] = array.elements()
        var changed = values
        for image in 0..<array.shape[0] {
            for row in 0..<count {
                let start = (image * count + row) * anchors
                let (target, own) = change(row, Array(values[start..<start + anchors]))
                let place = (image * count + target) * anchors
                changed.replaceSubrange(place..<place + anchors, with: own)
            }
        }
        return NDArray(changed, shape: array.shape)
    }

    /// `[N, C, H, W]` with the columns in reverse.
    private func mirroredColumns(_ array: NDArray) -> NDArray { reversed(array, length: array.shape[-1]) }

    /// `[N, K, 2W]` of x in reverse, points that are each other's mirror image exchanged along both axes.
    private func mirroredBins(_ outputs: [NDArray]) -> [NDArray] {
        outputs.enumerated().map { index, array in
            let exchanged = rows(of: array) { row, values in
                (mirroredPoints.indices.contains(row) ? mirroredPoints[row] : row, values)
            }
            return index == 0 ? reversed(exchanged, length: array.shape[2]) : exchanged
        }
    }

    private func movedBins(_ array: NDArray, by bins: Int) -> NDArray {
        rows(of: array) { row, values in
            (row, values.indices.map { values[min(max($0 - bins, 0), values.count - 1)] })
        }
    }

    /// Every run of `length` values back to front.
    private func reversed(_ array: NDArray, length: Int) -> NDArray {
        var values: [Float] = array.elements()
        for start in stride(from: 0, to: values.count, by: max(length, 1)) { values[start..<start + length].reverse() }
        return NDArray(values, shape: array.shape)
    }
}
