import CApusYAML

/// The events of a YAML text, one after the other.
final class YAMLEvents {
    /// What an event says, with its texts copied.
    enum Kind: Equatable {
        case end, document, sequenceEnd, mappingEnd
        case scalar(String, isPlain: Bool)
        case alias(String)
        case sequence, mapping
    }

    struct Event {
        let kind: Kind
        /// The name that aliases call the value by; `nil` for most.
        let anchor: String?
        let position: SourcePosition
    }

    /// Turns a line and a column, both counted from 1 and 0 where unknown, into a place for errors.
    typealias Place = (_ line: Int, _ column: Int) -> SourcePosition

    private let parser: OpaquePointer?
    private let text: UnsafeMutableBufferPointer<UInt8>
    private let place: Place

    init(_ text: String, place: @escaping Place) {
        self.text = .allocate(capacity: text.utf8.count)
        _ = self.text.initialize(from: text.utf8)
        self.place = place
        parser = apus_yaml_open(self.text.baseAddress, self.text.count)
    }

    deinit {
        apus_yaml_close(parser)
        text.deallocate()
    }

    func next() throws(ConfigurationError) -> Event {
        guard let parser else {
            throw ConfigurationError(.syntax, at: place(0, 0), problem: "no memory is left to read this")
        }
        let event = apus_yaml_next(parser)
        let position = place(Int(event.line), Int(event.column))
        guard let kind = Self.kind(of: event) else {
            let context = event.context.map { String(cString: $0) + " " } ?? ""
            throw ConfigurationError(.syntax, at: position, problem: "not YAML: \(context)\(Self.text(of: event))")
        }
        return Event(kind: kind, anchor: event.anchor.map { String(cString: $0) }, position: position)
    }

    /// `nil` for an error.
    private static func kind(of event: apus_yaml_event) -> Kind? {
        switch event.kind {
        case APUS_YAML_END: .end
        case APUS_YAML_DOCUMENT: .document
        case APUS_YAML_SCALAR: .scalar(text(of: event), isPlain: event.is_plain)
        case APUS_YAML_ALIAS: .alias(text(of: event))
        case APUS_YAML_SEQUENCE: .sequence
        case APUS_YAML_SEQUENCE_END: .sequenceEnd
        case APUS_YAML_MAPPING: .mapping
        case APUS_YAML_MAPPING_END: .mappingEnd
        default: nil
        }
    }

    private static func text(of event: apus_yaml_event) -> String {
        guard let text = event.text else { return "" }
        return String(decoding: UnsafeRawBufferPointer(start: text, count: event.length), as: UTF8.self)
    }
}
