import ApusConfiguration
import ApusCore
import Glibc

/// Copies of runs: a small store of their own, in a folder or a tar archive, that MLflow and Apus open.
///
/// It holds the runs with their artifacts, their experiments, the datasets that went in and the records of the models
/// that came out. Where it is unpacked, `TrackingStore.relocate` makes its paths right.
public struct RunExport: Sendable {
    /// What an export copied, and links that were left out since they lead out of the store.
    public struct Report: Equatable, Sendable {
        public var files = 0
        public var bytes: Int64 = 0
        public var skippedLinks: [String] = []
    }

    let store: TrackingStore
    let runs: [Run]
    let hasArtifacts: Bool

    /// - Parameter hasArtifacts: `false` leaves artifacts out: numbers, parameters and tags alone.
    public init(_ runs: [Run], of store: TrackingStore, includingArtifacts hasArtifacts: Bool = true) {
        (self.store, self.runs, self.hasArtifacts) = (store, runs, hasArtifacts)
    }

    /// Makes the folder, whole or not at all. Nothing may be at `path`.
    public func write(toFolder path: String) throws(TrackingError) -> Report {
        let target = absolutePath(path)
        guard !FileSystem.exists(target) else { throw .refused("\(path) is there already", remedy: "choose another") }
        let temporary = "\(target).\(getpid()).tmp"
        do throws(TrackingError) {
            var sink = FolderSink(root: temporary)
            let report = try write(to: &sink)
            try relocate(temporary, to: target)
            guard rename(temporary, target) == 0 else { throw .file(FileError("write", path)) }
            return report
        } catch {
            removeTree(temporary)
            throw error
        }
    }

    /// Makes the archive, whole or not at all; `-` is standard output.
    public func write(toArchive path: String) throws(TrackingError) -> Report {
        if path == "-" {
            var sink = TarWriter(descriptor: STDOUT_FILENO, path: "standard output")
            return try write(to: &sink)
        }
        let temporary = "\(path).\(getpid()).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .file(FileError("create", path)) }
        defer { close(descriptor) }
        do throws(TrackingError) {
            var sink = TarWriter(descriptor: descriptor, path: path)
            let report = try write(to: &sink)
            guard fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw .file(FileError("write", path)) }
            return report
        } catch {
            unlink(temporary)
            throw error
        }
    }

    private func relocate(_ folder: String, to target: String) throws(TrackingError) {
        let copy = try TrackingStore(root: folder, creatingIfMissing: false, repairing: false, durable: false)
        defer { removeTree(copy.staging.folder) }
        _ = try copy.relocate(to: target)
    }

    // MARK: Parts

    private func write(to sink: inout some ExportSink) throws(TrackingError) -> Report {
        var report = Report(), done = Set<String>()
        for run in runs {
            run.store.buffer.flushQuietly(run.id)
            let experiment = FileSystem.folder(of: run.folder)
            if done.insert(experiment).inserted {
                try copy("meta.yaml", of: experiment, to: &sink, &report)
                try copy("tags", of: experiment, to: &sink, &report)
            }
            for part in try parts(of: run) where done.insert("\(experiment)/\(part)").inserted {
                try copy(part, of: experiment, to: &sink, &report)
            }
        }
        try sink.finish()
        return report
    }

    /// Paths in the experiment's folder.
    private func parts(of run: Run) throws(TrackingError) -> [String] {
        let own = ["meta.yaml", "metrics", "params", "tags", "inputs", "outputs"].map { "\(run.id)/\($0)" }
        let artifacts = ["\(run.id)/artifacts"]
        let datasets = try run.datasetIDs().map { "datasets/\($0)" }
        let models = ((try? FileSystem.names(in: run.folder + "/outputs")) ?? []).map { "models/\($0)" }
        return own + datasets + (hasArtifacts ? artifacts + models : [])
    }

    private func copy(
        _ part: String, of experiment: String, to sink: inout some ExportSink, _ report: inout Report
    ) throws(TrackingError) {
        let name = "\(FileSystem.fileName(of: experiment))/\(part)"
        try copy(experiment + "/" + part, as: name, within: experiment, to: &sink, &report)
        // MLflow takes a folder without all three for no run.
        guard part.hasSuffix("/meta.yaml") else { return }
        for folder in ["metrics", "params", "artifacts"] {
            try sink.addFolder("\(FileSystem.folder(of: name))/\(folder)")
        }
    }

    private func copy(
        _ path: String, as name: String, within experiment: String, to sink: inout some ExportSink,
        _ report: inout Report
    ) throws(TrackingError) {
        guard FileSystem.exists(path) else { return }
        guard isInside(path, experiment) else {
            report.skippedLinks.append(path)
            return
        }
        if FileSystem.isFolder(path) {
            try sink.addFolder(name)
            for child in try onFiles({ () throws(FileError) in try FileSystem.names(in: path) }) {
                try copy(path + "/" + child, as: name + "/" + child, within: experiment, to: &sink, &report)
            }
        } else {
            report.bytes += try sink.addFile(name, from: path, isMetric: name.contains("/metrics/"))
            report.files += 1
        }
    }

    /// Whether what a path leads to, over links too, lies in the experiment.
    private func isInside(_ path: String, _ experiment: String) -> Bool {
        guard let real = resolvedPath(path), let home = resolvedPath(experiment) else { return false }
        return real.hasPrefix(home + "/")
    }

    private func resolvedPath(_ path: String) -> String? {
        guard let pointer = realpath(path, nil) else { return nil }
        defer { free(pointer) }
        return String(cString: pointer)
    }
}

