import ApusCore

/// A JSON list of objects, read by several threads at once.
///
/// The file is cut into parts. Where a part's first element begins is guessed, a comma and a brace; what comes out
/// counts only if the part before it, read from its own beginning, ends right there. Else the part is read again
/// from where it really begins. So the result is that of reading from front to back, whatever the text.
struct PartedList<Element> {
    let file: MappedFile
    /// For errors.
    let path: String
    /// Bytes of one part; parts that are read let their memory go.
    let partSize: Int
    let read: @Sendable (inout JSONScanner) throws(JSONScanner.Fault) -> Element

    /// All elements in their order, as `make` packs them, and what follows the list.
    ///
    /// - Parameters:
    ///   - start: of the first element.
    ///   - make: gets elements that follow each other and the index of the first.
    func blocks<Block: Sendable>(
        from start: Int, threads: Int, _ make: @Sendable ([Element], Int) throws(EvaluationError) -> Block
    ) throws(EvaluationError) -> (blocks: [Block], end: Int) {
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
            // An element longer than a part swallows the parts that it covers.
            guard position < end || index == parts.count - 1 else { continue }
            let part =
                if let guessed, guessed.start == position { guessed } else {
                    try part(from: position, until: end, first: read, make)
                }
            blocks.append(part.block)
            (position, read, isComplete) = (part.end, read + part.count, part.isLast)
        }
        guard !isComplete else { return (blocks, position) }
        let rest = try part(from: position, until: .max, first: read, make)
        return (blocks + [rest.block], rest.end)
    }

    /// The first brace after a comma.
    private func guess(in bounds: Range<Int>) -> Int? {
        var last: UInt8 = 0
        let bounds = bounds.lowerBound..<min(bounds.upperBound, file.bytes.count)
        for offset in bounds {
            switch file.bytes[offset] {
            case 0x20, 0x09, 0x0a, 0x0d: continue
            case UInt8(ascii: "{") where last == UInt8(ascii: ","): return offset
            case let byte: last = byte
            }
        }
        letGo(bounds)
        return nil
    }

    /// Small files stay: every call stops the other threads for a moment.
    private func letGo(_ range: Range<Int>) {
        guard file.bytes.count > 1 << 25 else { return }
        file.evict(UnsafeRawBufferPointer(rebasing: file.bytes[range]))
    }

    /// The elements from `start` to the first that begins at `boundary` or beyond.
    private func part<Block>(
        from start: Int, until boundary: Int, first: Int,
        _ make: ([Element], Int) throws(EvaluationError) -> Block
    ) throws(EvaluationError) -> FilePart<Block> {
        var scanner = JSONScanner(file, offset: start)
        var (elements, isLast) = ([Element](), false)
        elements.reserveCapacity(partSize / 96)
        do throws(JSONScanner.Fault) {
            repeat {
                elements.append(try read(&scanner))
                isLast = !(try scanner.nextElement())
            } while !isLast && scanner.offset < boundary
        } catch {
            throw malformed(error, in: file, path)
        }
        letGo(start..<scanner.offset)
        return FilePart(
            start: start, end: scanner.offset, isLast: isLast, count: elements.count, block: try make(elements, first))
    }
}

private struct FilePart<Block: Sendable>: Sendable {
    /// Of the first element, and of what follows the last.
    var start, end: Int
    /// Whether the list ends here.
    var isLast: Bool
    var count: Int
    var block: Block
}
