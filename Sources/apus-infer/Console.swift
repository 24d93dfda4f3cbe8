import ApusCore
import Glibc

/// What people read: plain lines, in colour where a terminal shows it and NO_COLOR is not set.
struct Console {
    /// Leave out what is not a result or a problem.
    var isQuiet = false

    /// A result, on standard output. Results that cannot be delivered end the process.
    static func write(_ line: String) {
        guard !put(line, to: STDOUT_FILENO) else { return }
        Console().problem(FileError("write", "standard output").description)
        Glibc.exit(ExitStatus.incomplete.rawValue)
    }

    /// What was done, on standard error.
    func note(_ line: String) {
        if !isQuiet { _ = Self.put(line, to: STDERR_FILENO) }
    }

    /// What went wrong, on standard error.
    func problem(_ text: String) {
        _ = Self.put(Self.styled("error: ", "31", on: STDERR_FILENO) + text, to: STDERR_FILENO)
    }

    static func bold(_ text: String) -> String { styled(text, "1", on: STDOUT_FILENO) }

    private static func styled(_ text: String, _ code: String, on descriptor: Int32) -> String {
        let isPlain = isatty(descriptor) == 0 || getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
        return isPlain ? text : "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }

    /// Writes a line at once, so that a reader of a pipe never waits for what is done.
    private static func put(_ line: String, to descriptor: Int32) -> Bool {
        var bytes = Array(line.utf8)[...]
        if bytes.last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            bytes = bytes.dropFirst(count)
        }
        return true
    }
}
