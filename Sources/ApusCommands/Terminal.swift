import ApusCore
import FoundationEssentials
import Glibc

/// How a command talks: results on standard output, what it is doing on standard error.
public struct Terminal: Sendable {
    public var isQuiet: Bool

    public init(isQuiet: Bool = false) { self.isQuiet = isQuiet }

    /// A line of progress; nothing under `--quiet`.
    public func say(_ line: String) {
        if !isQuiet { Terminal.writeError(line + "\n") }
    }

    /// A line that is shown even under `--quiet`.
    public static func complain(_ line: String) { writeError(line + "\n") }

    /// What cannot be shown is no reason to stop.
    public static func writeError(_ text: String) { _ = write(text, to: STDERR_FILENO) }

    /// Writes all of `text`; 0, or the system's number of what went wrong.
    fileprivate static func write(_ text: String, to descriptor: Int32) -> Int32 {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return errno }
            bytes = bytes.dropFirst(count)
        }
        return 0
    }

    /// A reader that goes away ends no training, and no file of ours is ever opened as output or errors.
    public static func prepare() {
        leaveBehindWhatLibrariesTidy()
        signal(SIGPIPE, SIG_IGN)
        // A file that grows beyond what is allowed is an error like any other.
        signal(SIGXFSZ, SIG_IGN)
        for descriptor in 0...2 where fcntl(Int32(descriptor), F_GETFD) < 0 { _ = open("/dev/null", O_RDWR) }
    }

    /// Ends the process where only libraries' own destructors are left, which take LibTorch a tenth of a second: what is
    /// registered first comes after all that we register.
    private static func leaveBehindWhatLibrariesTidy() {
        on_exit(
            { status, _ in
                fflush(nil)
                _exit(status)
            }, nil)
    }

    public static let isInteractive =
        isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    public static let usesColor = isInteractive && ProcessInfo.processInfo.environment["NO_COLOR"] == nil

    public static var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    public func bold(_ text: String) -> String { Terminal.usesColor ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
}

/// A result, on standard output; where it cannot be delivered, the command has failed.
public func print(_ value: some CustomStringConvertible) {
    let code = Terminal.write("\(value)\n", to: STDOUT_FILENO)
    guard code != 0 else { return }
    if code != EPIPE { Terminal.complain("apus: \(FileError("write", "standard output", code: code))") }
    exit(1)
}

/// A bar that redraws itself on a terminal, and a plain line every few seconds elsewhere.
public final class ProgressBar: Sendable {
    private let title: String
    private let terminal: Terminal
    private let start = ContinuousClock.now
    private let lastDrawn = Mutex<ContinuousClock.Instant?>(nil)

    public init(_ title: String, terminal: Terminal) {
        self.title = title
        self.terminal = terminal
    }

    /// Shows `done` of `total` and a note, such as the running loss.
    public func update(_ done: Int, of total: Int, note: String = "") {
        lastDrawn.withLock { lastDrawn in
            guard !terminal.isQuiet, isDue(done, total, since: lastDrawn) else { return }
            lastDrawn = .now
            draw(done, max(total, 1), note)
        }
    }

    /// Ends the bar's line, so that what follows starts on its own.
    public func finish() {
        lastDrawn.withLock { lastDrawn in
            if Terminal.isInteractive && lastDrawn != nil && !terminal.isQuiet { Terminal.writeError("\r\u{1B}[K") }
            lastDrawn = nil
        }
    }

    private func isDue(_ done: Int, _ total: Int, since lastDrawn: ContinuousClock.Instant?) -> Bool {
        let interval: Duration = Terminal.isInteractive ? .milliseconds(100) : .seconds(10)
        let since = ContinuousClock.now - (lastDrawn ?? start)
        return since >= interval || (Terminal.isInteractive && (done == total || lastDrawn == nil))
    }

    private func draw(_ done: Int, _ total: Int, _ note: String) {
        let left = remaining(done, total)
        guard Terminal.isInteractive else {
            return Terminal.writeError("\(title) \(done)/\(total) \(note)\(left)\n")
        }
        let width = min(30, max(10, Terminal.width - title.count - note.count - left.count - 20))
        let filled = width * min(done, total) / total
        let bar = String(repeating: "━", count: filled) + String(repeating: "╌", count: width - filled)
        let line = "\(title) \(bar) \(done)/\(total) \(note)\(left)"
        Terminal.writeError("\r\u{1B}[K" + String(line.prefix(Terminal.width - 1)))
    }

    private func remaining(_ done: Int, _ total: Int) -> String {
        guard done > 0, done < total else { return "" }
        let elapsed = ContinuousClock.now - start
        return " · \((elapsed / Double(done) * Double(total - done)).minutesAndSeconds) left"
    }
}

extension Duration {
    public var minutesAndSeconds: String {
        let whole = Int(seconds.rounded())
        return whole < 60 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
    }
}

/// Columns padded to their widest cell; numbers to the right.
public func table(_ header: [String], _ rows: [[String]]) -> String {
    let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
    let isNumber = header.indices.map { column in rows.allSatisfy { Double($0[column]) != nil || $0[column] == "–" } }
    return ([header] + rows).map { row in
        row.indices.map { column in
            let padding = String(repeating: " ", count: widths[column] - row[column].count)
            return isNumber[column] ? padding + row[column] : row[column] + padding
        }.joined(separator: "  ").trimmingTrailingSpaces
    }.joined(separator: "\n")
}

extension String {
    /// With spaces behind it up to `width` characters.
    public func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    fileprivate var trimmingTrailingSpaces: String {
        String(reversed().drop { $0 == " " }.reversed())
    }
}

/// `value` with `digits` decimals.
public func fixed(_ value: Double, _ digits: Int = 3) -> String { value.text(decimals: digits) }
