/// Average precision as profile `ultralytics-8.2` integrates it, at each overlap threshold.
///
/// The precision envelope, from (recall 0, precision 1) to (recall 1, precision 0), is read at 101 recalls by linear
/// interpolation and integrated by trapezoids, so a perfect class scores 0.995.
func trapezoidPrecision(_ outcomes: [Outcome], instances: Int) -> [Double]? {
    guard instances > 0 else { return nil }
    guard !outcomes.isEmpty else { return Array(repeating: 0, count: COCOConstants.overlapCount) }
    return (0..<COCOConstants.overlapCount).map { overlap in
        let curve = precisionCurve(outcomes, lane: Lanes(area: 0, overlap: overlap), instances: instances)
        return trapezoids(COCOConstants.recalls.map { interpolated(curve, at: $0) })
    }
}

/// Recall and the precision envelope after each detection, with the two end points.
private func precisionCurve(
    _ outcomes: [Outcome], lane: Lanes, instances: Int
) -> (recall: [Double], precision: [Double]) {
    var recall = [0.0]
    var precision = [1.0]
    var found = 0
    for (index, outcome) in outcomes.enumerated() {
        if outcome.found.contains(lane) { found += 1 }
        recall.append(Double(found) / Double(instances))
        precision.append(Double(found) / Double(index + 1))
    }
    recall.append(1)
    precision.append(0)
    for index in precision.indices.dropLast().reversed() {
        precision[index] = max(precision[index], precision[index + 1])
    }
    return (recall, precision)
}

/// The curve's value at `recall`; where several points share a recall, the last of them counts.
private func interpolated(_ curve: (recall: [Double], precision: [Double]), at recall: Double) -> Double {
    var low = 0
    var high = curve.recall.count
    while high - low > 1 {
        let middle = (low + high) / 2
        if curve.recall[middle] <= recall { low = middle } else { high = middle }
    }
    guard low + 1 < curve.recall.count else { return curve.precision[low] }
    let slope = (curve.precision[low + 1] - curve.precision[low]) / (curve.recall[low + 1] - curve.recall[low])
    return slope * (recall - curve.recall[low]) + curve.precision[low]
}

/// The area under values at COCO's recalls.
func trapezoids(_ values: [Double]) -> Double {
    var area = 0.0
    for index in 1..<values.count {
        let step = COCOConstants.recalls[index] - COCOConstants.recalls[index - 1]
        area += (values[index - 1] + values[index]) / 2 * step
    }
    return area
}
