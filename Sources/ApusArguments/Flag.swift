/// A truth value: false unless its name is given.
@propertyWrapper public struct Flag: ParsedProperty {
    public enum Name {
        /// As `--quiet`.
        case long
        /// As `--quiet` and `-q`.
        case shortAndLong
    }

    private let slot: Slot<Bool>

    public var wrappedValue: Bool { slot.required }

    public init(wrappedValue: Bool, name style: Name = .long, help: ArgumentHelp) {
        slot = Slot(wrappedValue) { slot, name in
            let short = style == .shortAndLong ? ["-" + name.dropFirst(2).prefix(1)] : []
            return Definition(kind: .flag, names: short + [name], help: help) { _ in
                slot.value = true
                return true
            }
        }
    }

    func definitions(named name: String) -> [Definition] { [slot.definition(slot, "--" + name)] }
}
