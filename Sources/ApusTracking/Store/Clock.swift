import Glibc

/// Milliseconds since 1970 in UTC, as MLflow counts time.
func currentMilliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}

/// `2026-11-22 13:04:34.802361`, UTC.
func timestampText(milliseconds: Int64) -> String {
    var seconds = time_t(milliseconds / 1000), parts = tm()
    gmtime_r(&seconds, &parts)
    func padded(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    let day = "\(parts.tm_year + 1900)-\(padded(Int(parts.tm_mon) + 1, 2))-\(padded(Int(parts.tm_mday), 2))"
    let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { padded(Int($0), 2) }.joined(separator: ":")
    return "\(day) \(clock).\(padded(Int(milliseconds % 1000) * 1000, 6))"
}

/// What `timestampText` wrote, to the second; `nil` for other text.
func milliseconds(ofTimestamp text: String) -> Int64? {
    let numbers = text.split { "- :".contains($0) }.compactMap { Int32($0) }
    guard numbers.count == 6, text.utf8.count == 19, numbers[0] >= 1970 else { return nil }
    var parts = tm()
    (parts.tm_year, parts.tm_mon, parts.tm_mday) = (numbers[0] - 1900, numbers[1] - 1, numbers[2])
    (parts.tm_hour, parts.tm_min, parts.tm_sec) = (numbers[3], numbers[4], numbers[5])
    return Int64(timegm(&parts)) * 1000
}

/// Random ids as MLflow makes them.
enum Identifier {
    /// 32 lowercase hexadecimal digits.
    static func run() -> String {
        let high = UInt64.random(in: 0 ... .max), low = UInt64.random(in: 0 ... .max)
        return hexadecimal(high) + hexadecimal(low)
    }

    /// `m-` and 32 hexadecimal digits.
    static func model() -> String { "m-" + run() }

    /// 18 decimal digits.
    static func experiment() -> String { String(UInt64.random(in: 100_000_000_000_000_000...999_999_999_999_999_999)) }

    private static func hexadecimal(_ value: UInt64) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }

    static func isExperimentID(_ text: String) -> Bool {
        isIdentifier(text, limit: 64)
    }

    static func isRunID(_ text: String) -> Bool { isIdentifier(text, limit: 256) }

    private static func isIdentifier(_ text: String, limit: Int) -> Bool {
        guard let first = text.unicodeScalars.first, first.isASCII, first.properties.isAlphabetic || isDigit(first)
        else { return false }
        return text.utf8.count <= limit
            && text.unicodeScalars.allSatisfy {
                $0 == "_" || $0 == "-" || isDigit($0) || ($0.isASCII && $0.properties.isAlphabetic)
            }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}
