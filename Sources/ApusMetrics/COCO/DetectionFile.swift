import ApusCore

/// A COCO results file, read by several threads at once.
struct DetectionFile {
    /// Files beyond this are refused: their detections would not fit an ordinary machine's memory.
    static let largestSize = 8 << 30

    private let file: MappedFile
    private let path: String
    private let type: COCOEvaluationType
    private let partSize: Int

    /// - Parameter partSize: bytes that a thread reads at a time; else what keeps all threads busy.
    init(path: String, type: COCOEvaluationType, partSize: Int? = nil) throws(EvaluationError) {
        (file, self.path, self.type) = (try mapped(path), path, type)
        self.partSize = partSize ?? usualPartSize(of: file)
    }

    /// The first detection, if there is any.
    func first() throws(EvaluationError) -> COCODetection? {
        do throws(JSONScanner.Fault) {
            var scanner = JSONScanner(file)
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
        let type = type
        let list = PartedList(file: file, path: path, partSize: partSize) { scanner throws(JSONScanner.Fault) in
            try COCODetection(&scanner, type)
        }
        let (blocks, end) = try list.blocks(from: start, threads: threads, make)
        do throws(JSONScanner.Fault) {
            var scanner = JSONScanner(file, offset: end)
            try scanner.end()
        } catch {
            throw malformed(error, in: file, path)
        }
        return blocks
    }

    /// Where the first detection begins; `nil` for an empty list.
    private func firstOffset() throws(EvaluationError) -> Int? {
        do throws(JSONScanner.Fault) {
            var scanner = JSONScanner(file)
            if try scanner.enterArray() { return scanner.offset }
            try scanner.end()
            return nil
        } catch {
            throw malformed(error, in: file, path)
        }
    }
}

/// Small enough that no thread waits long for the last, large enough that their number costs nothing.
func usualPartSize(of file: MappedFile) -> Int { min(max(file.bytes.count / 64, 1 << 16), 1 << 19) }

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
    let end = min(fault.offset, file.bytes.count)
    var line = 1
    for start in stride(from: 0, to: end, by: 1 << 24) {
        let part = UnsafeRawBufferPointer(rebasing: file.bytes[start..<min(start + (1 << 24), end)])
        line += part.count { $0 == 0x0a }
        file.evict(part)
    }
    return .malformed(path: path, line: line, reason: "\(fault.reason) (byte \(fault.offset))")
}
