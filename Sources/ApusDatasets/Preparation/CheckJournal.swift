import ApusAugmentation
import ApusCore
import Glibc

/// What a file system says of a file, by which one that was replaced or written to is told from the one before.
struct FileIdentity: Hashable, Sendable {
    let numbers: [Int]

    /// `nil` where there is no such file.
    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        numbers = [
            Int(status.st_size), Int(bitPattern: UInt(status.st_ino)), status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
            status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
        ]
    }

    init(numbers: [Int]) { self.numbers = numbers }
}

/// The images that a preparation found whole so far, so that one that is killed is not begun anew: a line an image,
/// appended at once. Gone when the version is written.
///
/// A line that was cut or damaged is not believed, nor one of a file that has changed since.
final class CheckJournal: Sendable {
    private struct State: Sendable {
        var descriptor: Int32 = -1
        var isOpenable = true
    }

    private let path: String
    private let known: [String: (identity: FileIdentity, image: CheckedImage)]
    private let state = Mutex(State())

    init(path: String) {
        self.path = path
        let text = (try? FileSystem.readText(path)) ?? ""
        let lines = text.split(separator: "\n").compactMap(Self.parse)
        known = Dictionary(lines.map { ($0.path, ($0.identity, $0.image)) }, uniquingKeysWith: { $1 })
    }

    deinit {
        let descriptor = state.withLock { $0.descriptor }
        if descriptor >= 0 { close(descriptor) }
    }

    /// What was found of this file, where it is still the same.
    func image(_ path: String, _ identity: FileIdentity) -> CheckedImage? {
        guard let found = known[path], found.identity == identity else { return nil }
        return found.image
    }

    /// Where the folder takes no journal there is none: the next preparation checks everything.
    func add(_ image: CheckedImage, path: String, identity: FileIdentity) {
        guard !path.contains("\n") else { return }
        let line = Self.line(path, identity, image)
        state.withLock { state in
            if state.descriptor < 0, state.isOpenable {
                state.descriptor = open(self.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
                state.isOpenable = state.descriptor >= 0
            }
            guard state.descriptor >= 0 else { return }
            line.withUnsafeBytes { _ = write(state.descriptor, $0.baseAddress, $0.count) }
        }
    }

    func remove() { unlink(path) }

    private static func line(_ path: String, _ identity: FileIdentity, _ image: CheckedImage) -> [UInt8] {
        let numbers = identity.numbers + [image.byteCount, image.width, image.height]
        let body = image.hash.hexadecimal + numbers.map { " \($0)" }.joined() + " " + path
        // A leading break ends a line that was cut before.
        return Array("\n\(checksum(body)) \(body)\n".utf8)
    }

    private static func parse(_ line: Substring) -> (path: String, identity: FileIdentity, image: CheckedImage)? {
        guard let space = line.firstIndex(of: " ") else { return nil }
        let body = line[line.index(after: space)...]
        guard checksum(String(body)) == line[..<space] else { return nil }
        let words = body.split(separator: " ", maxSplits: 10, omittingEmptySubsequences: false)
        let numbers = words.dropFirst().prefix(9).compactMap { Int($0) }
        guard words.count == 11, numbers.count == 9, let hash = ContentHash(hexadecimal: words[0]) else { return nil }
        let image = CheckedImage(hash: hash, byteCount: numbers[6], width: numbers[7], height: numbers[8])
        return (String(words[10]), FileIdentity(numbers: Array(numbers[..<6])), image)
    }

    /// FNV-1a.
    private static func checksum(_ text: String) -> String {
        let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }
}
