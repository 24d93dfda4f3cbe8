import ApusAugmentation
import ApusCore
import ApusVision

/// A source whose images and labels a recipe changes: its samples are made when they are asked for.
struct RecipeSource: DatasetSource {
    let source: any DatasetSource
    let recipe: DatasetRecipe
    /// Of the choice among images without objects.
    let seed: UInt64
    let threads: Int

    func listing() throws(DatasetError) -> SourceListing {
        var listing = try source.listing()
        let samples = listing.samples
        let decoded = DecodedImages(capacity: threads)
        let made = parallelMap(samples.count, threads: threads) { self.samples(of: samples[$0], decoded) }
        listing.samples = made.flatMap { $0 }
        return listing
    }

    /// What an image becomes; one that cannot be read stays, and is reported when it is.
    private func samples(of sample: SourceSample, _ decoded: DecodedImages) -> [SourceSample] {
        guard let header = sample.header else { return [sample] }
        let size = ImageSize(width: header.displaySize.width, height: header.displaySize.height)
        let windows = recipe.tiles?.windows(of: size) ?? [ImageWindow(whole: size)]
        let read = { @Sendable in windows.count > 1 ? decoded.image(of: sample, uses: windows.count) : sample.decoded }
        return windows.map { window in
            var tile = sample
            if windows.count > 1 {
                let ending = "-\(window.x)-\(window.y)"
                tile.name = renamed(sample.name, ending)
                tile.shortName = renamed(sample.nameInSplit, ending)
                (tile.id, tile.origin) = (nil, sample.name)
            }
            return withRecipe(
                tile, original: sample, read: read, window: window, orientation: header.orientation, size: size)
        }
    }

    private func withRecipe(
        _ tile: SourceSample, original: SourceSample, read: @escaping @Sendable () -> DecodedImage,
        window: ImageWindow, orientation: ImageOrientation, size: ImageSize
    ) -> SourceSample {
        var result = tile
        let resizing = recipe.resize?.window(of: window.canvas) ?? ImageWindow(whole: window.canvas)
        let isWhole = window == ImageWindow(whole: size) && resizing == ImageWindow(whole: size)
        let name = tile.name
        guard !isWhole || (recipe.autoOrient && orientation != .up) else {
            let read = original.labels
            if case .generated(let make) = original.content {
                result.content = .generated {
                    var made = make()
                    filter(&made.labels, name: name)
                    return made
                }
            }
            result.labels = { size in
                var labels = read(size)
                filter(&labels, name: name)
                return labels
            }
            return result
        }
        result.declaredSize = nil
        result.content = .generated { make(original, read(), name: name, windows: [window, resizing]) }
        return result
    }

    private func make(
        _ sample: SourceSample, _ decoded: DecodedImage, name: String, windows: [ImageWindow]
    ) -> GeneratedSample {
        guard case .success(let (image, read)) = decoded else {
            guard case .failure(let fault) = decoded else { return GeneratedSample(bytes: [], labels: .init()) }
            return GeneratedSample(bytes: [], labels: SourceLabels(leavesOutImage: true), fault: fault.fault)
        }
        var (made, labels) = (image, read)
        labels.declaredSize = nil
        if let declared = read.declaredSize, declared != image.size {
            let message =
                "labelled as \(declared), but \(sample.name) is \(image.size); kept, with the boxes as they stand"
            labels.faults.append(Fault(.sizeMismatch, file: sample.labelFile, message: message))
        }
        for window in windows {
            let size = made.size
            labels.annotations = labels.annotations.compactMap { window.apply(to: $0, size: size) }
            made = window.apply(to: made)
        }
        filter(&labels, name: name)
        let bytes = recipe.encoding == .png ? made.pngData() : made.jpegData(quality: 95)
        return GeneratedSample(bytes: bytes, labels: labels)
    }

    /// Leaves out images without objects, as many as the recipe says.
    private func filter(_ labels: inout SourceLabels, name: String) {
        guard recipe.keepEmpty < 1, labels.annotations.isEmpty else { return }
        var splits = SplitDescription()
        splits.seed = seed
        let position = SplitAssignment(description: splits).position(of: "empty/" + name)
        if position >= recipe.keepEmpty { labels.leavesOutImage = true }
    }

    /// With an ending before the extension.
    private func renamed(_ name: String, _ ending: String) -> String {
        let base = stem(of: name)
        return base + ending + name.dropFirst(base.count)
    }
}

extension SourceSample {
    /// `nil` where it cannot be read.
    var header: ImageHeader? {
        switch content {
        case .file(let path): try? ImageHeader.read(contentsOf: path)
        case .generated(let make):
            make().bytes.withUnsafeBytes { try? ImageHeader.read(decoding: $0, name: name) }
        }
    }

    /// The pixels and the labels.
    var decoded: DecodedImage {
        do throws(ImageError) {
            switch content {
            case .file(let path):
                let image = try Image(contentsOf: path)
                return .success((image, labels(image.size)))
            case .generated(let make):
                let generated = make()
                return .success((try Image(decoding: generated.bytes, name: name), generated.labels))
            }
        } catch {
            return .failure(ImageFault(error, path: imageFile))
        }
    }
}
