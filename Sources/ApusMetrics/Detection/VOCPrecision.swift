/// VOC 2007's eleven recalls, as NumPy's `arange(0, 1.1, 0.1)` has them, rounding included.
let vocRecalls = (0...10).map { Double($0) * 0.1 }

/// Pascal VOC 2007: at each overlap the sum, over eleven recalls, of the highest precision at that recall or beyond.
func elevenPointSums(_ outcomes: [Outcome], _ instances: Int) -> [Double] {
    let needed = truePositivesNeeded(of: instances, recalls: vocRecalls)
    return (0..<COCOConstants.overlapCount).map { overlap in
        let path = PrecisionPath(outcomes, overlap: overlap).points
        return needed.reduce(0) { sum, count in
            sum + (path.filter { $0.found >= count }.map { Double($0.found) / Double($0.counted) }.max() ?? 0)
        }
    }
}

/// Pascal VOC 2010 to 2012: at each overlap the area under the highest precision at each recall or beyond.
func envelopeAreas(_ outcomes: [Outcome], _ instances: Int) -> [Double] {
    (0..<COCOConstants.overlapCount).map { overlap in
        envelopeArea(PrecisionPath(outcomes, overlap: overlap).points, instances: instances)
    }
}

/// The area under the highest precision at each recall or beyond.
///
/// - Parameter path: where detections find something: how many did so far, and how many count.
func envelopeArea(_ path: [(found: Int32, counted: Int32)], instances: Int) -> Double {
    var (area, best, top) = (0.0, 0.0, path.last?.found ?? 0)
    for point in path.reversed() where point.counted > 0 {
        let precision = Double(point.found) / Double(point.counted)
        guard precision > best else { continue }
        area += best * Double(top - point.found) / Double(instances)
        (best, top) = (precision, point.found)
    }
    return area + best * Double(top) / Double(instances)
}

/// The detections that find something.
private struct PrecisionPath {
    private(set) var points: [(found: Int32, counted: Int32)] = []

    init(_ outcomes: [Outcome], overlap: Int) {
        let lane = Lanes(area: 0, overlap: overlap)
        var counted: Int32 = 0
        for outcome in outcomes where !outcome.ignored.contains(lane) {
            counted += 1
            if outcome.found.contains(lane) { points.append((Int32(points.count + 1), counted)) }
        }
    }
}
