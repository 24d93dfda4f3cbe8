import ApusConfiguration

extension Parameters {
    public mutating func number(
        _ key: String, _ value: inout Double,
        in range: ClosedRange<Double> = -.greatestFiniteMagnitude...(.greatestFiniteMagnitude)
    ) throws(ConfigurationError) {
        var result = value
        try self.value(
            key, read: { node throws(ConfigurationError) in result = try node.number(in: range) },
            write: { .number(result) })
        value = result
    }

    /// `null` in the file is `nil`.
    public mutating func number(
        _ key: String, _ value: inout Double?,
        in range: ClosedRange<Double> = -.greatestFiniteMagnitude...(.greatestFiniteMagnitude)
    ) throws(ConfigurationError) {
        var result = value
        try self.value(
            key, read: { node throws(ConfigurationError) in result = node.isNull ? nil : try node.number(in: range) },
            write: { result.map(YAMLNode.number) ?? .nothing })
        value = result
    }

    public mutating func integer(
        _ key: String, _ value: inout Int, in range: ClosedRange<Int> = Int.min...Int.max
    ) throws(ConfigurationError) {
        var result = value
        try self.value(
            key, read: { node throws(ConfigurationError) in result = try node.integer(in: range) },
            write: { .integer(result) })
        value = result
    }

    /// `null` in the file is `nil`.
    public mutating func integer(
        _ key: String, _ value: inout Int?, in range: ClosedRange<Int> = Int.min...Int.max
    ) throws(ConfigurationError) {
        var result = value
        try self.value(
            key, read: { node throws(ConfigurationError) in result = node.isNull ? nil : try node.integer(in: range) },
            write: { result.map(YAMLNode.integer) ?? .nothing })
        value = result
    }

    public mutating func flag(_ key: String, _ value: inout Bool) throws(ConfigurationError) {
        var result = value
        try self.value(
            key, read: { node throws(ConfigurationError) in result = try node.decoded() }, write: { .flag(result) })
        value = result
    }

    /// A name out of a list.
    public mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, _ value: inout Choice
    ) throws(ConfigurationError) {
        var result = value
        try self.value(
            key, read: { node throws(ConfigurationError) in result = try node.choice() },
            write: { .text(result.rawValue) })
        value = result
    }

    /// One of OpenCV's numbers, or its name; written as the number.
    public mutating func code<Code: NamedCode>(_ key: String, _ value: inout Code) throws(ConfigurationError) {
        var result = value
        try self.value(
            key, read: { node throws(ConfigurationError) in result = try node.code() },
            write: { .integer(result.rawValue) })
        value = result
    }

    /// The same; `null` in the file is `nil`.
    public mutating func code<Code: NamedCode>(_ key: String, _ value: inout Code?) throws(ConfigurationError) {
        var result = value
        try self.value(
            key, read: { node throws(ConfigurationError) in result = node.isNull ? nil : try node.code() as Code },
            write: { result.map { .integer($0.rawValue) } ?? .nothing })
        value = result
    }

    public mutating func text(_ key: String, _ value: inout String) throws(ConfigurationError) {
        var result = value
        try self.value(
            key, read: { node throws(ConfigurationError) in result = try node.decoded() }, write: { .text(result) })
        value = result
    }
}

/// A number with a name, such as OpenCV's constants.
public protocol NamedCode: RawRepresentable<Int>, CaseIterable {}
