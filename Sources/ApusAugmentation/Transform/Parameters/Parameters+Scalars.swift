import ApusConfiguration

extension Parameters {
    public mutating func number(
        _ key: String, _ value: inout Double,
        in range: ClosedRange<Double> = -.greatestFiniteMagnitude...(.greatestFiniteMagnitude)
    ) throws(ConfigurationError) {
        try self.value(
            key, &value, read: { node throws(ConfigurationError) in try node.number(in: range) },
            write: { .number($0) })
    }

    /// `null` in the file is `nil`.
    public mutating func number(
        _ key: String, _ value: inout Double?,
        in range: ClosedRange<Double> = -.greatestFiniteMagnitude...(.greatestFiniteMagnitude)
    ) throws(ConfigurationError) {
        try self.value(
            key, &value, read: { node throws(ConfigurationError) in node.isNull ? nil : try node.number(in: range) },
            write: { $0.map(YAMLNode.number) ?? .nothing })
    }

    public mutating func integer(
        _ key: String, _ value: inout Int, in range: ClosedRange<Int> = Int.min...Int.max
    ) throws(ConfigurationError) {
        try self.value(
            key, &value, read: { node throws(ConfigurationError) in try node.integer(in: range) },
            write: { .integer($0) })
    }

    /// `null` in the file is `nil`.
    public mutating func integer(
        _ key: String, _ value: inout Int?, in range: ClosedRange<Int> = Int.min...Int.max
    ) throws(ConfigurationError) {
        try self.value(
            key, &value, read: { node throws(ConfigurationError) in node.isNull ? nil : try node.integer(in: range) },
            write: { $0.map(YAMLNode.integer) ?? .nothing })
    }

    public mutating func flag(_ key: String, _ value: inout Bool) throws(ConfigurationError) {
        try self.value(
            key, &value, read: { node throws(ConfigurationError) in try node.decoded() },
            write: { .flag($0) })
    }

    /// A name out of a list.
    public mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, _ value: inout Choice
    ) throws(ConfigurationError) {
        try self.value(
            key, &value, read: { node throws(ConfigurationError) in try node.choice() },
            write: { .text($0.rawValue) })
    }

    /// One of OpenCV's numbers, or its name; written as the number.
    public mutating func code<Code: NamedCode>(_ key: String, _ value: inout Code) throws(ConfigurationError) {
        try self.value(
            key, &value, read: { node throws(ConfigurationError) in try node.code() },
            write: { .integer($0.rawValue) })
    }

    /// The same; `null` in the file is `nil`.
    public mutating func code<Code: NamedCode>(_ key: String, _ value: inout Code?) throws(ConfigurationError) {
        try self.value(
            key, &value, read: { node throws(ConfigurationError) in node.isNull ? nil : try node.code() as Code },
            write: { value in value.map { .integer($0.rawValue) } ?? .nothing })
    }

    public mutating func text(_ key: String, _ value: inout String) throws(ConfigurationError) {
        try self.value(
            key, &value, read: { node throws(ConfigurationError) in try node.decoded() },
            write: { .text($0) })
    }
}

/// A number with a name, such as OpenCV's constants.
public protocol NamedCode: RawRepresentable<Int>, CaseIterable {}
