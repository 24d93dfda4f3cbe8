/// A value by its place among the words that belong to no option.
@propertyWrapper public struct Argument<Value>: ParsedProperty {
    private let slot: Slot<Value>

    public var wrappedValue: Value { slot.required }

    func definitions(named name: String) -> [Definition] { [slot.definition(slot, name)] }
}

extension Argument {
    public init(help: ArgumentHelp) where Value: ExpressibleByArgument {
        slot = Slot(nil) { slot, name in
            Definition(
                kind: .positional, names: [name], help: help, choices: Value.allValueStrings, isRequired: true,
                accept: slot.accept)
        }
    }

    /// One that may be left out.
    public init<Element: ExpressibleByArgument>(help: ArgumentHelp) where Value == Element? {
        slot = Slot(.some(nil)) { slot, name in
            Definition(kind: .positional, names: [name], help: help, choices: Element.allValueStrings) { word in
                guard let value = Element(argument: word) else { return false }
                slot.value = .some(value)
                return true
            }
        }
    }

    /// All the words from here on, at least one.
    public init<Element: ExpressibleByArgument>(help: ArgumentHelp) where Value == [Element] {
        slot = Slot(nil) { slot, name in
            Definition(
                kind: .positional, names: [name], help: help, choices: Element.allValueStrings, isRequired: true,
                isRepeating: true, accept: slot.append)
        }
    }
}
