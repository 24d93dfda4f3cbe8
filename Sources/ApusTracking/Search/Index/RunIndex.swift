import ApusCore
import Glibc

/// A file with the records of an experiment's runs, sorted by their folders' names: a search takes from it what the
/// stamps of the run's own files confirm, and reads everything else anew. It may be deleted at any time.
///
/// Layout, in 64-bit words unless said otherwise: the magic, the counts of rows, metrics, texts and bytes of characters,
/// a checksum of all that follows; rows of 18 words, metrics of 7, texts of 5; the characters. A text is a word: its place and its length, 32 bits each.
struct RunIndex: Sendable {
    static let magic: UInt64 = 0x3230_5844_4953_5041
    static let headerWords = 6, rowWords = 18, metricWords = 7, textWords = 5

    let rowCount: Int
    private let file: MappedFile
    private let metrics, texts, characters: Int

    /// - Returns: `nil` where there is no index or another version's.
    init?(path: String) {
        guard let file = try? MappedFile(path: path), file.bytes.count >= 8 * RunIndex.headerWords else { return nil }
        let words = (0..<RunIndex.headerWords).map { file.bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self) }
        guard words[0] == RunIndex.magic, words[1...4].allSatisfy({ $0 < 1 << 40 }) else { return nil }
        let counts = words.prefix(5).map { Int(truncatingIfNeeded: $0) }
        let start = 8 * RunIndex.headerWords
        metrics = start + 8 * RunIndex.rowWords * counts[1]
        texts = metrics + 8 * RunIndex.metricWords * counts[2]
        characters = texts + 8 * RunIndex.textWords * counts[3]
        guard characters + counts[4] == file.bytes.count,
            RunIndex.checksum(UnsafeRawBufferPointer(rebasing: file.bytes[start...])) == words[5]
        else { return nil }
        rowCount = counts[1]
        self.file = file
    }

    /// Notices damage by chance: four sums (FNV-1a over words, by Fowler, Noll and Vo) side by side.
    static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        let prime: UInt64 = 0x100_0000_01B3
        var sums = SIMD4<UInt64>(repeating: 0xCBF2_9CE4_8422_2325)
        let whole = bytes.count / 32
        for block in 0..<whole {
            sums = (sums ^ bytes.loadUnaligned(fromByteOffset: 32 * block, as: SIMD4<UInt64>.self)) &* prime
            sums ^= sums &>> 29
        }
        for byte in bytes[(32 * whole)...] { sums.x = (sums.x ^ UInt64(byte)) &* prime }
        return (0..<4).reduce(UInt64(bytes.count)) { ($0 ^ sums[$1]) &* prime }
    }

    static func path(of experiment: String, root: String) -> String {
        "\(FileSystem.folder(of: root))/.\(FileSystem.fileName(of: root))-index/\(experiment)"
    }

    func row(_ number: Int) -> Row { Row(index: self, start: 8 * (RunIndex.headerWords + RunIndex.rowWords * number)) }

    /// The row of each name, for names in ascending order.
    func rows(of names: [String]) -> [Row?] {
        var number = 0
        return names.map { name in
            while number < rowCount, row(number).isBefore(name) { number += 1 }
            guard number < rowCount, isEqual(row(number).word(0), name) else { return nil }
            return row(number)
        }
    }

    fileprivate func word(at place: Int) -> UInt64 {
        guard place >= 0, place + 8 <= file.bytes.count else { return 0 }
        return file.bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
    }

    fileprivate func buffer(_ reference: UInt64) -> UnsafeRawBufferPointer? {
        let start = characters + Int(reference >> 32), length = Int(reference & 0xFFFF_FFFF)
        guard start + length <= file.bytes.count else { return nil }
        return UnsafeRawBufferPointer(rebasing: file.bytes[start..<(start + length)])
    }

    fileprivate func text(_ reference: UInt64) -> String {
        buffer(reference).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    fileprivate func isEqual(_ reference: UInt64, _ text: String) -> Bool {
        guard Int(reference & 0xFFFF_FFFF) == text.utf8.count, let buffer = buffer(reference) else { return false }
        return RunIndex.order(buffer, text) == 0
    }

    /// Below 0 where `bytes` come before those of `text`, 0 where they are the same.
    fileprivate static func order(_ bytes: UnsafeRawBufferPointer, _ text: String) -> Int {
        var text = text
        return text.withUTF8 { other in
            guard let a = bytes.baseAddress, let b = other.baseAddress else { return bytes.count - other.count }
            let order = Int(memcmp(a, b, min(bytes.count, other.count)))
            return order == 0 ? bytes.count - other.count : order
        }
    }

    fileprivate func stamp(at place: Int) -> FileStamp {
        FileStamp(
            modified: Int64(bitPattern: word(at: place)), size: Int64(bitPattern: word(at: place + 8)),
            inode: word(at: place + 16))
    }

    /// One run's record.
    struct Row: Sendable {
        let index: RunIndex
        let start: Int

        func word(_ number: Int) -> UInt64 { index.word(at: start + 8 * number) }
        private func signed(_ number: Int) -> Int64 { Int64(bitPattern: word(number)) }
        private func count(_ number: Int) -> Int { Int(word(number) & 0xFFFF_FFFF) }

        var folderName: String { index.text(word(0)) }

        /// Whether its name comes before `name` by their bytes.
        fileprivate func isBefore(_ name: String) -> Bool {
            index.buffer(word(0)).map { RunIndex.order($0, name) < 0 } ?? true
        }

        var metaStamp: FileStamp { index.stamp(at: start + 8) }
        var startTime: Int64 { signed(4) }
        var end: Int64? { word(7) & 2 == 0 ? nil : signed(5) }
        var status: RunStatus { RunStatus(rawValue: count(6)) ?? .running }
        var isDeleted: Bool { word(7) & 1 != 0 }

        func value(_ attribute: RunAttribute) -> FieldValue {
            switch attribute {
            case .id: .text(folderName)
            case .name: .text(index.text(word(8)))
            case .user: .text(index.text(word(9)))
            case .status: .text("\(status)")
            case .start: .number(Double(startTime))
            case .end: end.map { .number(Double($0)) } ?? .none
            case .artifacts: .text(index.text(word(10)))
            }
        }

        func metric(_ key: String) -> (stamp: FileStamp, point: MetricPoint)? {
            guard let place = find(key, index.metrics, RunIndex.metricWords, first: 11, count: 12) else { return nil }
            return (index.stamp(at: place + 8), point(at: place))
        }

        func parameter(_ key: String) -> (stamp: FileStamp, text: String)? { text(key, first: 13, count: 14) }
        func tag(_ key: String) -> (stamp: FileStamp, text: String)? { text(key, first: 15, count: 16) }

        private func text(_ key: String, first: Int, count: Int) -> (stamp: FileStamp, text: String)? {
            guard let place = find(key, index.texts, RunIndex.textWords, first: first, count: count) else { return nil }
            return (index.stamp(at: place + 8), index.text(index.word(at: place + 32)))
        }

        private func find(_ key: String, _ section: Int, _ words: Int, first: Int, count number: Int) -> Int? {
            let start = section + 8 * words * count(first)
            return (0..<count(number)).lazy.map { start + 8 * words * $0 }.first { isKey(key, at: $0) }
        }

        private func isKey(_ key: String, at place: Int) -> Bool { index.isEqual(index.word(at: place), key) }

        private func point(at place: Int) -> MetricPoint {
            MetricPoint(
                value: Double(bitPattern: index.word(at: place + 32)),
                step: Int64(bitPattern: index.word(at: place + 40)),
                timestamp: Int64(bitPattern: index.word(at: place + 48)))
        }

        /// The whole record, to be kept in the next index.
        var record: RunRecord {
            let metrics = entries(index.metrics, RunIndex.metricWords, first: 11, count: 12).map { place in
                (key: index.text(index.word(at: place)), stamp: index.stamp(at: place + 8), point: point(at: place))
            }
            return RunRecord(
                folderName: folderName, metaStamp: metaStamp, start: startTime, end: end, status: status,
                isDeleted: isDeleted, name: index.text(word(8)), user: index.text(word(9)),
                artifacts: index.text(word(10)), metrics: metrics, parameters: texts(first: 13, count: 14),
                tags: texts(first: 15, count: 16))
        }

        private func texts(first: Int, count: Int) -> [(key: String, stamp: FileStamp, text: String)] {
            entries(index.texts, RunIndex.textWords, first: first, count: count).map { place in
                (
                    key: index.text(index.word(at: place)), stamp: index.stamp(at: place + 8),
                    text: index.text(index.word(at: place + 32))
                )
            }
        }

        private func entries(_ section: Int, _ words: Int, first: Int, count number: Int) -> [Int] {
            let start = section + 8 * words * count(first)
            // A damaged count asks for no more than there can be.
            return (0..<min(count(number), 1 << 20)).map { start + 8 * words * $0 }
        }
    }
}
