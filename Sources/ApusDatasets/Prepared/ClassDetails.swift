/// What a prepared version keeps of a class beside its name.
struct ClassDetails: Codable, Hashable {
    var id: Int?
    var group: String?
    var keypoints: [String]
    /// Pairs of keypoints.
    var skeleton: [[Int]]
    var mirrored: [Int]
    /// `nil` where nothing is said, so that versions from before keep their ids.
    var sigmas: [Double]?

    init(_ described: AnnotationClass) {
        (id, group, keypoints, mirrored) = (described.id, described.group, described.keypoints, described.mirrored)
        skeleton = described.skeleton.map { [$0.x, $0.y] }
        sigmas = described.sigmas.isEmpty ? nil : described.sigmas
    }

    /// Whether the name says everything.
    var isEmpty: Bool { group == nil && keypoints.isEmpty && skeleton.isEmpty && mirrored.isEmpty && sigmas == nil }

    func described(name: String) -> AnnotationClass {
        var result = AnnotationClass(name, id: id)
        (result.group, result.keypoints, result.mirrored) = (group, keypoints, mirrored)
        result.sigmas = sigmas ?? []
        result.skeleton = skeleton.compactMap { $0.count == 2 ? SIMD2($0[0], $0[1]) : nil }
        return result
    }

    /// `nil` where the names say everything; a class's number alone is not worth another version.
    static func text(of classes: [AnnotationClass]) -> String? {
        let details = classes.map(ClassDetails.init)
        return details.allSatisfy(\.isEmpty) ? nil : PreparationJSON.text(details, pretty: false)
    }
}
