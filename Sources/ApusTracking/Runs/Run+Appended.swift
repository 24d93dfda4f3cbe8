import ApusConfiguration
import ApusCore
import Glibc

/// What was appended to a metric's file since it was read last.
public struct AppendedPoints: Equatable, Sendable {
    public var points: [MetricPoint] = []
    /// For each point the byte behind its line.
    public var ends: [Int] = []
    /// Where the next reading begins.
    public var end: Int
}

extension Run {
    /// The bytes of each metric's file. A file that only grew holds what it held, and more.
    public func metricSizes() throws(TrackingError) -> [String: Int] {
        store.buffer.flushQuietly(id)
        let folder = KeyFolder(path: folder + "/metrics")
        var sizes = [String: Int]()
        for key in try onFiles({ () throws(FileError) in try folder.keys() }) {
            var status = stat()
            if stat(folder.path(of: key), &status) == 0 { sizes[key] = Int(status.st_size) }
        }
        return sizes
    }

    /// The points of a metric from a byte on that a line begins at, as far as whole lines go.
    ///
    /// - Parameter limit: how many bytes are read at most; a longer line than that is passed over.
    public func points(
        of key: String, from offset: Int, limit: Int = 1 << 16
    ) throws(TrackingError) -> AppendedPoints {
        try KeyRules.checkKey(key)
        store.buffer.flushQuietly(id)
        let path = folder + "/metrics/" + key
        let bytes = try onFiles { () throws(FileError) in try readPart(of: path, from: offset, limit: limit) }
        var appended = AppendedPoints(end: offset)
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast() {
            appended.end += line.count + 1
            guard let point = MetricFile.parse(line + [UInt8(ascii: "\n")]).points.first else { continue }
            appended.points.append(point)
            appended.ends.append(appended.end)
        }
        if appended.end == offset, bytes.count == limit { appended.end += limit }
        return appended
    }

    /// When the run started and ended, in milliseconds since 1970.
    public func times() throws(TrackingError) -> (start: Int64, end: Int64?) {
        let meta = try MetaFile(path: folder + "/meta.yaml")
        return (meta.optionalInteger("start_time") ?? 0, meta.optionalInteger("end_time"))
    }

    /// The name of the experiment that the run belongs to.
    public func experimentName() throws(TrackingError) -> String {
        try MetaFile(path: FileSystem.folder(of: folder) + "/meta.yaml").text("name")
    }

    /// The run that this one is nested in.
    public func parent() throws(TrackingError) -> Run? {
        guard let id = try tags()[RunTag.parentRun] else { return nil }
        return try? store.run(id: id)
    }
}

private func readPart(of path: String, from offset: Int, limit: Int) throws(FileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("open", path) }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: limit)
    var size = 0
    while size < limit {
        let count = bytes.withUnsafeMutableBytes {
            pread(descriptor, $0.baseAddress! + size, limit - size, offset + size)
        }
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else { throw FileError("read", path) }
        if count == 0 { break }
        size += count
    }
    return Array(bytes[..<size])
}
