/// What weighted passes write on the way, kept from pass to pass.
struct SamplerScratch {
    /// The weight of the detections before each position; one more than there are detections.
    private var running: [Int32] = []
    /// At each end of a run of found detections: what was found so far, and all that counted.
    private var path: [(found: Int32, counted: Int32)] = []
    /// Found at an overlap, after the last detection.
    private(set) var foundCount: Int32 = 0
    private var countedTotal: Int32 = 0
    /// At each confidence step: found detections, and all that count, at overlap 0.5.
    private(set) var found = [Int32](repeating: 0, count: ConfidenceCounts.steps + 1)
    private(set) var counted = [Int32](repeating: 0, count: ConfidenceCounts.steps + 1)
    private var thresholds: [Int: [Int32]] = [:]
    private var precisions = [Double](repeating: 0, count: COCOConstants.recallCount)

    /// Sums the weights of a class's detections in the order of their scores.
    mutating func accumulate(_ images: [Int32], _ weights: [Int32]) {
        if running.count != images.count + 1 { running = Array(repeating: 0, count: images.count + 1) }
        running.withUnsafeMutableBufferPointer { running in
            weights.withUnsafeBufferPointer { weights in
                images.withUnsafeBufferPointer { images in
                    var sum: Int32 = 0
                    for position in images.indices {
                        sum &+= weights[Int(images[position])]
                        running[position + 1] = sum
                    }
                }
            }
        }
    }

    /// Follows found detections at one overlap; `accumulate` went before.
    mutating func walk(_ events: OverlapEvents, _ images: [Int32], _ weights: [Int32]) {
        path.removeAll(keepingCapacity: true)
        var (found, skipped) = (Int32(0), Int32(0))
        for (index, place) in events.places.enumerated() {
            let position = Int(place >> 1)
            let weight = weights[Int(images[position])]
            if place & 1 == 1 {
                skipped &+= weight
            } else {
                found &+= weight
                if events.endsRun[index] { path.append((found, running[position + 1] &- skipped)) }
            }
        }
        (foundCount, countedTotal) = (found, running[images.count] &- skipped)
    }

    /// Fills `found` and `counted` at every confidence step.
    mutating func count(_ events: OverlapEvents, _ images: [Int32], _ weights: [Int32], reaching: [Int32]) {
        var (sum, skipped, next) = (Int32(0), Int32(0), 0)
        for step in reaching.indices.reversed() {
            let end = reaching[step]
            while next < events.places.count, events.places[next] >> 1 < end {
                let weight = weights[Int(images[Int(events.places[next] >> 1)])]
                if events.places[next] & 1 == 1 { skipped &+= weight } else { sum &+= weight }
                next += 1
            }
            found[step] = sum
            counted[step] = running[Int(end)] &- skipped
        }
    }

    /// The path's precisions, integrated: where the profile averages over recalls, their sum.
    mutating func precision(_ profile: EvaluationProfile, instances: Int) -> Double {
        switch profile.integration {
        case .recalls:
            fillEnvelope(thresholds(instances, profile))
            return precisions.reduce(0, +)
        case .elevenPoints:
            fillEnvelope(thresholds(instances, profile), correction: 0)
            return precisions.prefix(vocRecalls.count).reduce(0, +)
        case .envelope: return envelopeArea(path, instances: instances)
        case .trapezoids:
            guard countedTotal > 0 else { return 0 }
            fillEnvelope(thresholds(instances, profile), correction: 0)
            fillTail(thresholds(instances, profile), instances: instances)
            return trapezoids(precisions)
        }
    }

    /// The highest precision from each number of found detections on; 0 where so many are not found.
    private mutating func fillEnvelope(_ needed: [Int32], correction: Double = 0x1p-52) {
        var (best, next) = (0.0, path.count - 1)
        for index in needed.indices.reversed() {
            while next >= 0, path[next].found >= needed[index] {
                let (found, counted) = (Double(path[next].found), Double(path[next].counted))
                if counted > 0 { best = max(best, found / (counted + correction)) }
                next -= 1
            }
            precisions[index] = best
        }
    }

    /// The line from the last detection to recall 1 and precision 0.
    private mutating func fillTail(_ needed: [Int32], instances: Int) {
        let recall = Double(foundCount) / Double(instances)
        let last = Double(foundCount) / Double(countedTotal)
        for index in needed.indices where needed[index] > foundCount {
            let isEnd = COCOConstants.recalls[index] >= 1
            precisions[index] = isEnd ? 0 : -last / (1 - recall) * (COCOConstants.recalls[index] - recall) + last
        }
    }

    /// How many found detections each recall needs.
    private mutating func thresholds(_ instances: Int, _ profile: EvaluationProfile) -> [Int32] {
        if let known = thresholds[instances] { return known }
        let needed =
            switch profile.integration {
            case .recalls: truePositivesNeeded(of: instances).map(Int32.init)
            case .elevenPoints: truePositivesNeeded(of: instances, recalls: vocRecalls).map(Int32.init)
            case .trapezoids: truePositivesBeyond(instances)
            case .envelope: [Int32]()
            }
        if thresholds.count > 4096 { thresholds.removeAll() }
        thresholds[instances] = needed
        return needed
    }
}

/// The smallest number of true positives whose recall lies beyond each of COCO's recalls.
private func truePositivesBeyond(_ instances: Int) -> [Int32] {
    COCOConstants.recalls.map { recall in
        var count = Int((recall * Double(instances)).rounded(.down))
        while Double(count) / Double(instances) <= recall { count += 1 }
        while count > 0, Double(count - 1) / Double(instances) > recall { count -= 1 }
        return Int32(count)
    }
}
