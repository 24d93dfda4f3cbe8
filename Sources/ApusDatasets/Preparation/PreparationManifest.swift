import ApusConfiguration

/// What stands beside a version as `ID.json`: everything but the pixels, for people and other tools.
struct PreparationManifest: Codable {
    var format = "apus-dataset-manifest"
    var formatVersion = PreparedFormat.version
    var name: String
    var id: String
    var digest: String
    var file: String
    var licence: String
    var homepage: String
    var classes: [String]
    var recipe: PreparedRecipe
    var counts: PreparationCounts
    var faults: [Fault]
    /// SHA-256 of each image's file by its name; what else is known of images stands in the version.
    var images: [String: String]

    init(
        _ header: PreparedHeader, description: DatasetDescription, counts: PreparationCounts,
        collection: PreparedCollection
    ) {
        (name, id, digest) = (header.name, header.id, header.digest)
        file = header.id + ".h5"
        (licence, homepage) = (description.licence, description.homepage)
        classes = header.classNames
        recipe = PreparedRecipe(description)
        self.counts = counts
        faults = collection.faults
        images = Dictionary(
            collection.entries.map { ($0.name, $0.hash.hexadecimal) },
            uniquingKeysWith: { first, _ in first })
    }
}
