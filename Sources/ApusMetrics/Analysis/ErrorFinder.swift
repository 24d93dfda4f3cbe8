import ApusCore

/// Finds the errors of images one by one, all classes together, as TIDE does.
struct ErrorFinder<Shape: EvaluatedShape>: Sendable {
    /// From which overlap a detection has an object.
    private let foreground = 0.5
    /// Up to which overlap there is nothing but background.
    private let background = 0.1
    /// The surest detections of an image that count.
    private let limit = 100

    let categoryCount: Int
    /// Whether crowds and what is not counted are regions in which a detection is neither right nor wrong.
    let hasRegions: Bool

    func errors(truths: [Truth<Shape>], detections: [Candidate<Shape>]) -> ErrorTally {
        var tally = ErrorTally(categoryCount: categoryCount)
        let objects = truths.filter { !isRegion($0) }
        for object in objects { tally.instances[Int(object.category)] += 1 }
        var image = ImageErrors(
            objects: objects, regions: truths.filter(isRegion), detections: surest(detections), foreground: foreground)
        image.match()
        for index in image.detections.indices { add(index, of: &image, to: &tally) }
        mend(image, in: &tally)
        for (index, object) in objects.enumerated() where image.holders[index] == nil {
            tally.unfound[Int(object.category)] += 1
            guard image.menders[index] == nil else { continue }
            tally.errors.append(DetectedError(kind: .missed, forgone: object.category))
        }
        return tally
    }

    private func isRegion(_ truth: Truth<Shape>) -> Bool { hasRegions && (truth.isCrowd || truth.isIgnored) }

    private func surest(_ detections: [Candidate<Shape>]) -> [Candidate<Shape>] {
        let order = detections.indices.sorted {
            let (first, second) = (detections[$0].score, detections[$1].score)
            return first != second ? first > second : $0 < $1
        }
        return order.prefix(limit).map { detections[$0] }
    }

    private func add(_ index: Int, of image: inout ImageErrors<Shape>, to tally: inout ErrorTally) {
        let detection = image.detections[index]
        let state = image.states[index]
        if state != .ignored {
            let point = ScoredPoint(score: detection.score, isRight: state == .right)
            tally.points[Int(detection.category)].append(point)
        }
        guard state != .right else { return }
        let point = DetectedError.Point(category: detection.category, score: detection.score)
        let (kind, object) = kind(of: index, in: image)
        image.places[index] = tally.errors.count
        tally.errors.append(DetectedError(kind: kind, wrong: state == .ignored ? nil : point))
        if let object { image.offer(index, to: object) }
    }

    /// What is wrong with a detection, and the object that it would have were it mended.
    private func kind(of index: Int, in image: ImageErrors<Shape>) -> (ErrorKind, object: Int?) {
        guard !image.objects.isEmpty else { return (.background, nil) }
        let own = image.nearest(index) { image.isOwn($0, of: index) }
        if (background...foreground).contains(own.overlap) { return (.localization, own.object) }
        let other = image.nearest(index) { !image.isOwn($0, of: index) }
        if other.overlap >= foreground { return (.classification, other.object) }
        let taken = image.nearest(index) { image.holders[$0] != nil && image.isOwn($0, of: index) }
        if taken.overlap >= foreground { return (.duplicate, nil) }
        let any = image.nearest(index) { _ in true }
        return (any.overlap <= background ? .background : .both, nil)
    }

    /// Each object that is free goes to the surest of the detections that would have it.
    private func mend(_ image: ImageErrors<Shape>, in tally: inout ErrorTally) {
        for (object, mender) in image.menders {
            guard let place = image.places[mender] else { continue }
            tally.errors[place].mended = DetectedError.Point(
                category: image.objects[object].category, score: image.detections[mender].score)
        }
    }
}

/// One image's objects and detections while its errors are told apart.
struct ImageErrors<Shape: EvaluatedShape> {
    enum State { case right, wrong, ignored }

    let objects, regions: [Truth<Shape>]
    /// By descending score.
    let detections: [Candidate<Shape>]
    private let foreground: Double
    /// Row-major, `[detection, object]`.
    private let overlaps: [Double]
    private(set) var states: [State]
    /// The detection that has each object.
    private(set) var holders: [Int?]
    /// Of each free object, the surest detection that would have it were it mended.
    private(set) var menders: [Int: Int] = [:]
    /// Where each wrong detection stands among the errors.
    var places: [Int: Int] = [:]

    init(
        objects: [Truth<Shape>], regions: [Truth<Shape>], detections: [Candidate<Shape>], foreground: Double
    ) {
        (self.objects, self.regions, self.detections, self.foreground) = (objects, regions, detections, foreground)
        overlaps = detections.flatMap { detection in
            objects.map { detection.shape.overlap(with: $0.shape, isCrowd: false) }
        }
        states = Array(repeating: .wrong, count: detections.count)
        holders = Array(repeating: nil, count: objects.count)
    }

    /// The surest first, each takes the free object of its class that it overlaps most.
    mutating func match() {
        for index in detections.indices {
            let best = nearest(index) { holders[$0] == nil && isOwn($0, of: index) }
            if let object = best.object, best.overlap >= foreground {
                (states[index], holders[object]) = (.right, index)
            } else if isInRegion(index) {
                states[index] = .ignored
            }
        }
    }

    func isOwn(_ object: Int, of detection: Int) -> Bool { objects[object].category == detections[detection].category }

    /// The object that a detection overlaps most among those that `isEligible` takes, the first of equals; `nil` and 0
    /// where it overlaps none.
    func nearest(_ detection: Int, where isEligible: (Int) -> Bool) -> (object: Int?, overlap: Double) {
        var best: (object: Int?, overlap: Double) = (nil, 0)
        for object in objects.indices where isEligible(object) {
            let overlap = overlaps[detection * objects.count + object]
            if overlap > best.overlap { best = (object, overlap) }
        }
        return best
    }

    mutating func offer(_ detection: Int, to object: Int) {
        guard holders[object] == nil else { return }
        if let mender = menders[object], detections[mender].score >= detections[detection].score { return }
        menders[object] = detection
    }

    private func isInRegion(_ detection: Int) -> Bool {
        let found = detections[detection]
        return regions.contains {
            $0.category == found.category
                && found.shape.overlap(with: $0.shape, isCrowd: $0.isCrowd) > foreground
        }
    }
}
