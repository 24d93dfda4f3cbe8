import ApusConfiguration

/// What is cut or added on each side.
enum SideChanges: Hashable, Sendable {
    case same(SideChange)
    /// Top, right, bottom, left.
    case each([SideChange])

    /// Top, right, bottom, left.
    func draw(each separately: Bool, _ uniform: (ClosedRange<Double>) -> Double) -> [Double] {
        switch self {
        case .each(let sides): return sides.map { $0.draw(uniform) }
        case .same(let side) where separately: return (0..<4).map { _ in side.draw(uniform) }
        case .same(let side):
            let one = side.draw(uniform)
            return [one, one, one, one]
        }
    }
}

enum SideChange: Hashable, Sendable {
    case exactly(Double)
    case between(ClosedRange<Double>)

    func draw(_ uniform: (ClosedRange<Double>) -> Double) -> Double {
        switch self {
        case .exactly(let number): number
        case .between(let range): uniform(range)
        }
    }

    init(_ node: YAMLNode, in bounds: ClosedRange<Double>) throws(ConfigurationError) {
        self =
            node.elements == nil
            ? .exactly(try node.number(in: bounds)) : .between(try node.range(single: .exactly, in: bounds))
    }

    var node: YAMLNode {
        switch self {
        case .exactly(let number): .number(number)
        case .between(let range): .list([.number(range.lowerBound), .number(range.upperBound)])
        }
    }
}

extension Parameters {
    /// A number, `[low, high]`, or four of either: top, right, bottom, left. `null` in the file is `nil`.
    mutating func sideChanges(
        _ key: String, _ value: inout SideChanges?, in bounds: ClosedRange<Double>
    ) throws(ConfigurationError) {
        var result = value
        try self.value(
            key,
            read: { node throws(ConfigurationError) in
                guard !node.isNull else { return result = nil }
                guard let sides = node.elements, sides.count == 4 else {
                    return result = .same(try SideChange(node, in: bounds))
                }
                var changes: [SideChange] = []
                for side in sides { changes.append(try SideChange(side, in: bounds)) }
                result = .each(changes)
            },
            write: {
                switch result {
                case nil: .nothing
                case .same(let side): side.node
                case .each(let sides): .list(sides.map(\.node))
                }
            })
        value = result
    }
}
