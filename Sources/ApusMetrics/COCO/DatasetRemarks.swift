/// What is odd about a ground truth, and pycocotools passes over in silence.
struct DatasetRemarks: Sendable {
    private let repeatedImages, repeatedCategories, strayAnnotations, unsureTruths: Int
    private let hasZeroID, isFederated: Bool

    /// - Parameters:
    ///   - images: how many different ids there are.
    ///   - categories: how many different ids there are.
    init(
        _ dataset: COCODataset, images: Int, categories: Int, truths: [Truth<some EvaluatedShape>],
        profile: EvaluationProfile
    ) {
        repeatedImages = dataset.images.count - images
        repeatedCategories = dataset.categories.count - categories
        strayAnnotations = dataset.annotations.count - truths.count
        unsureTruths = dataset.annotations.count { $0.isDifficult && !$0.isCrowd }
        hasZeroID = truths.contains { !$0.countsAsFound }
        isFederated = dataset.images.contains { !$0.absentCategoryIDs.isEmpty }
    }

    func notes(_ profile: EvaluationProfile) -> [String] {
        var notes: [String] = []
        func note(_ count: Int, _ text: String) {
            if count > 0 { notes.append("\(count) \(text)") }
        }
        if hasZeroID, profile.integration == .recalls {
            let whose = profile == .lvis ? "the LVIS API" : "pycocotools"
            notes.append(
                "annotation id 0: as in \(whose) it never counts as found; number the annotations from 1")
        }
        note(
            strayAnnotations,
            "annotations of images or classes that the ground truth does not list were left out")
        note(repeatedImages, "images repeat an id; each id counts once")
        note(repeatedCategories, "classes repeat an id; the last of them gives the name")
        if profile == .coco {
            note(
                unsureTruths,
                "annotations marked ignore or difficult count like any other, as in pycocotools")
        }
        if profile == .lvis, !isFederated {
            notes.append(
                "no image lists neg_category_ids: detections count only of classes that their image has")
        }
        return notes
    }
}
