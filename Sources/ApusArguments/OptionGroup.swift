/// Arguments that several commands share.
@propertyWrapper public struct OptionGroup<Group: ParsableArguments>: ParsedProperty {
    public let wrappedValue: Group

    public init() { wrappedValue = Group() }

    func definitions(named name: String) -> [Definition] { wrappedValue.definitions }

    var groups: [any ParsableArguments] { [wrappedValue] }
}
