import ApusCore
import Glibc

/// Bytes that a preparation puts aside until it writes them: in memory while they are few, then in a file without a
/// name, of which nothing stays where the preparation is killed.
///
/// Any thread adds and reads. Where the folder takes no file, all stays in memory: a version that is there already
/// can be found on a medium that is read-only.
final class SpillFile: Sendable {
    /// Where some bytes lie.
    struct Place: Hashable, Sendable {
        var offset = 0
        var count = 0
    }

    private struct State: Sendable {
        var descriptor: Int32 = -1
        var isOpenable = true
        /// Bytes in the file; those that follow are in memory.
        var written = 0
        var recent: [UInt8] = []
    }

    private let folder: String
    private let memoryLimit: Int
    private let state = Mutex(State())

    /// - Parameter memoryLimit: how many bytes gather before they are written.
    init(folder: String, memoryLimit: Int = 8 << 20) { (self.folder, self.memoryLimit) = (folder, memoryLimit) }

    deinit {
        let descriptor = state.withLock { $0.descriptor }
        if descriptor >= 0 { close(descriptor) }
    }

    /// - Throws: `DatasetError.file` where the disk is full.
    func add(_ bytes: [UInt8]) throws(DatasetError) -> Place {
        let result = state.withLock { state -> Result<Place, FileError> in
            let place = Place(offset: state.written + state.recent.count, count: bytes.count)
            state.recent += bytes
            guard state.recent.count > self.memoryLimit, let error = self.flush(&state) else { return .success(place) }
            return .failure(error)
        }
        do throws(FileError) { return try result.get() } catch { throw .file(error) }
    }

    /// - Returns: why it failed, `nil` where it did not.
    private func flush(_ state: inout State) -> FileError? {
        if state.descriptor < 0, state.isOpenable {
            state.descriptor = nameless()
            state.isOpenable = state.descriptor >= 0
        }
        guard state.descriptor >= 0 else { return nil }
        var start = 0
        while start < state.recent.count {
            let count = state.recent.withUnsafeBytes {
                pwrite(state.descriptor, $0.baseAddress! + start, $0.count - start, off_t(state.written + start))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return FileError("write", folder) }
            start += count
        }
        state.written += start
        state.recent.removeAll(keepingCapacity: true)
        return nil
    }

    private func nameless() -> Int32 {
        let path = "\(folder)/spill.\(getpid()).\(UInt32.random(in: 0 ... .max)).tmp"
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 { unlink(path) }
        return descriptor
    }

    func read(_ place: Place) throws(DatasetError) -> [UInt8] {
        let (descriptor, recent) = state.withLock { state -> (Int32, [UInt8]?) in
            guard place.offset >= state.written else { return (state.descriptor, nil) }
            let start = place.offset - state.written
            return (-1, Array(state.recent[start..<start + place.count]))
        }
        if let recent { return recent }
        var failure: FileError?
        let bytes = [UInt8](unsafeUninitializedCapacity: place.count) { buffer, count in
            while count < place.count, failure == nil {
                let read = pread(
                    descriptor, buffer.baseAddress! + count, place.count - count, off_t(place.offset + count))
                if read < 0 && errno == EINTR { continue }
                if read > 0 { count += read } else { failure = FileError("read", self.folder) }
            }
        }
        if let failure { throw .file(failure) }
        return bytes
    }
}
