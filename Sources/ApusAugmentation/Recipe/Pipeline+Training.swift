import ApusConfiguration

extension Pipeline {
    /// The first of its transforms that leaves other than bytes, where there is one.
    var normalizingName: String? { transformNames.first { Self.normalizing.contains($0) } }

    /// Why training's images of 3 channels cannot go through; `nil` where they can.
    var trainingProblem: String? {
        if let normalizingName { return "no \(normalizingName): training takes bytes and normalizes them by itself" }
        do throws(ConfigurationError) {
            try check(channels: 3)
            return nil
        } catch { return error.description }
    }

    private static let normalizing: Set = ["Normalize", "ToFloat", "FromFloat"]

    /// The first of its transforms that may exchange left and right, where there is one.
    public var mirroringName: String? { transformNames.first { Self.mirroring.contains($0) } }

    private static let mirroring: Set = ["HorizontalFlip", "VerticalFlip", "Transpose", "D4", "SquareSymmetry"]

    /// The first of its transforms that does not keep skeletons whole, where there is one.
    public var skeletonBreakingName: String? {
        if keypoints?.removesInvisible == true { return "remove_invisible" }
        return transformNames.first { $0 == "CopyPaste" }
    }
}
