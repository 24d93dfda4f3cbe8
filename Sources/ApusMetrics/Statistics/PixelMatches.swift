/// Which classes the pixels of each image were taken for, in the order of image ids.
struct PixelMatches: Hashable, Sendable {
    /// Pixels by `truth · classes + prediction`, ascending, where there are any.
    typealias Counts = [Pair]

    struct Pair: Hashable, Sendable {
        var cell: Int
        var pixels: Int
    }

    var images: [Counts]
}

/// Measures class maps under any weights of the images.
struct PixelSampler: Sendable, MatchSampler {
    private let matches: PixelMatches
    private let classNames: [String]
    let names: [String]

    init(_ matches: PixelMatches, classNames: [String]) {
        (self.matches, self.classNames) = (matches, classNames)
        names = ["mIoU", "pixel_accuracy"] + classNames.map { "IoU/" + $0 }
    }

    /// How many images show each class.
    func instances(_ weights: [Int32]) -> [Int] {
        var counts = [Int](repeating: 0, count: classNames.count)
        for (image, weight) in zip(matches.images, weights) {
            for kind in Set(image.map { $0.cell / classNames.count }) { counts[kind] += Int(weight) }
        }
        return counts
    }

    func values(_ draws: [[Int32]]) -> [[Double]] { draws.map(values) }

    private func values(_ weights: [Int32]) -> [Double] {
        var counts = [Int](repeating: 0, count: classNames.count * classNames.count)
        for (image, weight) in zip(matches.images, weights) where weight > 0 {
            for pair in image { counts[pair.cell] += Int(weight) * pair.pixels }
        }
        let metrics = SemanticMetrics(classNames: classNames, counts: counts)
        return [metrics.meanIoU ?? .nan, metrics.pixelAccuracy ?? .nan] + metrics.perClass.map { $0.iou ?? .nan }
    }
}

extension PixelMatches {
    func write(to writer: inout MatchBytesWriter) {
        for image in images {
            writer.write(image.count)
            for pair in image {
                writer.write(pair.cell)
                writer.write(pair.pixels)
            }
        }
    }

    init(_ reader: inout MatchBytesReader, imageCount: Int, classCount: Int) throws(MatchBytesReader.Malformed) {
        images = []
        for _ in 0..<imageCount {
            var pairs: Counts = []
            for _ in 0..<(try reader.readCount("the number of pairs of classes")) {
                let cell = try reader.read(upTo: classCount * classCount - 1, "a pair of classes")
                pairs.append(Pair(cell: cell, pixels: try reader.read(upTo: Int(UInt32.max), "pixels")))
            }
            images.append(pairs)
        }
    }
}
