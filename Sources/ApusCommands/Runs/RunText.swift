import ApusCore
import ApusTracking
import FoundationEssentials
import Glibc

/// What people see of a run.
extension RunSummary {
    var shownStatus: String {
        if !problems.isEmpty { return "damaged" }
        return isAbandoned ? "abandoned" : status.map { "\($0)" } ?? "unknown"
    }

    /// UTC.
    var shownStart: String { shownTime(startTime) }

    var shortID: String { String(id.prefix(8)) }

    /// In one word: `3 min 4 s`, `2 h 10 min`.
    var shownDuration: String {
        let minutes = duration / 60_000
        return minutes < 60
            ? Duration.milliseconds(duration).minutesAndSeconds : "\(minutes / 60) h \(minutes % 60) min"
    }
}

/// Milliseconds since 1970 as a time in UTC.
func shownTime(_ milliseconds: Int64) -> String {
    let time = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    return time.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: false))
}

/// Five significant digits: more than that is noise.
func significant(_ value: Double) -> String { value.text(digits: 5) }

func shownBytes(_ bytes: Int64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"]
    var value = Double(bytes), unit = 0
    while value >= 999.5, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
    return unit == 0 ? "\(bytes) B" : "\(value.text(decimals: value < 9.95 ? 1 : 0)) \(units[unit])"
}

/// `text` in at most `width` characters and on one line.
func shortened(_ text: String, _ width: Int) -> String {
    let line = String(text.map { $0.isNewline ? "⏎" : $0 })
    return line.count > width ? line.prefix(max(width - 1, 0)) + "…" : line
}

/// The same, but of a path the end stays.
func shortenedPath(_ text: String, _ width: Int) -> String {
    text.contains("/") && text.count > width ? "…" + text.suffix(max(width - 1, 0)) : shortened(text, width)
}

func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// Colours of standard output: none where it is no terminal or NO_COLOR says so.
enum Ink {
    static let isTerminal = isatty(STDOUT_FILENO) == 1
    static let isUsed: Bool = {
        let environment = ProcessInfo.processInfo.environment
        return isTerminal && environment["TERM"] != "dumb" && environment["NO_COLOR"] == nil
    }()

    static func red(_ text: String) -> String { paint(text, "31") }
    static func green(_ text: String) -> String { paint(text, "32") }
    static func cyan(_ text: String) -> String { paint(text, "36") }
    static func bold(_ text: String) -> String { paint(text, "1") }

    static func paint(_ text: String, _ code: String) -> String {
        isUsed && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    /// The columns of the terminal that results go to.
    static var width: Int {
        var size = winsize()
        if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) } ?? 80
    }
}
