/// A value that follows its name: `--threads 4`, or `--threads=4`.
@propertyWrapper public struct Option<Value>: ParsedProperty {
    private let slot: Slot<Value>

    public var wrappedValue: Value { slot.required }

    func definitions(named name: String) -> [Definition] { [slot.definition(slot, "--" + name)] }
}

extension Option where Value: ExpressibleByArgument {
    /// One that must be given.
    public init(help: ArgumentHelp) {
        slot = Slot(nil) { slot, name in
            Definition(
                kind: .option, names: [name], help: help, choices: Value.allValueStrings, isRequired: true,
                accept: slot.accept)
        }
    }

    public init(wrappedValue: Value, help: ArgumentHelp) {
        slot = Slot(wrappedValue) { slot, name in
            Definition(
                kind: .option, names: [name], help: help, defaultText: wrappedValue.argumentText,
                choices: Value.allValueStrings, accept: slot.accept)
        }
    }
}

extension Option {
    /// One that may be left out.
    public init<Element: ExpressibleByArgument>(help: ArgumentHelp) where Value == Element? {
        slot = Slot(.some(nil)) { slot, name in
            Definition(kind: .option, names: [name], help: help, choices: Element.allValueStrings) { word in
                guard let value = Element(argument: word) else { return false }
                slot.value = .some(value)
                return true
            }
        }
    }

    /// One that may be given several times.
    public init<Element: ExpressibleByArgument>(wrappedValue: Value, help: ArgumentHelp) where Value == [Element] {
        slot = Slot(wrappedValue) { slot, name in
            Definition(
                kind: .option, names: [name], help: help, choices: Element.allValueStrings, isRepeating: true,
                accept: slot.append)
        }
    }
}

extension Slot where Value: ExpressibleByArgument {
    func accept(_ word: String) -> Bool {
        guard let value = Value(argument: word) else { return false }
        self.value = value
        return true
    }
}

extension Slot {
    func append<Element: ExpressibleByArgument>(_ word: String) -> Bool where Value == [Element] {
        guard let element = Element(argument: word) else { return false }
        value = (value ?? []) + [element]
        return true
    }
}
