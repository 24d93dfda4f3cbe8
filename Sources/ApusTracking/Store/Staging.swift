import ApusCore
import CApusFiles
import Glibc

/// A folder beside the store, on its file system, where everything is made before it is moved in whole:
/// a reader of the store never sees a half-written file, and MLflow never sees a temporary one.
struct Staging: Sendable {
    let folder: String
    /// Whether what is moved in was brought to the disk first, so that it outlasts a power failure.
    let isDurable: Bool
    private let isPrepared = Flag()

    private final class Flag: Sendable { let value = Mutex(false) }

    /// - Parameter root: the store's folder; the staging folder of `mlruns` is `.mlruns-staging` beside it.
    init(root: String, isDurable: Bool = true) {
        self.isDurable = isDurable
        folder = FileSystem.folder(of: root) + "/.\(FileSystem.fileName(of: root))-staging"
    }

    /// Makes the folder and removes what is left over in it.
    func prepare() throws(TrackingError) {
        try makeFolder()
        clearLeftovers()
    }

    func makeFolder() throws(TrackingError) {
        try onFiles { () throws(FileError) in try FileSystem.createFolder(folder) }
    }

    /// The same, not more than once for this object.
    func prepareOnce() throws(TrackingError) {
        let isFirst = isPrepared.value.withLock { value in
            defer { value = true }
            return !value
        }
        if isFirst { try prepare() }
    }

    /// A path in the staging folder where nothing is yet.
    func uniquePath() throws(TrackingError) -> String {
        if mkdir(folder, 0o777) != 0, errno != EEXIST {
            throw .file(FileError("create the folder", folder))
        }
        return "\(folder)/\(StagingOwner.uniqueName())"
    }

    var lockName: String { "lock" }
    var formatName: String { "format" }

    // MARK: Format

    /// What a later Apus raises that this one must leave alone.
    static let format = 1
    private var formatPath: String { folder + "/" + formatName }

    /// Marks a new store as one of this Apus.
    func noteFormat() throws(TrackingError) { try replace(formatPath, with: "\(Staging.format)\n") }

    /// Throws where a newer Apus wrote the store in a way that this one does not know. A store without a mark is MLflow's.
    func requireKnownFormat() throws(TrackingError) {
        guard let text = try? FileSystem.readText(formatPath) else { return }
        let format = Int(text.filter { !$0.isWhitespace })
        guard format == nil || format ?? 0 > Staging.format else { return }
        throw .refused(
            "\(formatPath) says '\(text.prefix(20))', and this Apus knows formats up to \(Staging.format)",
            remedy: "update Apus; nothing was changed")
    }

    /// Runs `body` while no other process or thread of Apus creates experiments or changes the registry.
    func exclusively<R>(_ body: () throws(TrackingError) -> R) throws(TrackingError) -> R {
        let path = folder + "/" + lockName
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .file(FileError("open", path)) }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw .file(FileError("lock", path)) }
        }
        return try body()
    }

    // MARK: Files

    /// Puts a file in place, over what is there.
    func replace(_ path: String, with bytes: [UInt8]) throws(TrackingError) {
        try place(bytes) { temporary throws(FileError) in
            guard rename(temporary, path) == 0 else { throw FileError("write", path) }
            if isDurable { syncFolder(FileSystem.folder(of: path)) }
        }
    }

    func replace(_ path: String, with text: String) throws(TrackingError) { try replace(path, with: Array(text.utf8)) }

    /// Puts files in place, each unless there is one already. They are all written first and synced then:
    /// the file system commits once.
    ///
    /// - Parameter isSynced: whether they must outlast a power failure from now on.
    /// - Returns: the paths where a file was there already.
    func create(
        _ files: [(path: String, bytes: [UInt8])], isSynced: Bool = true
    ) throws(TrackingError) -> [String] {
        let isSynced = isSynced && isDurable
        var staged = [(temporary: String, path: String)]()
        defer { for file in staged { unlink(file.temporary) } }
        for file in files {
            let temporary = try uniquePath()
            staged.append((temporary, file.path))
            try onFiles { () throws(FileError) in try writeNew(file.bytes, to: temporary) }
        }
        if isSynced {
            try onFiles { () throws(FileError) in for file in staged { try sync(file.temporary) } }
        }
        var existing = [String]()
        for file in staged where link(file.temporary, file.path) != 0 {
            guard errno != EXDEV else { throw .stagingElsewhere(folder) }
            guard errno == EEXIST else { throw .file(FileError("write", file.path)) }
            existing.append(file.path)
        }
        if isSynced { for folder in Set(files.map { FileSystem.folder(of: $0.path) }) { syncFolder(folder) } }
        return existing
    }

    /// Copies a file to `path`, whole.
    func copy(_ source: String, to path: String) throws(TrackingError) {
        let temporary = try uniquePath()
        try onFiles { () throws(FileError) in
            do throws(FileError) {
                try copyAndSync(source, to: temporary)
                guard rename(temporary, path) == 0 else { throw FileError("write", path) }
            } catch {
                unlink(temporary)
                throw error
            }
            syncFolder(FileSystem.folder(of: path))
        }
    }

    /// Moves a folder that was made in staging into the store. Nothing may be at `path`.
    func install(_ staged: String, at path: String) throws(TrackingError) {
        try onFiles { () throws(FileError) in
            if isDurable { try syncTree(staged) }
            try move(staged, to: path)
            if isDurable { syncFolder(FileSystem.folder(of: path)) }
        }
    }

    /// The same for one that knows its files, but that the folder around `path` is not synced: a power failure may take
    /// what was moved, whole.
    func install(_ staged: StagedFolder, at path: String) throws(TrackingError) {
        try onFiles { () throws(FileError) in
            try staged.sync()
            try move(staged.path, to: path)
        }
    }

    private func move(_ staged: String, to path: String) throws(FileError) {
        guard rename(staged, path) == 0 else {
            let code = errno
            removeTree(staged)
            throw FileError("create", path, code: code)
        }
    }

    private func place(
        _ bytes: [UInt8], moving: (String) throws(FileError) -> Void
    ) throws(TrackingError) {
        let temporary = try uniquePath()
        do throws(FileError) {
            try writeNew(bytes, to: temporary)
            if isDurable { try sync(temporary) }
            try moving(temporary)
        } catch {
            unlink(temporary)
            throw error.code == EXDEV ? .stagingElsewhere(folder) : .file(error)
        }
    }
}

