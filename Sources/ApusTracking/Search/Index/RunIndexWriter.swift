/// Puts records into the bytes of a `RunIndex`.
struct RunIndexWriter {
    private var rows = [UInt64](), metrics = [UInt64](), texts = [UInt64]()
    private var characters = [UInt8]()
    private var references = [String: UInt64]()

    /// - Parameter records: sorted by `folderName`.
    /// - Returns: `nil` where there is more text than an index can hold.
    static func bytes(of records: [RunRecord]) -> [UInt8]? {
        var writer = RunIndexWriter()
        for record in records { writer.add(record) }
        guard writer.characters.count < Int(UInt32.max) else { return nil }
        let counts = [
            records.count, writer.metrics.count / RunIndex.metricWords, writer.texts.count / RunIndex.textWords,
            writer.characters.count,
        ]
        let body = bytes(of: writer.rows) + bytes(of: writer.metrics) + bytes(of: writer.texts) + writer.characters
        let checksum = body.withUnsafeBytes { RunIndex.checksum($0) }
        return bytes(of: [RunIndex.magic] + counts.map { UInt64($0) } + [checksum]) + body
    }

    private static func bytes(of words: [UInt64]) -> [UInt8] { words.withUnsafeBytes { Array($0) } }

    private mutating func add(_ record: RunRecord) {
        let flags = (record.isDeleted ? 1 : 0) + (record.end == nil ? 0 : 2)
        let firstMetric = metrics.count / RunIndex.metricWords
        for (key, stamp, point) in record.metrics {
            metrics += [reference(key)] + words(stamp)
            metrics += [point.value.bitPattern, UInt64(bitPattern: point.step), UInt64(bitPattern: point.timestamp)]
        }
        let firstParameter = add(record.parameters), firstTag = add(record.tags)
        rows += [reference(record.folderName)] + words(record.metaStamp)
        rows += [UInt64(bitPattern: record.start), UInt64(bitPattern: record.end ?? 0)]
        rows += [UInt64(record.status.rawValue), UInt64(flags)]
        rows += [reference(record.name), reference(record.user), reference(record.artifacts)]
        rows += [UInt64(firstMetric), UInt64(record.metrics.count)]
        rows += [
            UInt64(firstParameter), UInt64(record.parameters.count), UInt64(firstTag), UInt64(record.tags.count), 0,
        ]
    }

    private mutating func add(_ entries: [(key: String, stamp: FileStamp, text: String)]) -> Int {
        let first = texts.count / RunIndex.textWords
        for (key, stamp, text) in entries {
            texts += [reference(key)] + words(stamp)
            texts.append(reference(text))
        }
        return first
    }

    private func words(_ stamp: FileStamp) -> [UInt64] {
        [UInt64(bitPattern: stamp.modified), UInt64(bitPattern: stamp.size), stamp.inode]
    }

    private mutating func reference(_ text: String) -> UInt64 {
        if let known = references[text] { return known }
        let reference = UInt64(characters.count) << 32 | UInt64(text.utf8.count)
        characters.append(contentsOf: text.utf8)
        references[text] = reference
        return reference
    }
}
