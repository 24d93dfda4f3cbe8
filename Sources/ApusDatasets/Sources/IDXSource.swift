import ApusCore
import ApusVision

/// The images and labels of one part of an IDX data set.
struct IDXPart: Sendable {
    let path: String
    let width: Int
    let height: Int
    /// `count × height × width` grey bytes.
    let pixels: [UInt8]
    let labels: [UInt8]

    var count: Int { labels.count }

    func pixels(_ index: Int) -> ArraySlice<UInt8> { pixels[index * width * height..<(index + 1) * width * height] }

    /// `train` reads train-images-idx3-ubyte and train-labels-idx1-ubyte; `nil` where the images are not there.
    static func read(_ name: String, in folder: String) throws(DatasetError) -> IDXPart? {
        guard let imagePath = file(name + "-images", in: folder) else { return nil }
        guard let labelPath = file(name + "-labels", in: folder) else {
            throw .unreadableSource(path: folder, line: nil, reason: "\(name)-images without \(name)-labels")
        }
        let images = try IDXFile.read(imagePath)
        let labels = try IDXFile.read(labelPath)
        guard images.dimensions.count == 3, images.dimensions[1] > 0, images.dimensions[2] > 0 else {
            throw .unreadableSource(path: imagePath, line: nil, reason: "an IDX array that is not N × height × width")
        }
        guard labels.dimensions == [images.dimensions[0]] else {
            throw .unreadableSource(
                path: labelPath, line: nil, reason: "labels \(labels.dimensions) for \(images.dimensions[0]) images")
        }
        return IDXPart(
            path: imagePath, width: images.dimensions[2], height: images.dimensions[1], pixels: images.bytes,
            labels: labels.bytes)
    }

    private static func file(_ prefix: String, in folder: String) -> String? {
        let names = (try? FileSystem.names(in: folder)) ?? []
        return names.first { $0.hasPrefix(prefix) && $0.contains("ubyte") }.map { folder + "/" + $0 }
    }
}

/// MNIST-like data sets: `train-…` is the train split, `t10k-…` the test split, and `val-…`, where it is there, val.
/// <https://github.com/zalandoresearch/fashion-mnist>
///
/// `classes.txt` names the classes; without it they are digits. An image is labelled as a whole; with `compose`, scenes are built from the images instead.
struct IDXSource: DatasetSource {
    let root: String
    let description: DatasetDescription

    func listing() throws(DatasetError) -> SourceListing {
        let train = try IDXPart.read("train", in: root)
        var test = try IDXPart.read("t10k", in: root)
        if test == nil { test = try IDXPart.read("test", in: root) }
        let val = try IDXPart.read("val", in: root)
        guard train != nil || test != nil else {
            throw .unreadableSource(
                path: root, line: nil, reason: "no train-images-idx3-ubyte or t10k-images-idx3-ubyte")
        }
        let listed = description.classes.isEmpty ? try ClassList.read(in: root) : description.classes
        let classes = (listed.isEmpty ? Self.digits(train, val, test) : listed).map { AnnotationClass($0) }
        if let recipe = description.compose {
            return try Composer(recipe: recipe, classes: classes, train: train, test: test).listing()
        }
        var listing = SourceListing(classes: classes, samples: [], faults: [])
        for (part, split) in [(train, Split.train), (val, .val), (test, .test)] {
            if let part { append(part, split: split, to: &listing) }
        }
        return listing
    }

    private func append(_ part: IDXPart, split: Split, to listing: inout SourceListing) {
        for index in 0..<part.count {
            let label = Int(part.labels[index])
            guard label < listing.classes.count else {
                listing.faults.append(part.classFault(index, classCount: listing.classes.count))
                continue
            }
            let labels = SourceLabels(annotations: [Annotation(label: label)])
            listing.samples.append(
                SourceSample(
                    name: "\(split.rawValue)/\(zeroPadded(index, digits: 6)).png",
                    content: .generated { GeneratedSample(bytes: part.png(index), labels: labels) },
                    split: split, labelFile: part.path))
        }
    }

    /// As many digits as there are labels.
    private static func digits(_ parts: IDXPart?...) -> [String] {
        let most = parts.compactMap { $0?.labels.max() }.max() ?? 0
        return (0...Int(most)).map(String.init)
    }
}

extension IDXPart {
    func png(_ index: Int) -> [UInt8] {
        Image(width: width, height: height, channels: 1, pixels: Array(pixels(index))).pngData()
    }

    func classFault(_ index: Int, classCount: Int) -> Fault {
        Fault(
            .classOutOfRange, file: path,
            message: "image \(index) has label \(labels[index]) of \(classCount) classes; left out")
    }
}

/// `number` with zeros before it.
func zeroPadded(_ number: Int, digits: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
}
