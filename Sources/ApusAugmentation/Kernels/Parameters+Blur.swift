import ApusConfiguration

extension Parameters {
    /// The sides of windows: one number is the largest. Even and small ones are raised, as Albumentations does.
    mutating func sides(
        _ key: String, _ value: inout ClosedRange<Int>, atLeast minimum: Int = 3, atMost maximum: Int = 255
    ) throws(ConfigurationError) {
        try range(key, &value, single: .upTo(Double(minimum)), in: 0...maximum)
        func raised(_ side: Int) -> Int {
            let side = max(side, minimum)
            return side == 0 ? 0 : side | 1
        }
        value = raised(value.lowerBound)...max(raised(value.upperBound), raised(value.lowerBound))
    }
}
