import ApusCore

/// Numbers as texts and back.
extension ExecutionContext {
    /// The numbers that the texts spell; "INF", "+INF", "-INF" and "NaN" in any case are numbers too.
    func parse(_ texts: Texts, as type: DataType) throws(OperatorError) -> Value {
        if type.isFloatingPoint || type == .bool {
            var numbers: [Double] = []
            for text in texts.elements { numbers.append(try Self.number(text, as: type)) }
            return try cast(try make(texts.shape, .float64, doubles: numbers), to: type)
        }
        var integers: [Int64] = []
        for text in texts.elements { integers.append(try Self.integer(text, as: type)) }
        return try make(texts.shape, type, integers: integers)
    }

    private static func number(_ text: String, as type: DataType) throws(OperatorError) -> Double {
        // Rounding once, from the text: twice may differ.
        let number = type == .float32 ? Float(text.lowercased()).map(Double.init) : Double(text.lowercased())
        guard let number else { throw .mismatch(expected: "a number", found: "'\(text.prefix(40))'") }
        return number
    }

    private static func integer(_ text: String, as type: DataType) throws(OperatorError) -> Int64 {
        if let integer = Int64(text) { return integer }
        if type == .uint64, let integer = UInt64(text) { return Int64(bitPattern: integer) }
        return Int64(clamping: Int(exactly: try number(text, as: .float64).rounded(.towardZero)) ?? 0)
    }

    /// The shortest texts that spell the same numbers.
    func write(_ x: Value) throws(OperatorError) -> Texts {
        let texts: [String]
        switch x.dataType {
        case .float64: texts = try x.doubles(self).map { Self.spell($0, "\($0)") }
        case _ where x.dataType.isFloatingPoint: texts = try x.doubles(self).map { Self.spell($0, "\(Float($0))") }
        case .uint64: texts = try x.integers(self).map { "\(UInt64(bitPattern: $0))" }
        default: texts = try x.integers(self).map { "\($0)" }
        }
        return try make(x.shape, texts: texts)
    }

    private static func spell(_ number: Double, _ text: String) -> String {
        number.isFinite ? text : number.isNaN ? "NaN" : number < 0 ? "-INF" : "INF"
    }
}
