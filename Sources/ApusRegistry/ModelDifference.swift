import ApusConfiguration
import ApusCore
import ApusTracking

/// What sets two versions apart.
public struct ModelDifference: Equatable, Sendable, Encodable {
    /// Something that the two have otherwise; `nil` where one has nothing of the kind.
    public struct Row: Equatable, Sendable, Encodable {
        public var name: String
        public var a, b: String?
        /// Of numbers: b − a.
        public var change: Double?
    }

    public struct Part: Equatable, Sendable, Encodable {
        public var title: String
        /// Only what differs.
        public var rows: [Row]
    }

    public var a, b: String
    /// Parts with differences.
    public var parts: [Part]
    public var isEmpty: Bool { parts.isEmpty }

    public init(_ a: VersionRecord, _ b: VersionRecord) {
        (self.a, self.b) = (a.reference, b.reference)
        let sides = [
            (Self.metricsTitle, Self.rows(a.metrics, b.metrics)), ("parameters", Self.rows(a.parameters, b.parameters)),
            ("datasets", Self.rows(a.lineage.facts("dataset"), b.lineage.facts("dataset"))),
            ("origin", Self.rows(a.lineage.facts("code"), b.lineage.facts("code"))),
            ("graph", Self.rows(a.graphFacts, b.graphFacts)),
            ("operators", Self.rows(a.facts?.graph.operators, b.facts?.graph.operators)),
            ("classes", Self.classes(a.facts?.use?.labels, b.facts?.use?.labels)),
            ("preprocessing", Self.rows(a.facts?.use?.preprocessing, b.facts?.use?.preprocessing)),
            ("files", Self.rows(a.modelFiles, b.modelFiles)),
        ]
        parts = sides.filter { !$0.1.isEmpty }.map { Part(title: $0.0, rows: $0.1) }
    }

    private static func rows(_ a: [String: String]?, _ b: [String: String]?) -> [Row] {
        merged(a ?? [:], b ?? [:]).map { Row(name: $0, a: $1, b: $2) }
    }

    private static func rows(_ a: [String: Int]?, _ b: [String: Int]?) -> [Row] {
        merged(a ?? [:], b ?? [:]).map {
            Row(name: $0, a: $1.map(String.init), b: $2.map(String.init), change: Double(($2 ?? 0) - ($1 ?? 0)))
        }
    }

    private static func rows(_ a: [String: Double], _ b: [String: Double]) -> [Row] {
        merged(a, b).map { name, a, b in
            let change = a.flatMap { a in b.map { $0 - a } }
            return Row(name: name, a: a.map { "\($0)" }, b: b.map { "\($0)" }, change: change)
        }
    }

    private static func merged<Value: Equatable>(
        _ a: [String: Value], _ b: [String: Value]
    ) -> [(String, Value?, Value?)] {
        Set(a.keys).union(b.keys).sorted().map { ($0, a[$0], b[$0]) }.filter { $0.1 != $0.2 }
    }

    /// By index: a model's outputs are.
    private static func classes(_ a: [String]?, _ b: [String]?) -> [Row] {
        let (a, b) = (a ?? [], b ?? [])
        return (0..<max(a.count, b.count)).compactMap { index in
            let (left, right) = (index < a.count ? a[index] : nil, index < b.count ? b[index] : nil)
            return left == right ? nil : Row(name: "\(index)", a: left, b: right)
        }
    }
}

extension ModelLineage {
    fileprivate func facts(_ kind: String) -> [String: String] {
        guard kind == "code" else {
            return Dictionary(datasets.map { ($0.name, $0.digest) }) { $0 + ", " + $1 }
        }
        var facts: [String: String] = [:]
        facts["git commit"] = code.map { $0.commit + ($0.isDirty ? " with changes" : "") }
        facts["weights"] = weights
        return facts
    }
}
