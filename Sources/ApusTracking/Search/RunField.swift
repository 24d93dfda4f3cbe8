/// Something of a run that a search can ask for.
enum RunField: Hashable, Sendable {
    case metric(String), parameter(String), tag(String)
    case attribute(RunAttribute)
    case dataset(DatasetField)
}

/// MLflow's names of what a run's `meta.yaml` tells.
enum RunAttribute: String, CaseIterable, Sendable {
    case id = "run_id", name = "run_name", user = "user_id", status, start = "start_time", end = "end_time"
    case artifacts = "artifact_uri"

    var isNumber: Bool { self == .start || self == .end }

    init?(name: String) {
        switch name {
        case "created", "Created": self = .start
        case "run name", "Run name", "Run Name": self = .name
        default: self.init(rawValue: name)
        }
    }
}

enum DatasetField: String, CaseIterable, Sendable { case name, digest, context }

/// What a run has in a field: nothing, or one value.
enum FieldValue: Equatable, Sendable {
    case none, number(Double), text(String)
}

extension RunField {
    /// Reads a field's name, such as `` metrics.`val/mAP50` ``; one without a dot is an attribute's.
    init(_ token: SearchToken, in search: String) throws(TrackingError) {
        func refused(_ problem: String, _ remedy: String) -> TrackingError {
            .search(search, position: token.position, problem: problem, remedy: remedy)
        }
        guard token.kind == .name else {
            throw refused("expected a field, found \(token.shown)", "write one such as metrics.loss or params.lr")
        }
        let dot = token.text.firstIndex(of: ".")
        let kind = dot.map { unquoted(String(token.text[..<$0])) } ?? "attribute"
        let key = unquoted(dot.map { String(token.text[token.text.index(after: $0)...]) } ?? token.text)
        guard !key.isEmpty else { throw refused("\(token.shown) names no key", "write one after the dot") }
        switch kind {
        case "metric", "metrics": self = .metric(key)
        case "parameter", "parameters", "param", "params": self = .parameter(key)
        case "tag", "tags": self = .tag(key)
        case "attribute", "attributes", "attr", "run":
            guard let attribute = RunAttribute(name: key) else {
                let names = RunAttribute.allCases.map(\.rawValue).joined(separator: ", ")
                throw refused("there is no attribute '\(key)'", "write one of \(names), or metrics.\(key)")
            }
            self = .attribute(attribute)
        case "dataset", "datasets":
            guard let field = DatasetField(rawValue: key) else {
                throw refused("datasets have no '\(key)'", "write name, digest or context")
            }
            self = .dataset(field)
        default:
            throw refused("there are no '\(kind)'", "write metrics., params., tags., attributes. or datasets.")
        }
    }
}

/// A name without the quotes or backquotes around it.
private func unquoted(_ name: String) -> String {
    for quote in ["'", "\"", "`"] where name.utf8.count >= 2 && name.hasPrefix(quote) && name.hasSuffix(quote) {
        return String(name.dropFirst().dropLast())
    }
    return name
}
