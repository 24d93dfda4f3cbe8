import ApusCore

/// What evaluation compares: boxes, masks, poses or boxes at an angle.
protocol EvaluatedShape: Sendable {
    /// Square pixels; decides between small, medium and large where it belongs to a detection.
    var area: Double { get }

    /// From 0 to 1: the likeness of a detection with a truth, or its part inside a crowd.
    func overlap(with truth: Self, isCrowd: Bool) -> Double
}

extension COCOBox: EvaluatedShape {}

/// A marked object with dense indices for its image and class.
struct Truth<Shape: EvaluatedShape>: Sendable {
    var image: Int32
    var category: Int32
    var shape: Shape
    var area: Double
    var isCrowd: Bool
    /// Neither found nor missed, as a person without a single marked keypoint or what VOC calls difficult; a crowd is
    /// so too.
    var isIgnored = false
    /// False for annotation id 0: pycocotools takes a match with it for no match.
    var countsAsFound = true
}

/// A found object with dense indices for its image and class.
struct Candidate<Shape: EvaluatedShape>: Sendable {
    var image: Int32
    var category: Int32
    var shape: Shape
    var score: Double
    /// Without a match it counts neither for nor against: not every object of its class was marked in its image.
    var isTolerated = false
}

protocol Indexed: Sendable {
    var image: Int32 { get }
    var category: Int32 { get set }
}

extension Truth: Indexed {}
extension Candidate: Indexed {}

/// Elements by class, within a class by image, and within an image as they came.
struct Grouped<Element: Indexed>: Sendable {
    let elements: [Element]
    private let starts: [Int]

    init(_ elements: [Element], imageCount: Int, categoryCount: Int) {
        let byImage = countingOrder(elements, keys: imageCount, previous: nil) { Int($0.image) }.order
        let sorted = countingOrder(elements, keys: categoryCount, previous: byImage) { Int($0.category) }
        self.elements = sorted.order.map { elements[Int($0)] }
        starts = sorted.starts
    }

    func range(ofCategory category: Int) -> Range<Int> { starts[category]..<starts[category + 1] }
}

/// The stable order of `elements` by key, and where each key begins in it.
private func countingOrder<Element>(
    _ elements: [Element], keys: Int, previous: [Int32]?, key: (Element) -> Int
) -> (order: [Int32], starts: [Int]) {
    var starts = [Int](repeating: 0, count: keys + 1)
    for element in elements { starts[key(element) + 1] += 1 }
    for index in 0..<keys { starts[index + 1] += starts[index] }
    var next = starts
    var order = [Int32](repeating: 0, count: elements.count)
    for position in elements.indices {
        let index = previous.map { $0[position] } ?? Int32(position)
        let bucket = key(elements[Int(index)])
        order[next[bucket]] = index
        next[bucket] += 1
    }
    return (order, starts)
}

/// All objects of an evaluation, ready to be matched class by class.
struct MatchingProblem<Shape: EvaluatedShape>: Sendable {
    let profile: EvaluationProfile
    /// The numbers of detections of an image and class at which recall is measured, and the last is how many count;
    /// empty in profiles that do not ask.
    let detectionLimits: [Int]
    let imageCount: Int
    let categoryCount: Int
    let truths: Grouped<Truth<Shape>>
    let detections: Grouped<Candidate<Shape>>

    init(
        profile: EvaluationProfile, detectionLimits: [Int] = COCOConstants.detectionLimits, imageCount: Int,
        categoryCount: Int, truths: [Truth<Shape>], detections: [Candidate<Shape>]
    ) {
        self.profile = profile
        self.detectionLimits = profile.detectionLimits(detectionLimits)
        self.imageCount = imageCount
        self.categoryCount = categoryCount
        self.truths = Grouped(truths, imageCount: imageCount, categoryCount: categoryCount)
        self.detections = Grouped(detections, imageCount: imageCount, categoryCount: categoryCount)
    }

    /// The objects of one class, by image.
    struct Objects {
        let truths: UnsafeBufferPointer<Truth<Shape>>
        let detections: UnsafeBufferPointer<Candidate<Shape>>
    }

    /// Calls `body` with the objects of one class, which live no longer than it runs.
    func withObjects<Result>(ofCategory category: Int, _ body: (Objects) -> Result) -> Result {
        truths.elements.withUnsafeBufferPointer { truths in
            detections.elements.withUnsafeBufferPointer { detections in
                body(
                    Objects(
                        truths: .init(rebasing: truths[self.truths.range(ofCategory: category)]),
                        detections: .init(rebasing: detections[self.detections.range(ofCategory: category)])))
            }
        }
    }
}
