import ApusAugmentation
import ApusCore

/// An image of a source, before anything is checked; its labels are read when they are asked for.
struct SourceSample: Sendable {
    enum Content: Sendable {
        case file(String)
        /// Made on demand, the same each time.
        case generated(@Sendable () -> GeneratedSample)
    }

    /// Unique within the source.
    var name: String
    /// The name in its split, without the folders of the source's layout, where `name` does not show it.
    var shortName: String?
    /// The name of the image that it is a part of, where it is one.
    var origin: String?
    /// The number that the source gives this image.
    var id: Int?
    var content: Content
    var split: Split?
    /// What the source says of the image's size, where it does without the labels being read.
    var declaredSize: ImageSize?
    /// Where faults of the labels are reported.
    var labelFile: String
    /// Reads the labels, on any thread; the size is that of the image as it is shown. Without where generated.
    var labels: @Sendable (ImageSize) -> SourceLabels = { _ in SourceLabels() }

    /// Where faults of the image are reported.
    var imageFile: String {
        switch content {
        case .file(let path): path
        case .generated: name
        }
    }
}

extension SourceSample {
    /// Samples that were cut from one image stand together; every other sample stands alone.
    static func rangesOfOneOrigin(_ samples: [SourceSample]) -> [Range<Int>] {
        var starts = samples.indices.filter { index in
            index == 0 || samples[index].origin == nil || samples[index].origin != samples[index - 1].origin
        }
        starts.append(samples.count)
        return zip(starts, starts.dropFirst()).map { $0..<$1 }
    }

    /// The name in its split: without the leading folders that only say which split an image is of.
    var nameInSplit: String {
        shortName ?? Self.withoutLayout(name, split: split)
    }

    static func withoutLayout(_ name: String, split: Split?) -> String {
        var parts = name.split(separator: "/")
        func dropFirst(where isLayout: (Substring) -> Bool) {
            if parts.count > 1, isLayout(parts[0]) { parts.removeFirst() }
        }
        dropFirst { $0 == "images" || $0 == "JPEGImages" }
        if let split { dropFirst { SplitFolders.split(named: String($0)) == split } }
        dropFirst { $0 == "images" }
        return parts.filter { $0 != "." && $0 != ".." }.joined(separator: "/")
    }
}

/// The labels of one image.
struct SourceLabels: Sendable {
    var annotations: [Annotation] = []
    var faults: [Fault] = []
    /// The size that the labels were drawn on, where they say so.
    var declaredSize: ImageSize?
    /// The image is not to be used: its labels cannot be read, or the description asks for it.
    var leavesOutImage = false
}

/// An encoded image that a recipe makes, and its labels.
struct GeneratedSample: Sendable {
    var bytes: [UInt8]
    var labels: SourceLabels
    /// Why there are no bytes.
    var fault: Fault?
}

/// Everything a source declares.
struct SourceListing: Sendable {
    var classes: [AnnotationClass]
    var samples: [SourceSample]
    var faults: [Fault]

    var classNames: [String] { classes.map(\.name) }
}

/// A reader of one format. Faults of single samples are listed; an error means that nothing can be read.
protocol DatasetSource: Sendable {
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
