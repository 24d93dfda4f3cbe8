/// What became of each tensor when weights of another model or file were loaded into one.
public struct WeightReport: Codable, Equatable, Sendable {
    public enum Outcome: String, Codable, Sendable, CaseIterable {
        /// The model has the file's values.
        case loaded
        /// In the class head, with another shape: it starts anew, as another number of classes needs.
        case replaced
        /// Of another shape or kind, outside of the class head: it starts anew.
        case mismatched
        /// Only the model has it: it starts anew.
        case random
        /// Only the file has it.
        case skipped
    }

    /// One tensor of the model or the file.
    public struct Row: Codable, Equatable, Sendable {
        /// The model's name; the file's where only the file has it.
        public var name: String
        public var outcome: Outcome
        /// `nil` where the model has no such tensor.
        public var modelShape: [Int]?
        /// `nil` where the file has no such tensor.
        public var fileShape: [Int]?
    }

    /// The model's tensors in its order, then those that only the file has.
    public var rows: [Row]
    /// What was taken off the file's names, such as `module.`.
    public var removedPrefix = ""
    /// What was put before the file's names then, such as `model.`.
    public var addedPrefix = ""

    public func names(_ outcome: Outcome) -> [String] { rows.filter { $0.outcome == outcome }.map(\.name) }

    /// Whether model and file agree one to one.
    public var isComplete: Bool { rows.allSatisfy { $0.outcome == .loaded } }
}

extension WeightReport: CustomStringConvertible {
    /// How many tensors had each outcome, in one line.
    public var description: String {
        let counts = Outcome.allCases.compactMap { outcome -> String? in
            let count = rows.count { $0.outcome == outcome }
            return count > 0 || outcome == .loaded ? "\(count) \(outcome.rawValue)" : nil
        }
        return counts.joined(separator: ", ")
    }

    /// The same, then a table of everything that was not loaded.
    ///
    /// - Parameter limit: the most lines of the table.
    public func table(limit: Int = 40) -> String {
        var lines = [description + renaming]
        let rows = [["tensor", "outcome", "model", "file"]] + remarkable
        let widths = (0..<3).map { column in rows.prefix(limit + 1).map { $0[column].count }.max() ?? 0 }
        guard rows.count > 1 else { return lines[0] }
        for row in rows.prefix(limit + 1) {
            let padded = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            lines.append("  " + (padded + [row[3]]).joined(separator: "  "))
        }
        if rows.count > limit + 1 { lines.append("  … and \(rows.count - limit - 1) more") }
        return lines.joined(separator: "\n")
    }

    private var renaming: String {
        guard !removedPrefix.isEmpty || !addedPrefix.isEmpty else { return "" }
        return " (the file's names begin with '\(removedPrefix)', the model's with '\(addedPrefix)')"
    }

    private var remarkable: [[String]] {
        rows.filter { $0.outcome != .loaded }.map {
            [$0.name, $0.outcome.rawValue, WeightReport.text($0.modelShape), WeightReport.text($0.fileShape)]
        }
    }

    private static func text(_ shape: [Int]?) -> String {
        guard let shape else { return "–" }
        return shape.isEmpty ? "scalar" : shape.map(String.init).joined(separator: "×")
    }
}
