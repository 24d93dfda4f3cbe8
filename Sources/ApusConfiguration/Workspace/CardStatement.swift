/// What only people can say of a model: `card.yaml` beside it, or `card:` in an experiment.
///
///     intended_use: Counting garments on photographs of one shelf, under its own lamps.
///     limits:
///       - Black garments on dark shelves are missed.
///     licence: Apache-2.0
///     contact: vision@example.org
public struct CardStatement: Defaulted, Validated, Equatable, Sendable {
    /// What the model is for.
    public var intendedUse: String?
    /// What it cannot do, and must not be used for.
    public var limits: OneOrMany<String>?
    /// The terms under which its weights may be used.
    public var licence: String?
    /// Whom to ask.
    public var contact: String?

    public init() {}

    public init(
        intendedUse: String? = nil, limits: [String]? = nil, licence: String? = nil, contact: String? = nil
    ) {
        (self.intendedUse, self.licence, self.contact) = (intendedUse, licence, contact)
        self.limits = limits.map { OneOrMany($0) }
    }

    enum CodingKeys: String, CodingKey {
        case intendedUse = "intended_use"
        case limits, licence, contact
    }

    public static let fileName = "card.yaml"

    /// A statement of more characters is a document of its own.
    private static let maximumLength = 10_000

    public func problems() -> [ConfigurationProblem] {
        let texts = [("intended_use", intendedUse), ("licence", licence), ("contact", contact)]
        let values =
            texts.compactMap { key, text in text.map { (key, $0) } } + (limits?.values ?? []).map { ("limits", $0) }
        return values.compactMap { key, text in
            .require(
                key, !text.allSatisfy(\.isWhitespace) && text.count <= Self.maximumLength,
                expected: "words, at most \(Self.maximumLength) characters", found: "\(text.count) characters",
                remedy: "leave the key out where there is nothing to say")
        }
    }

    /// What the file holds before anybody has said anything.
    public static let template = """
        # What people should know before they use this model; `apus models card` shows it. Take the # away where you have
        # something to say: what is left out is shown as not stated.
        # intended_use: What it was made for, on what images, by whom.
        # limits:
        #   - What it cannot do.
        #   - What it must not be used for.
        # licence: The terms under which its weights may be used.
        # contact: Whom to ask.

        """
}
