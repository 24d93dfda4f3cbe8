import ApusAugmentation
import ApusVision

extension ImageReader {
    /// Whether the labels say what the task is to learn.
    ///
    /// - Throws: `LoaderError.unsuitable`, naming an image that does not fit.
    func checkLabels() throws(LoaderError) {
        var (hasObjects, fits) = (false, false)
        for index in indices {
            for annotation in dataset.annotations(of: index) where !annotation.flags.contains(.crowd) {
                hasObjects = true
                if annotation.says(task) {
                    fits = true
                } else if task == .segment || annotation.isWholeImage {
                    throw .unsuitable(
                        task: task.rawValue,
                        reason:
                            "\(dataset.name(of: index)) has \(annotation.isWholeImage ? "a class as a whole" : "a box")"
                            + ", expected \(task.expectation)",
                        remedy: annotation.isWholeImage ? "train classify" : "outline all objects, or train detect")
                }
            }
        }
        guard fits || !hasObjects else {
            throw .unsuitable(
                task: task.rawValue, reason: "no object of these images has \(task.expectation)",
                remedy: "take a dataset that says it, or train detect")
        }
    }

    /// What of keypoints batches need; nothing but for poses.
    func skeleton() throws(LoaderError) -> TrainingImageMaker.Skeleton {
        guard task == .pose else { return .init() }
        guard let skeleton = try dataset.skeleton() else { throw .noKeypoints }
        let fits = skeleton.mirrored.count == skeleton.keypoints.count
        return .init(count: skeleton.keypoints.count, mirror: fits ? skeleton.mirrored : [])
    }

    /// Each image's size at `imageSize` on its longer side, for rectangular batches.
    func fittedSizes(_ settings: LoaderSettings) throws(LoaderError) -> [ImageSize] {
        guard settings.rectangular else { return [] }
        var sizes: [ImageSize] = []
        for position in indices.indices {
            sizes.append(try size(at: position).scaled(longerSide: settings.imageSize))
        }
        return sizes
    }
}

extension Annotation {
    /// Whether it says what a task is to learn.
    fileprivate func says(_ task: ObjectTask) -> Bool {
        switch task {
        case .detect: !isWholeImage
        case .segment: region != nil
        case .pose: keypoints.contains { $0.visibility != .absent }
        case .obb: rotatedBox != nil || region != nil
        }
    }
}

extension ObjectTask {
    fileprivate var expectation: String {
        switch self {
        case .detect: "a box"
        case .segment: "an outline or a mask"
        case .pose: "keypoints"
        case .obb: "a turned box or an outline"
        }
    }
}

extension AugmentationConfiguration {
    /// Whether the skeleton says what mirroring exchanges, where anything mirrors.
    ///
    /// - Throws: `LoaderError.unsuitable`, which says what to write.
    func checkMirroring(_ skeleton: TrainingImageMaker.Skeleton) throws(LoaderError) {
        for (key, pipeline) in [("picture_transforms", pictureTransforms), ("transforms", transforms)] {
            if let name = pipeline?.skeletonBreakingName {
                throw .badSetting(key: key, found: name, expected: "what keeps skeletons whole, for the task pose")
            }
        }
        guard skeleton.mirror.isEmpty else { return }
        let keys: [String?] = [
            flipHorizontal > 0 ? "fliplr" : nil, flipVertical > 0 ? "flipud" : nil,
            pictureTransforms?.mirroringName.map { "\($0) of picture_transforms" },
            transforms?.mirroringName.map { "\($0) of transforms" },
        ]
        try Self.refuse(keys.compactMap { $0 }, count: skeleton.count)
    }

    private static func refuse(_ mirroring: [String], count: Int) throws(LoaderError) {
        guard let first = mirroring.first else { return }
        let zero = first == "fliplr" || first == "flipud" ? "set \(first): 0" : "take it out"
        throw .unsuitable(
            task: "pose", reason: "\(first) mirrors images, but the dataset does not say which keypoints are exchanged",
            remedy:
                "write keypoints.mirrored in dataset.yaml, for each of the \(count) keypoints the number of the one "
                + "that it becomes (its own where it has no other side), or \(zero)")
    }
}

extension CropAugmentation {
    /// As that of whole images.
    func checkMirroring(_ skeleton: TrainingImageMaker.Skeleton) throws(LoaderError) {
        var configuration = AugmentationConfiguration.none
        (configuration.flipHorizontal, configuration.transforms) = (flipHorizontal, transforms)
        try configuration.checkMirroring(skeleton)
    }
}
