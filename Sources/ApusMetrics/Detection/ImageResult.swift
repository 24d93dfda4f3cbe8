/// What one image's detections found, missed and invented, at overlap 0.5 and the confidence of the best F1.
public struct ImageResult: Codable, Hashable, Sendable {
    public var imageID: Int
    public var truePositives: Int
    public var falsePositives: Int
    public var falseNegatives: Int

    public var errors: Int { falsePositives + falseNegatives }
}

/// The result of each image, the one with the most errors first; equals by id.
func imageResults(_ results: [CategoryResult], imageIDs: [Int], confidence: Double) -> [ImageResult] {
    var images = imageIDs.map { ImageResult(imageID: $0, truePositives: 0, falsePositives: 0, falseNegatives: 0) }
    let lane = Lanes(area: 0, overlap: 0)
    for result in results {
        for image in result.truthImages { images[Int(image)].falseNegatives += 1 }
        for outcome in result.outcomes where outcome.score >= confidence && !outcome.ignored.contains(lane) {
            if outcome.found.contains(lane) {
                images[Int(outcome.image)].truePositives += 1
                images[Int(outcome.image)].falseNegatives -= 1
            } else {
                images[Int(outcome.image)].falsePositives += 1
            }
        }
    }
    return images.sorted { ($1.errors, $0.imageID) < ($0.errors, $1.imageID) }
}
