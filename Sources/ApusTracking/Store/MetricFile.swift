import ApusCore
import Glibc

/// One value of a metric.
public struct MetricPoint: Equatable, Hashable, Sendable {
    /// Milliseconds since 1970.
    public var timestamp: Int64
    public var value: Double
    public var step: Int64

    public init(value: Double, step: Int64, timestamp: Int64) {
        self.value = value
        self.step = step
        self.timestamp = timestamp
    }

    /// MLflow's order of "latest": by step, then time, then value.
    static func isEarlier(_ a: MetricPoint, _ b: MetricPoint) -> Bool {
        (a.step, a.timestamp, a.value) < (b.step, b.timestamp, b.value)
    }
}

/// A metric's file: one `timestamp value step` line a point, only ever appended to in whole lines.
struct MetricFile {
    let path: String

    /// What a file holds, and what is wrong with it.
    struct Contents {
        var points = [MetricPoint]()
        /// Lines from 1 that are no points; MLflow cannot search an experiment with such a line.
        var badLines = [Int]()
        var isEmpty = false
        /// Whether the last line lacks its end.
        var isTorn = false

        var problem: String? {
            if isEmpty { return "the file is empty" }
            if isTorn { return "the last line is cut off" }
            return badLines.first.map { "line \($0) is no 'timestamp value step'" }
        }
    }

    // MARK: Reading

    func read() throws(FileError) -> Contents {
        MetricFile.parse(try FileSystem.read(path))
    }

    /// Reads 2 (no step) to 6 fields (a dataset's name and digest), skipping what is no point.
    static func parse(_ bytes: [UInt8]) -> Contents {
        bytes.withUnsafeBytes { parse($0) }
    }

    static func parse(_ bytes: UnsafeRawBufferPointer) -> Contents {
        var contents = Contents(isEmpty: bytes.isEmpty, isTorn: !bytes.isEmpty && bytes.last != newline)
        var number = 0
        var start = 0
        while let end = lineEnd(in: bytes, from: start) {
            number += 1
            if let point = point(in: UnsafeRawBufferPointer(rebasing: bytes[start..<end])) {
                contents.points.append(point)
            } else {
                contents.badLines.append(number)
            }
            start = end + 1
        }
        return contents
    }

    private static let newline = UInt8(ascii: "\n")

    private static func lineEnd(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard start < bytes.count, let base = bytes.baseAddress,
            let found = memchr(base + start, Int32(newline), bytes.count - start)
        else { return nil }
        return UnsafeRawPointer(found) - base
    }

    private static func point(in line: UnsafeRawBufferPointer) -> MetricPoint? {
        var place = 0
        let time = field(of: line, &place), value = field(of: line, &place), step = field(of: line, &place)
        guard let timestamp = Int64(text(time)), !value.isEmpty, let value = Double(text(value)) else { return nil }
        guard !step.isEmpty else { return MetricPoint(value: value, step: 0, timestamp: timestamp) }
        // What follows the step is the dataset's.
        return Int64(text(step)).map { MetricPoint(value: value, step: $0, timestamp: timestamp) }
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }

    /// What stands before the next space, with `place` moved behind it.
    private static func field(of line: UnsafeRawBufferPointer, _ place: inout Int) -> UnsafeRawBufferPointer {
        let space = UInt8(ascii: " ")
        while place < line.count, line[place] == space { place += 1 }
        let start = place
        while place < line.count, line[place] != space { place += 1 }
        return UnsafeRawBufferPointer(rebasing: line[start..<place])
    }

    // MARK: Writing

    static func lines(_ points: [MetricPoint]) -> [UInt8] {
        var bytes = [UInt8]()
        bytes.reserveCapacity(40 * points.count)
        for point in points {
            bytes.append(contentsOf: point.timestamp.description.utf8)
            bytes.append(UInt8(ascii: " "))
            bytes.append(contentsOf: pythonText(of: point.value).utf8)
            bytes.append(UInt8(ascii: " "))
            bytes.append(contentsOf: point.step.description.utf8)
            bytes.append(newline)
        }
        return bytes
    }

    /// Appends points in one write, all or none. The file appears with its first points in it: it is never empty.
    func append(_ points: [MetricPoint], with staging: Staging) throws(TrackingError) {
        guard !points.isEmpty else { return }
        let lines = MetricFile.lines(points)
        while true {
            if try onFiles({ () throws(FileError) in try appendToExisting(lines) }) { return }
            if try staging.create([(path, lines)], isSynced: false).isEmpty { return }
        }
    }

    /// - Returns: `false` where there is no file (any more).
    private func appendToExisting(_ lines: [UInt8]) throws(FileError) -> Bool {
        // A link would let the writing leave the store.
        let descriptor = open(path, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return false }
            throw FileError("write", path)
        }
        defer { close(descriptor) }
        try lock(descriptor, LOCK_EX)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError("inspect", path) }
        guard status.st_nlink > 0 else { return false }
        let end = try wholeEnd(descriptor, size: Int(status.st_size))
        let count = lines.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard count == lines.count else {
            let failure = FileError("write", path, code: count < 0 ? errno : ENOSPC)
            if count > 0 { ftruncate(descriptor, end) }
            throw failure
        }
        return true
    }

    /// Where the next line begins, after a line was cut that another process died on.
    private func wholeEnd(_ descriptor: Int32, size: Int) throws(FileError) -> Int {
        guard size > 0, lastByte(descriptor, size: size) != MetricFile.newline else { return size }
        let end = try FileSystem.read(path).lastIndex(of: MetricFile.newline).map { $0 + 1 } ?? 0
        guard ftruncate(descriptor, end) == 0 else { throw FileError("repair", path) }
        return end
    }

    /// Cuts what follows the last line end; removes a file that is left empty.
    ///
    /// - Returns: whether anything was wrong.
    @discardableResult
    func removeTornLine() throws(FileError) -> Bool {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError("inspect", path) }
        guard status.st_size == 0 || lastByte(descriptor, size: Int(status.st_size)) != MetricFile.newline else {
            return false
        }
        try lock(descriptor, LOCK_EX)
        let bytes = try FileSystem.read(path)
        let whole = bytes.lastIndex(of: MetricFile.newline).map { $0 + 1 } ?? 0
        guard whole < bytes.count || bytes.isEmpty else { return false }
        if whole == 0 {
            unlink(path)
        } else {
            guard ftruncate(descriptor, whole) == 0, fsync(descriptor) == 0 else { throw FileError("repair", path) }
        }
        return true
    }

    /// Shows the file's bytes to `body` while nobody of Apus appends to it.
    func exclusively(_ body: ([UInt8]) throws(FileError) -> Void) throws(FileError) {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", path) }
        defer { close(descriptor) }
        try lock(descriptor, LOCK_EX)
        try body(try FileSystem.read(path))
    }

    private func lock(_ descriptor: Int32, _ kind: Int32) throws(FileError) {
        while flock(descriptor, kind) != 0 {
            // A file system without locks: whole appends still do not mix.
            if errno == ENOLCK || errno == EOPNOTSUPP || errno == EINVAL { return }
            guard errno == EINTR else { throw FileError("lock", path) }
        }
    }

    private func lastByte(_ descriptor: Int32, size: Int) -> UInt8? {
        var byte: UInt8 = 0
        return pread(descriptor, &byte, 1, size - 1) == 1 ? byte : nil
    }
}
