import ApusCore
import Glibc

/// Tells what a run records while another process writes it: sizes are asked, and only what is new is read.
public struct RunFollower {
    /// A recorded value.
    public struct Update: Equatable, Sendable {
        public var key: String
        public var point: MetricPoint
    }

    private let run: Run
    private let folder: KeyFolder
    /// How much of each metric's file was read.
    private var places = [String: Int64]()

    /// - Parameter isFromStart: whether the first poll tells all that was recorded, or only what comes.
    public init(_ run: Run, fromStart isFromStart: Bool = true) throws(TrackingError) {
        self.run = run
        folder = KeyFolder(path: run.folder + "/metrics")
        if !isFromStart { _ = try poll() }
    }

    /// What was recorded since the last poll, by step, key and order of recording. A line that is not yet whole waits.
    public mutating func poll() throws(TrackingError) -> [Update] {
        run.store.buffer.flushQuietly(run.id)
        let folder = self.folder
        let keys = try onFiles { () throws(FileError) in try folder.keys() }
        var updates = [Update]()
        for key in keys { updates += try onFiles { () throws(FileError) in try readNew(key) } }
        let order = updates.indices.sorted { a, b in
            let (x, y) = (updates[a], updates[b])
            return (x.point.step, x.key, a) < (y.point.step, y.key, b)
        }
        return order.map { updates[$0] }
    }

    private mutating func readNew(_ key: String) throws(FileError) -> [Update] {
        let path = folder.path(of: key), place = places[key] ?? 0
        guard let size = FileStamp(of: path, in: AT_FDCWD)?.size, size != place else { return [] }
        // A file that became shorter was repaired; what it holds was told before.
        guard size > place else {
            places[key] = size
            return []
        }
        let bytes = try read(path, from: place, upTo: size)
        guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        places[key] = place + Int64(end) + 1
        return MetricFile.parse(Array(bytes[...end])).points.map { Update(key: key, point: $0) }
    }

    private func read(_ path: String, from start: Int64, upTo end: Int64) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return [] }
            throw FileError("open", path)
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: Int(end - start)), done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, off_t(start) + off_t(done))
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError("read", path) }
            if count == 0 { break }
            done += count
        }
        return Array(bytes[..<done])
    }
}
