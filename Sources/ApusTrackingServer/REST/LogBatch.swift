import ApusConfiguration
import ApusTracking

/// What goes into one `runs/log-batch`: at most 1000 points, 100 parameters and 100 tags, 1000 of all, and 1 MB.
struct LogBatch {
    enum Entry: Equatable {
        case point(key: String, MetricPoint)
        case parameter(key: String, value: String)
        case tag(key: String, value: String)

        /// Such as `metric val/mAP50`.
        var name: String {
            switch self {
            case .point(let key, _): "metric \(key)"
            case .parameter(let key, _): "parameter \(key)"
            case .tag(let key, _): "tag \(key)"
            }
        }
    }

    private(set) var entries: [Entry] = []
    private var parameterCount = 0, tagCount = 0
    /// Bytes of JSON, the braces around it counted generously.
    private var size = 400

    static let entryLimit = 1000
    static let textLimit = 100
    static let sizeLimit = 900_000

    init(_ entries: [Entry] = []) { self.entries = entries }

    /// - Returns: `false` where there is no room; an entry that is too large for any batch is taken into an empty one
    ///   all the same, for the server to refuse.
    mutating func add(_ entry: Entry) -> Bool {
        let bytes = LogBatch.size(of: entry)
        guard entries.isEmpty || entries.count < Self.entryLimit && size + bytes <= Self.sizeLimit else { return false }
        switch entry {
        case .point: break
        case .parameter where parameterCount < Self.textLimit: parameterCount += 1
        case .tag where tagCount < Self.textLimit: tagCount += 1
        case .parameter, .tag: return false
        }
        size += bytes
        entries.append(entry)
        return true
    }

    private static func size(of entry: Entry) -> Int {
        switch entry {
        case .point(let key, _): key.utf8.count + 120
        case .parameter(let key, let value), .tag(let key, let value):
            key.utf8.count + value.quotedAsJSON.utf8.count + 32
        }
    }

    func body(run: String) -> String {
        var metrics = [String](), parameters = [(String, String)](), tags = [(String, String)]()
        for entry in entries {
            switch entry {
            case .point(let key, let point): metrics.append(LogBatch.text(key, point))
            case .parameter(let key, let value): parameters.append((key, value))
            case .tag(let key, let value): tags.append((key, value))
            }
        }
        let texts = "\"params\":\(LogBatch.list(parameters)),\"tags\":\(LogBatch.list(tags))"
        return "{\"run_id\":\(run.quotedAsJSON),\"metrics\":[\(metrics.joined(separator: ","))],\(texts)}"
    }

    private static func text(_ key: String, _ point: MetricPoint) -> String {
        let place = "\"timestamp\":\(point.timestamp),\"step\":\(point.step)"
        return "{\"key\":\(key.quotedAsJSON),\"value\":\(number(point.value)),\(place)}"
    }

    /// Texts by key as REST writes them.
    static func list(_ entries: [(String, String)]) -> String {
        let texts = entries.map { "{\"key\":\($0.0.quotedAsJSON),\"value\":\($0.1.quotedAsJSON)}" }
        return "[\(texts.joined(separator: ","))]"
    }

    /// As Protocol Buffers spell numbers in JSON.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "\"NaN\"" }
        return value.isInfinite ? (value < 0 ? "\"-Infinity\"" : "\"Infinity\"") : "\(value)"
    }
}
