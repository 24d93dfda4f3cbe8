import ApusConfiguration

/// What stands beside a version as `ID.json`: everything but the pixels, for people and other tools.
struct PreparationManifest: Codable {
    struct Image: Codable {
        var name: String
        var split: Split
        var sha256: String
        var bytes: Int
        var width: Int
        var height: Int
        var boxes: Int
    }

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
    var images: [Image]

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
        images = collection.entries.map { entry in
            Image(
                name: entry.record.name, split: entry.record.split, sha256: entry.image.hash.hexadecimal,
                bytes: entry.image.byteCount, width: entry.record.width, height: entry.record.height,
                boxes: entry.record.boxes.count)
        }
    }
}