/// Where copied files go; names are relative, folders come before what is in them.
protocol ExportSink {
    mutating func addFolder(_ name: String) throws(TrackingError)
    /// - Returns: the bytes copied. A metric's file is cut behind its last whole line.
    mutating func addFile(_ name: String, from path: String, isMetric: Bool) throws(TrackingError) -> Int64
    mutating func finish() throws(TrackingError)
}

/// Copies into a folder.
struct FolderSink: ExportSink {
    let root: String

    mutating func addFolder(_ name: String) throws(TrackingError) {
        try onFiles { () throws(FileError) in try FileSystem.createFolder(root + "/" + name) }
    }

    mutating func addFile(_ name: String, from path: String, isMetric: Bool) throws(TrackingError) -> Int64 {
        let target = root + "/" + name
        return try onFiles { () throws(FileError) in
            try FileSystem.createFolder(FileSystem.folder(of: target))
            let output = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            guard output >= 0 else { throw FileError("create", target) }
            defer { close(output) }
            let source = try ExportedFile(path, isMetric: isMetric)
            try source.copy { chunk throws(FileError) in try writeAll(chunk, to: output, path: target) }
            return source.size
        }
    }

    mutating func finish() throws(TrackingError) {}
}

/// A file as it was when it was opened.
struct ExportedFile: ~Copyable {
    let path: String
    let size: Int64
    /// Seconds since 1970.
    let modified: Int64
    private let descriptor: Int32

    init(_ path: String, isMetric: Bool) throws(FileError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError("open", path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw FileError("read", path, code: ENOTSUP)
        }
        modified = Int64(status.st_mtim.tv_sec)
        size = isMetric ? wholeLines(of: descriptor, upTo: Int64(status.st_size)) : Int64(status.st_size)
    }

    deinit { close(descriptor) }

    /// Hands over exactly `size` bytes.
    func copy(_ body: (ArraySlice<UInt8>) throws(FileError) -> Void) throws(FileError) {
        var chunk = [UInt8](repeating: 0, count: Int(min(max(size, 1), 1 << 20))), done: Int64 = 0
        while done < size {
            let count = pread(descriptor, &chunk, Int(min(size - done, Int64(chunk.count))), off_t(done))
            if count < 0 && errno == EINTR { continue }
            // It became shorter meanwhile.
            guard count > 0 else { throw FileError("read", path, code: count < 0 ? errno : EIO) }
            try body(chunk[..<count])
            done += Int64(count)
        }
    }
}

/// The place behind the last line end before `size`.
private func wholeLines(of descriptor: Int32, upTo size: Int64) -> Int64 {
    var end = size, byte: UInt8 = 0
    while end > 0, pread(descriptor, &byte, 1, off_t(end - 1)) == 1, byte != UInt8(ascii: "\n") { end -= 1 }
    return end
}