/// Writes a new file.
func writeNew(_ bytes: [UInt8], to path: String) throws(FileError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError("create", path) }
    defer { close(descriptor) }
    try writeAll(bytes[...], to: descriptor, path: path)
}

/// Brings a file to the disk.
func sync(_ path: String) throws(FileError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("open", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw FileError("sync", path) }
}

func writeAll(_ bytes: ArraySlice<UInt8>, to descriptor: Int32, path: String) throws(FileError) {
    var rest = bytes
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { throw FileError("write", path) }
        rest = rest.dropFirst(count)
    }
}

private func copyAndSync(_ source: String, to path: String) throws(FileError) {
    let input = open(source, O_RDONLY | O_CLOEXEC)
    guard input >= 0 else { throw FileError("open", source) }
    defer { close(input) }
    let output = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard output >= 0 else { throw FileError("create", path) }
    defer { close(output) }
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
        let count = read(input, &chunk, chunk.count)
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else { throw FileError("read", source) }
        if count == 0 { break }
        try writeAll(chunk[..<count], to: output, path: path)
    }
    guard fsync(output) == 0 else { throw FileError("sync", path) }
}

func syncFolder(_ path: String) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
}

/// Brings a folder with all in it to the disk before it is renamed and the folder that it goes to is synced.
///
/// ext4 and XFS keep one journal in order: there it is enough that the files' bytes and places are written; the
/// rename's own commit, or any later one, brings their metadata before it. (Without a journal, which ext4 can be told to do
/// without, no order of writes saves a rename from a power failure.)
func syncTree(_ path: String) throws(FileError) {
    let folder = try opened(path)
    defer { close(folder) }
    let isOrdered = apus_files_are_ordered(folder)
    var files = [Int32]()
    defer { for file in files { close(file) } }
    try collectTree(path, folders: !isOrdered, into: &files)
    for file in files { _ = apus_files_write_back(file, false) }
    for file in files {
        let code = isOrdered ? apus_files_write_back(file, true) : fsync(file) == 0 ? 0 : errno
        guard code == 0 else { throw FileError("sync", path, code: code) }
    }
}

private func collectTree(_ path: String, folders: Bool, into files: inout [Int32]) throws(FileError) {
    for entry in try folderEntries(path) where !entry.isLink {
        let child = path + "/" + entry.name
        if entry.isFolder {
            try collectTree(child, folders: folders, into: &files)
        } else {
            files.append(try opened(child))
        }
    }
    if folders { files.append(try opened(path)) }
}

private func opened(_ path: String) throws(FileError) -> Int32 {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("open", path) }
    return descriptor
}
