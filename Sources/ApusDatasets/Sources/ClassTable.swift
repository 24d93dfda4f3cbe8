import ApusConfiguration

/// From the classes of a source to those that the description keeps.
struct ClassTable: Sendable {
    /// The classes of the dataset, in the order of their labels.
    let classes: [AnnotationClass]
    private let labels: [String: Int]
    private let recipe: DatasetRecipe.Classes

    /// - Parameters:
    ///   - source: what the source says of its classes, in its order.
    ///   - description: its `classes`, where there are any, decide which are kept and in which order.
    init(_ source: [AnnotationClass], description: DatasetDescription) {
        recipe = description.recipe.classes
        var known = [String: AnnotationClass]()
        var renamed = [String]()
        for var kind in source {
            kind.name = recipe.rename[kind.name] ?? kind.name
            if known[kind.name] == nil { known[kind.name] = kind }
            if !recipe.drop.contains(kind.name) { renamed.append(kind.name) }
        }
        var seen = Set<String>()
        let names = description.classes.isEmpty ? renamed : description.classes
        classes = names.filter { seen.insert($0).inserted }.map { known[$0] ?? AnnotationClass($0) }
        labels = Dictionary(uniqueKeysWithValues: zip(classes.map(\.name), 0...))
    }

    var names: [String] { classes.map(\.name) }

    /// What becomes of a class of the source.
    enum Resolution: Equatable {
        case label(Int)
        /// The recipe leaves its objects out.
        case dropped
        /// It is not among the description's classes; the text says so and names the nearest.
        case unknown(String)
    }

    func resolve(_ name: String) -> Resolution {
        let name = recipe.rename[name] ?? name
        if let label = labels[name] { return .label(label) }
        if recipe.drop.contains(name) { return .dropped }
        let near = nearestName(to: name, among: names).map { " (did you mean '\($0)'?)" } ?? ""
        return .unknown("'\(name)' is not in classes\(near)")
    }
}
