/// Bytes of a metric's file whose points the server did not take.
struct Gap: Codable, Equatable, Sendable {
    var start: Int
    var end: Int
}

/// Where in a run a value is kept.
enum Place: Equatable {
    case point(metric: String, bytes: Range<Int>)
    case parameter(String)
    case tag(String, digest: String)

    /// Such as `metric val/mAP50`.
    var name: String {
        switch self {
        case .point(let metric, _): "metric \(metric)"
        case .parameter(let key): "parameter \(key)"
        case .tag(let key, _): "tag \(key)"
        }
    }
}

extension Cursor {
    /// The server has the value.
    mutating func take(_ place: Place) {
        switch place {
        case .parameter(let key): parameters.insert(key)
        case .tag(let key, let digest): tags[key] = digest
        case .point(let metric, let bytes): take(metric, bytes)
        }
    }

    private mutating func take(_ metric: String, _ bytes: Range<Int>) {
        guard bytes.lowerBound < metrics[metric] ?? 0 else { return metrics[metric] = bytes.upperBound }
        gaps?.close(.point(metric: metric, bytes: bytes))
        if gaps?[metric] == nil { refused["metric \(metric)"] = nil }
    }

    /// The server does not take the value: it is passed over, and tried again when somebody asks for that.
    mutating func leaveOut(_ place: Place, because why: String) {
        refused[place.name] = why
        guard case .point(let metric, let bytes) = place, bytes.lowerBound >= metrics[metric] ?? 0 else { return }
        metrics[metric] = bytes.upperBound
        var list = gaps?[metric] ?? []
        if let last = list.last, last.end == bytes.lowerBound {
            list[list.count - 1].end = bytes.upperBound
        } else {
            list.append(Gap(start: bytes.lowerBound, end: bytes.upperBound))
        }
        gaps = (gaps ?? [:]).merging([metric: list]) { $1 }
    }

    func isInGap(_ metric: String, _ byte: Int) -> Bool {
        gaps?[metric]?.contains { $0.start <= byte && byte < $0.end } ?? false
    }
}

extension [String: [Gap]] {
    /// Takes a point's bytes out of the gaps of its metric.
    mutating func close(_ place: Place) {
        guard case .point(let metric, let bytes) = place, let gaps = self[metric] else { return }
        let rest = gaps.flatMap { gap in
            [
                Gap(start: gap.start, end: Swift.min(gap.end, bytes.lowerBound)),
                Gap(start: Swift.max(gap.start, bytes.upperBound), end: gap.end),
            ].filter { $0.start < $0.end }
        }
        self[metric] = rest.isEmpty ? nil : rest
    }
}
