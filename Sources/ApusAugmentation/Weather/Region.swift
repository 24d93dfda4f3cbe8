import ApusConfiguration

/// A rectangle of an image, in fractions of its sides.
public struct Region: Hashable, Sendable {
    public var left, top, right, bottom: Double

    public init(left: Double, top: Double, right: Double, bottom: Double) {
        (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
    }

    /// In pixels, cut to whole ones.
    func columns(of width: Int) -> (Int, Int) { (Int(left * Double(width)), Int(right * Double(width))) }
    func rows(of height: Int) -> (Int, Int) { (Int(top * Double(height)), Int(bottom * Double(height))) }
}

extension Parameters {
    /// `[left, top, right, bottom]`, from 0 to 1.
    mutating func region(_ key: String, _ value: inout Region, mayBeEmpty: Bool = false) throws(ConfigurationError) {
        var numbers = [value.left, value.top, value.right, value.bottom]
        try self.numbers(key, &numbers, count: 4...4, in: 0...1)
        value = Region(left: numbers[0], top: numbers[1], right: numbers[2], bottom: numbers[3])
        let isOrdered = value.left <= value.right && value.top <= value.bottom
        let isEmpty = value.left == value.right || value.top == value.bottom
        if !isOrdered || (isEmpty && !mayBeEmpty) {
            throw problem(key, "expected [left, top, right, bottom] with left < right and top < bottom")
        }
    }

    /// Red, green and blue, from 0 to 255.
    mutating func color(_ key: String, _ value: inout [Int]) throws(ConfigurationError) {
        var numbers = value.map(Double.init)
        try self.numbers(key, &numbers, count: 3...3, in: 0...255)
        value = numbers.map { Int($0) }
    }
}
