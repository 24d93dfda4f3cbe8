import ApusConfiguration
import ApusCore

/// What can still be read of a `meta.yaml`: all of it where it is sound, else its whole lines one by one.
struct MetaSalvage {
    private(set) var meta: MetaFile
    /// What is wrong with the file as a whole; `nil` for a readable one.
    let problem: String?
    /// Whether the system refused to show the file, so that nothing may be concluded from it.
    let isUnreadable: Bool

    init(path: String) {
        let bytes = try? FileSystem.read(path)
        do throws(TrackingError) {
            let whole = try MetaFile(path: path)
            // What follows the last line end may be half a value, though it reads as one.
            let isCut = bytes?.last != UInt8(ascii: "\n")
            meta = isCut ? MetaFile(path: path, entries: MetaSalvage.entries(bytes ?? [])) : whole
            (problem, isUnreadable) = (nil, false)
        } catch {
            meta = MetaFile(path: path, entries: MetaSalvage.entries(bytes ?? []))
            isUnreadable = bytes == nil && FileSystem.exists(path)
            if case .damaged(_, let text) = error { problem = text } else { problem = error.description }
        }
    }

    private static func entries(_ bytes: [UInt8]) -> [YAMLEntry] {
        var entries = [YAMLEntry]()
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for line in lines.dropLast() where line.first != UInt8(ascii: " ") {
            guard let text = String(validating: line, as: UTF8.self),
                let entry = (try? YAMLReader.readMetadata(text, name: ""))?.entries?.first,
                !entries.contains(where: { $0.key == entry.key })
            else { continue }
            entries.append(entry)
        }
        return entries
    }

    func text(_ key: String) -> String? { meta.optionalText(key) }
    func integer(_ key: String) -> Int64? { meta.optionalInteger(key) }
    mutating func set(_ key: String, _ value: MetaValue) { meta.set(key, value) }

    /// Sets what is missing or `null`.
    mutating func fill(_ key: String, _ value: MetaValue) {
        if meta.optionalText(key) == nil { meta.set(key, value) }
    }
}

/// A required value of a `meta.yaml` and what to put where it is not so.
struct MetaDemand {
    var key: String
    var expected: String
    var isMet: (MetaSalvage) -> Bool
    var value: (MetaSalvage) -> MetaValue

    static func text(_ key: String, _ value: @escaping @autoclosure () -> String) -> MetaDemand {
        MetaDemand(
            key: key, expected: "text", isMet: { $0.text(key)?.isEmpty == false }, value: { _ in .text(value()) })
    }

    static func exactly(_ key: String, _ text: String) -> MetaDemand {
        MetaDemand(key: key, expected: text, isMet: { $0.text(key) == text }, value: { _ in .text(text) })
    }

    static func integer(_ key: String, _ value: @escaping @autoclosure () -> Int64) -> MetaDemand {
        MetaDemand(
            key: key, expected: "a whole number", isMet: { $0.integer(key) != nil }, value: { _ in .integer(value()) })
    }
}

extension MetaSalvage {
    /// Meets every demand.
    ///
    /// - Returns: what was wrong, `nil` where nothing was.
    mutating func meet(_ demands: [MetaDemand]) -> String? {
        var problems = problem.map { [$0] } ?? []
        for demand in demands where !demand.isMet(self) {
            if problem == nil {
                let found = meta[demand.key].map { $0.text.map { "'\($0)'" } ?? "nothing" } ?? "no such key"
                problems.append("\(demand.key): expected \(demand.expected), found \(found)")
            }
            set(demand.key, demand.value(self))
        }
        return problems.isEmpty ? nil : problems.joined(separator: "; ")
    }
}
