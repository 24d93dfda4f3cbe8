import ApusCore

/// An image and its labels as the source declares them, before anything is checked.
struct SourceSample: Sendable {
    enum Content: Sendable {
        case file(String)
        /// Made on demand.
        case generated(@Sendable () -> GeneratedSample)
    }

    /// Unique within the source.
    var name: String
    var content: Content
    /// Empty where the sample is generated.
    var boxes: [SourceBox] = []
    var split: Split?
    /// The size that the labels were drawn on, where the source says so.
    var declaredSize: (width: Int, height: Int)?
    /// Where faults of the boxes are reported.
    var labelFile: String

    /// Where faults of the image are reported.
    var imageFile: String {
        switch content {
        case .file(let path): path
        case .generated: name
        }
    }
}

/// An encoded image that a recipe makes, and its boxes.
struct GeneratedSample: Sendable {
    var bytes: [UInt8]
    var boxes: [SourceBox]
}

/// A box as the source writes it.
struct SourceBox: Sendable {
    enum Geometry: Sendable {
        /// Edges in pixels.
        case edges(minX: Double, minY: Double, maxX: Double, maxY: Double)
        /// Fractions of the image's sides.
        case normalized(centerX: Double, centerY: Double, width: Double, height: Double)
    }

    var geometry: Geometry
    var label: Int
    var isCrowd = false
    var line: Int?
}

/// Everything a source declares.
struct SourceListing: Sendable {
    var classNames: [String]
    var samples: [SourceSample]
    var faults: [Fault]
}

/// A reader of one format. Faults of single samples are listed; an error means that nothing can be read.
protocol DatasetSource {
    func listing() throws(DatasetError) -> SourceListing
}

/// The names of files that are images by their extension.
func isImageName(_ name: String) -> Bool {
    guard let dot = name.lastIndex(of: ".") else { return false }
    return ["jpg", "jpeg", "png"].contains(name[name.index(after: dot)...].lowercased())
}

/// `name` without its last extension.
func stem(of name: String) -> String {
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
    return String(name[..<dot])
}

/// Finds labels by class name and remembers which names are unknown.
struct ClassIndex {
    let names: [String]
    private let indices: [String: Int]

    init(_ names: [String]) {
        self.names = names
        indices = Dictionary(zip(names, 0...), uniquingKeysWith: { first, _ in first })
    }

    subscript(name: String) -> Int? { indices[name] }
}
