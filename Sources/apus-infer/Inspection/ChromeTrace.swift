import ApusInference

/// A profile's last runs as a trace that chrome://tracing and Perfetto open.
/// <https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU>
struct ChromeTrace {
    let json: JSONText

    init(_ profile: Profile) {
        let origin = profile.nodes.compactMap(\.starts.first).min() ?? 0
        let events = profile.nodes.flatMap { node in
            zip(node.starts, node.times).map { Self.event(node, start: $0 - origin, duration: $1) }
        }
        json = .object([("traceEvents", .array(events)), ("displayTimeUnit", .string("ms"))])
    }

    /// Times in microseconds.
    private static func event(_ node: NodeReport, start: Double, duration: Double) -> JSONText {
        let values: (key: String, value: JSONText) = (
            "outputs", .array(node.outputs.map { .string("\($0.name) \($0.text)") })
        )
        return .object([
            ("name", .string(node.name)), ("cat", .string(node.operatorType)), ("ph", .string("X")),
            ("ts", .number(start * 1e6)), ("dur", .number(duration * 1e6)), ("pid", .integer(1)), ("tid", .integer(1)),
            ("args", .object([("operator", .string(node.operatorType)), values])),
        ])
    }
}
