/// The detections of a class that do something else than miss at one overlap, in the order of their scores.
///
/// All others count against by their mere number, which a running sum of weights over every detection gives.
struct OverlapEvents: Sendable {
    /// Twice the position among the class's detections, plus 1 where the detection is not counted.
    let places: [Int32]
    /// Whether a run of found detections ends here: precision rises within a run, so only its end can matter.
    let endsRun: [Bool]

    init(_ outcomes: ClassOutcomes, overlap: Int) {
        let bit = UInt16(1) << UInt16(overlap)
        var places: [Int32] = []
        var endsRun: [Bool] = []
        /// The last found detection, and whether nothing missed since.
        var open: Int?
        for position in outcomes.images.indices {
            if outcomes.ignored[position] & bit != 0 {
                places.append(Int32(position) * 2 + 1)
                endsRun.append(false)
            } else if outcomes.found[position] & bit != 0 {
                open = places.count
                places.append(Int32(position) * 2)
                endsRun.append(false)
            } else if let end = open {
                endsRun[end] = true
                open = nil
            }
        }
        if let end = open { endsRun[end] = true }
        (self.places, self.endsRun) = (places, endsRun)
    }
}
