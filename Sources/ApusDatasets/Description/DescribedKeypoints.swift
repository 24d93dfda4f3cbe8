/// A source whose classes' skeletons the description says, or completes.
struct DescribedKeypoints: DatasetSource {
    let source: any DatasetSource
    let keypoints: KeypointDescription

    func listing() throws(DatasetError) -> SourceListing {
        var listing = try source.listing()
        let isNamed = listing.classes.contains { !$0.keypoints.isEmpty }
        for index in listing.classes.indices where !isNamed || !listing.classes[index].keypoints.isEmpty {
            try complete(&listing.classes[index])
        }
        return listing
    }

    private func complete(_ kind: inout AnnotationClass) throws(DatasetError) {
        let count = kind.keypoints.isEmpty ? keypoints.names.count : kind.keypoints.count
        let sigmas = keypoints.sigmas?.values(count: count) ?? []
        let lengths = [
            ("names", keypoints.names.count), ("mirrored", keypoints.mirrored.count), ("sigmas", sigmas.count),
        ]
        for (key, length) in lengths where length != 0 && length != count {
            throw .badDescription(
                path: "dataset.yaml", key: "keypoints.\(key)", found: "\(length) long",
                expected: "\(count), as \(kind.name) has keypoints")
        }
        if !keypoints.names.isEmpty { kind.keypoints = keypoints.names }
        if !keypoints.skeleton.isEmpty { kind.skeleton = keypoints.skeleton.map { SIMD2($0[0], $0[1]) } }
        if !keypoints.mirrored.isEmpty { kind.mirrored = keypoints.mirrored }
        if !sigmas.isEmpty { kind.sigmas = sigmas }
    }
}

extension PreparedDataset {
    /// How far people's marks of each keypoint lie apart, for the classes with keypoints.
    ///
    /// - Throws: `DatasetError.badDescription` where the dataset does not say: no default fits another skeleton.
    public func keypointSigmas() throws(DatasetError) -> [Double] {
        let kind = classes.first { !$0.keypoints.isEmpty }
        guard let kind, kind.sigmas.count == kind.keypoints.count else {
            throw .badDescription(
                path: path, key: "keypoints.sigmas", found: "not said",
                expected: "a list, coco or uniform under keypoints.sigmas in dataset.yaml; prepare again with it")
        }
        return kind.sigmas
    }
}
