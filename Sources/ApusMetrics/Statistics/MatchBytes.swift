/// Numbers from 0 on as bytes, seven bits in each: small numbers take one.
struct MatchBytesWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ value: Int) {
        var rest = UInt64(value)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

/// Reads what `MatchBytesWriter` wrote; whatever else the bytes are, it ends with an error.
struct MatchBytesReader {
    /// The bytes are not what they should be.
    struct Malformed: Error {
        var reason: String
    }
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { place == bytes.count }

    /// - Parameter limit: the largest number that makes sense here.
    mutating func read(upTo limit: Int, _ meaning: String) throws(Malformed) -> Int {
        var (value, shift) = (UInt64(0), UInt64(0))
        while place < bytes.count, shift < 35 {
            let byte = bytes[place]
            place += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 {
                guard value <= UInt64(limit) else { throw Malformed(reason: "\(meaning) \(value) is above \(limit)") }
                return Int(value)
            }
            shift += 7
        }
        throw Malformed(reason: "the bytes end within \(meaning)")
    }

    /// A count of things that take at least a byte each.
    mutating func readCount(_ meaning: String) throws(Malformed) -> Int {
        try read(upTo: max(0, bytes.count - place), meaning)
    }
}

extension ClassOutcomes {
    func write(to writer: inout MatchBytesWriter) {
        writer.write(truthImages.count)
        var last: Int32 = 0
        for image in truthImages {
            writer.write(Int(image - last))
            last = image
        }
        writer.write(images.count)
        var step = Int16(ConfidenceCounts.steps)
        for position in images.indices {
            let marks = (found[position] != 0 ? 1 : 0) + (ignored[position] != 0 ? 2 : 0)
            writer.write(Int(step - steps[position]) * 4 + marks)
            step = steps[position]
            writer.write(Int(images[position]))
            if found[position] != 0 { writer.write(Int(found[position])) }
            if ignored[position] != 0 { writer.write(Int(ignored[position])) }
        }
    }

    init(_ reader: inout MatchBytesReader, imageCount: Int) throws(MatchBytesReader.Malformed) {
        let lastImage = max(0, imageCount - 1)
        var image = 0
        for _ in 0..<(try reader.readCount("the number of objects")) {
            image += try reader.read(upTo: lastImage - image, "an image")
            truthImages.append(Int32(image))
        }
        var step = ConfidenceCounts.steps
        for _ in 0..<(try reader.readCount("the number of detections")) {
            let head = try reader.read(upTo: 4 * (step + 1) + 3, "a score")
            step -= head / 4
            steps.append(Int16(step))
            images.append(Int32(try reader.read(upTo: lastImage, "an image")))
            found.append(head & 1 == 0 ? 0 : try Self.overlaps(&reader))
            ignored.append(head & 2 == 0 ? 0 : try Self.overlaps(&reader))
        }
        if imageCount == 0, !(truthImages.isEmpty && images.isEmpty) {
            throw MatchBytesReader.Malformed(reason: "there are objects and no images")
        }
    }

    private static func overlaps(_ reader: inout MatchBytesReader) throws(MatchBytesReader.Malformed) -> UInt16 {
        UInt16(try reader.read(upTo: Int(everyOverlap), "overlaps"))
    }
}

extension ClassMatches {
    func write(to writer: inout MatchBytesWriter) {
        for image in labels.indices {
            writer.write(Int(labels[image]))
            writer.write(Int(predictions[image]) * 2 + (isTop5[image] ? 1 : 0))
            writer.write(Int(confidences[image].bitPattern))
        }
    }

    init(_ reader: inout MatchBytesReader, imageCount: Int, classCount: Int) throws(MatchBytesReader.Malformed) {
        let last = classCount - 1
        guard last >= 0 || imageCount == 0 else { throw MatchBytesReader.Malformed(reason: "there are no classes") }
        for _ in 0..<imageCount {
            labels.append(Int32(try reader.read(upTo: last, "a class")))
            let prediction = try reader.read(upTo: 2 * last + 1, "a prediction")
            predictions.append(Int32(prediction / 2))
            isTop5.append(prediction & 1 == 1)
            let confidence = Float(bitPattern: UInt32(try reader.read(upTo: Int(UInt32.max), "a confidence")))
            guard confidence.isFinite else { throw MatchBytesReader.Malformed(reason: "a confidence is no number") }
            confidences.append(confidence)
        }
    }
}
