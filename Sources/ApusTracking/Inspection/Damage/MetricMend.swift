/// A metric's file as MLflow can read it: lines of 2, 3 or 5 fields with whole numbers for time and step.
struct MetricMend {
    /// The sound lines, each with its end; where nothing was wrong, all.
    private(set) var bytes = [UInt8]()
    /// What was wrong first.
    private(set) var problem: String?

    init(_ file: [UInt8]) {
        if file.isEmpty { problem = "the file is empty" }
        bytes.reserveCapacity(file.count)
        var number = 0, start = 0
        while let end = file[start...].firstIndex(of: UInt8(ascii: "\n")) {
            number += 1
            take(file[start..<end], number)
            start = end + 1
        }
        if start < file.count { note("the last line is cut off") }
    }

    private mutating func take(_ line: ArraySlice<UInt8>, _ number: Int) {
        let fields = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        let texts = fields.map { String(decoding: $0, as: UTF8.self) }
        if MetricMend.isSound(texts) {
            bytes += line + [UInt8(ascii: "\n")]
            return
        }
        note("line \(number) is no 'timestamp value step'")
        guard let point = MetricMend.point(in: texts) else { return }
        bytes += MetricFile.lines([point])
    }

    private mutating func note(_ text: String) { problem = problem ?? text }

    private static func isSound(_ fields: [String]) -> Bool {
        guard [2, 3, 5].contains(fields.count), Int64(fields[0]) != nil, Double(fields[1]) != nil else { return false }
        return fields.count == 2 || Int64(fields[2]) != nil
    }

    /// What a line means that MLflow refuses: `1.0` for a whole number, a dataset's name of several words.
    private static func point(in fields: [String]) -> MetricPoint? {
        let filled = fields.filter { !$0.isEmpty }
        guard filled.count >= 3, let time = whole(filled[0]), let value = Double(filled[1]), let step = whole(filled[2])
        else { return nil }
        return MetricPoint(value: value, step: step, timestamp: time)
    }

    private static func whole(_ text: String) -> Int64? { Int64(text) ?? Double(text).flatMap { Int64(exactly: $0) } }
}
