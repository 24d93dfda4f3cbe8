import ApusCore

/// A COCO results file, read by several threads at once.
///
/// The file is cut into parts. Where a part's first detection begins is guessed, a comma and a brace; what comes out
/// counts only if the part before it, read from its own beginning, ends right there. Else the part is read again
/// from where it really begins. So the result is that of reading from front to back, whatever the text.
struct DetectionFile {
    /// Files beyond this are refused: their detections would not fit an ordinary machine's memory.
    static let largestSize = 8 << 30
    /// Bytes of one part; parts that are read let their memory go.
    static let usualPartSize = 1 << 19

    private let file: MappedFile
    private let path: String
    private let type: COCOEvaluationType
    private let partSize: Int

    init(
        path: String, type: COCOEvaluationType, partSize: Int = Self.usualPartSize
    ) throws(EvaluationError) {
        (file, self.path, self.type, self.partSize) = (try mapped(path), path, type, partSize)
    }

    /// The first detection, if there is any.
    func first() throws(EvaluationError) -> COCODetection? {
        do throws(JSONScanner.Fault) {
            var scanner = JSONScanner(file.bytes)
            return try scanner.enterArray() ? try COCODetection(&scanner, type) : nil
        } catch {
            throw malformed(error, in: file, path)
        }
    }

    /// All detections in their order, as `make` packs them.
    ///
    /// - Parameter make: gets detections that follow each other and the index of the first.
    func blocks<Block: Sendable>(
        threads: Int, _ make: @Sendable ([COCODetection], Int) throws(EvaluationError) -> Block
    ) throws(EvaluationError) -> [Block] {
        guard let start = try firstOffset() else { return [] }
        let count = max(1, (file.bytes.count - start + partSize - 1) / partSize)
        let parts = parallelMap(count, threads: threads) { index -> FilePart<Block>? in
            let bounds = start + index * partSize..<start + (index + 1) * partSize
            guard let guess = index == 0 ? start : guess(in: bounds) else { return nil }
            return try? part(from: guess, until: bounds.upperBound, first: 0, make)
        }
        var (position, read, isComplete) = (start, 0, false)
        var blocks: [Block] = []
        for (index, guessed) in parts.enumerated() where !isComplete {
            let end = start + (index + 1) * partSize
            // A detection longer than a part swallows the parts that it covers.
            guard position < end || index == parts.count - 1 else { continue }
            let part =
                if let guessed, guessed.start == position { guessed } else {
                    try part(from: position, until: end, first: read, make)
                }
            blocks.append(part.block)
            (position, read, isComplete) = (part.end, read + part.count, part.isLast)
        }
        if !isComplete { blocks.append(try part(from: position, until: .max, first: read, make).block) }
        return blocks
    }

    /// Where the first detection begins; `nil` for an empty list.
    private func firstOffset() throws(EvaluationError) -> Int? {
        do throws(JSONScanner.Fault) {
            var scanner = JSONScanner(file.bytes)
            if try scanner.enterArray() { return scanner.offset }
            try scanner.end()
            return nil
        } catch {
            throw malformed(error, in: file, path)
        }
    }

    /// The first brace after a comma.
    private func guess(in bounds: Range<Int>) -> Int? {
        var last: UInt8 = 0
        for offset in bounds.lowerBound..<min(bounds.upperBound, file.bytes.count) {
            switch file.bytes[offset] {
            case 0x20, 0x09, 0x0a, 0x0d: continue
            case UInt8(ascii: "{") where last == UInt8(ascii: ","): return offset
            case let byte: last = byte
            }
        }
        return nil
    }

    /// The detections from `start` to the first that begins at `boundary` or beyond.
    private func part<Block>(
        from start: Int, until boundary: Int, first: Int,
        _ make: ([COCODetection], Int) throws(EvaluationError) -> Block
    ) throws(EvaluationError) -> FilePart<Block> {
        var scanner = JSONScanner(file.bytes, offset: start)
        var (detections, isLast) = ([COCODetection](), false)
        detections.reserveCapacity(partSize / 96)
        do throws(JSONScanner.Fault) {
            repeat {
                detections.append(try COCODetection(&scanner, type))
                isLast = !(try scanner.nextElement())
            } while !isLast && scanner.offset < boundary
            if isLast { try scanner.end() }
        } catch {
            throw malformed(error, in: file, path)
        }
        file.evict(UnsafeRawBufferPointer(rebasing: file.bytes[start..<scanner.offset]))
        return FilePart(
            start: start, end: scanner.offset, isLast: isLast, count: detections.count,
            block: try make(detections, first))
    }
}

private struct FilePart<Block: Sendable>: Sendable {
    /// Of the first detection, and of what follows the last.
    var start, end: Int
    /// Whether the list ends here.
    var isLast: Bool
    var count: Int
    var block: Block
}

/// - Throws: `EvaluationError.unreadable`, and `.tooLarge` for files that nobody can mean.
func mapped(_ path: String) throws(EvaluationError) -> MappedFile {
    do {
        let file = try MappedFile(path: path)
        guard file.bytes.count <= DetectionFile.largestSize else {
            throw EvaluationError.tooLarge(
                path: path, bytes: file.bytes.count, limit: DetectionFile.largestSize)
        }
        return file
    } catch let error as FileError {
        throw .unreadable(error)
    } catch let error as EvaluationError {
        throw error
    } catch {
        preconditionFailure("nothing else is thrown: \(error)")
    }
}

func malformed(_ fault: JSONScanner.Fault, in file: MappedFile, _ path: String) -> EvaluationError {
    let line = 1 + file.bytes[..<min(fault.offset, file.bytes.count)].count { $0 == 0x0a }
    return .malformed(path: path, line: line, reason: "\(fault.reason) (byte \(fault.offset))")
}
