import FoundationEssentials

/// What of a description decides what a version holds; it stands in the file as JSON and is part of the digest.
struct PreparedRecipe: Codable, Hashable {
    var format: SourceFormat
    var vocOneBased: Bool?
    var missingLabels: MissingLabels?
    var splits: SplitDescription.Method
    /// Only what the method uses.
    var fractions: [Double]?
    var splitSeed: UInt64?
    var compose: ComposeRecipe?
    /// How images and labels are changed; `nil` for as they came.
    var recipe: DatasetRecipe?
    /// What is kept of the images; `nil` for the files as they came.
    var images: String?

    init(_ description: DatasetDescription) {
        format = description.source.format
        vocOneBased = format == .voc ? description.source.vocOneBased : nil
        missingLabels = description.source.missingLabels
        compose = description.compose
        recipe = description.recipe == DatasetRecipe() ? nil : description.recipe
        images = description.store.form == .encoded ? nil : description.store.form.text
        splits = description.splits.method
        let declaresAll = splits == .declared && description.splits.valFromTrain == 0
        guard !declaresAll else { return }
        splitSeed = description.splits.seed
        fractions = splits == .declared ? [description.splits.valFromTrain] : description.splits.fractions.map(\.1)
    }

    /// JSON with its keys in order.
    var json: String { PreparationJSON.text(self, pretty: false) }
}

/// JSON whose bytes depend on the value alone.
enum PreparationJSON {
    static func text(_ value: some Encodable, pretty: Bool) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        guard let data = try? encoder.encode(value) else { preconditionFailure("a value that JSON cannot hold") }
        return String(decoding: data, as: UTF8.self)
    }
}
