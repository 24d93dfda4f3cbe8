extension GraphSummary: CustomStringConvertible {
    public var description: String {
        let sets = opsets.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        var lines = ["\(name.isEmpty ? "model" : name), by \(producer.isEmpty ? "an unnamed producer" : producer)"]
        lines.append("  format      IR \(irVersion), opset \(sets)")
        lines += inputs.map { "  input       \($0)" }
        lines += outputs.map { "  output      \($0)" }
        lines.append("  parameters  \(grouped(parameterCount)) (\(megabytes(parameterBytes)))")
        lines.append("  compute     \(floatingPointOperations.map(gigaflops) ?? "not known from the file's shapes")")
        lines.append("  operators   \(operators.values.reduce(0, +)): \(operatorList)")
        lines += metadata.sorted { $0.key < $1.key }.map { "  metadata    \($0.key) = \(shortened($0.value))" }
        return lines.joined(separator: "\n")
    }

    /// Most frequent first.
    private var operatorList: String {
        operators.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }
            .joined(separator: ", ")
    }
}

extension GraphSummary.Value: CustomStringConvertible {
    public var description: String {
        "\(name) \(type) " + (shape.map { "[" + $0.joined(separator: ", ") + "]" } ?? "of any shape")
    }
}

/// Digits in groups of three.
private func grouped(_ number: Int) -> String {
    let digits = Array(String(number))
    let groups = stride(from: digits.count, to: 0, by: -3).map { String(digits[max($0 - 3, 0)..<$0]) }
    return groups.reversed().joined(separator: " ")
}

private func megabytes(_ bytes: Int) -> String { decimal(Double(bytes) / 1e6, digits: 1) + " MB" }

private func gigaflops(_ operations: Int) -> String { decimal(Double(operations) / 1e9, digits: 2) + " GFLOP an image" }

/// A number that is not negative, rounded to `digits` decimals.
private func decimal(_ value: Double, digits: Int) -> String {
    let unit = (0..<digits).reduce(1) { product, _ in product * 10 }
    let scaled = Int((value * Double(unit)).rounded())
    let fraction = String(scaled % unit)
    return "\(scaled / unit)." + String(repeating: "0", count: digits - fraction.count) + fraction
}

private func shortened(_ text: String) -> String { text.count > 100 ? text.prefix(97) + "…" : text }
