import ApusCore
import ApusArguments

/// `NAME=VALUE` on the command line.
struct NamedValue: ExpressibleByArgument {
    let name: String
    let value: String

    init?(argument: String) {
        // Names of values may hold “=”, files rarely do: the last one separates.
        guard let mark = argument.lastIndex(of: "="), mark != argument.startIndex else { return nil }
        (name, value) = (String(argument[..<mark]), String(argument[argument.index(after: mark)...]))
        guard !value.isEmpty else { return nil }
    }
}

extension [NamedValue] {
    /// Each value by its name; a name given twice is an error.
    func dictionary(option: String) throws -> [String: String] {
        var result = [String: String]()
        for item in self {
            guard result.updateValue(item.value, forKey: item.name) == nil else {
                throw ValidationError("\(option) \(item.name) is given twice.")
            }
        }
        return result
    }
}
