/// A pattern for parameters' names: `*` stands for any letters, dots too, `?` for one. `model.0` means all below it too.
public struct NamePattern: Hashable, Sendable, CustomStringConvertible {
    public let description: String
    private let letters: [UInt8]

    public init(_ text: String) { (description, letters) = (text, Array(text.utf8)) }

    /// Whether the pattern is the name, or a part of the name that ends before a dot.
    public func matches(_ name: String) -> Bool {
        let name = Array(name.utf8)
        if matches(name[...]) { return true }
        return name.indices.contains { name[$0] == UInt8(ascii: ".") && matches(name[..<$0]) }
    }

    /// Keeps one place to come back to, the last star, so that no pattern takes longer than name × pattern.
    private func matches(_ name: ArraySlice<UInt8>) -> Bool {
        var (place, star, resume) = (0, -1, 0), index = 0
        while index < name.count {
            if place < letters.count, letters[place] == UInt8(ascii: "*") {
                (star, resume) = (place, index)
                place += 1
            } else if place < letters.count, letters[place] == UInt8(ascii: "?") || letters[place] == name[index] {
                place += 1
                index += 1
            } else if star >= 0 {
                resume += 1
                (place, index) = (star + 1, resume)
            } else {
                return false
            }
        }
        return letters[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
