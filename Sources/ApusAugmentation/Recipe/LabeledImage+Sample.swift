import ApusVision

extension LabeledImage {
    /// The picture as pipelines take it: an object's marks have its place in the list for their index.
    ///
    /// - Parameter mirror: where each keypoint goes when the picture is mirrored.
    func asSample(mirror: [Int]) -> Sample {
        var sample = Sample(image: Raster(image), boxes: boxes, keypointMirror: mirror)
        guard objects.contains(where: { $0.shape != nil }) else { return sample }
        for (index, object) in objects.enumerated() {
            if let rings = object.shape?.outline {
                sample.polygons.append(Polygon(rings: rings, label: object.label, index: index))
            }
            if var turned = object.shape?.turned {
                turned.index = index
                sample.rotatedBoxes.append(turned)
            }
        }
        // One element an object, so that places in the list stay the objects' indices whatever is mixed in.
        if objects.contains(where: { $0.shape?.keypoints != nil }) {
            sample.keypoints = objects.map { $0.shape?.keypoints ?? Keypoints([]) }
        }
        return sample
    }

    /// What a pipeline made, as a picture: bytes of RGB.
    ///
    /// - Parameter before: what the pipeline was given; an object that a border repeats has its marks once.
    init(_ sample: Sample, shapesOf before: LabeledImage) {
        let image = sample.image.rgbImage
        guard sample.isShaped || before.objects.contains(where: { $0.shape != nil }) else {
            self.init(image: image, boxes: sample.boxes.map(\.labeled))
            return
        }
        var seen = Set<Int>()
        let boxes = sample.boxes.filter { seen.insert($0.index).inserted }
        let polygons = Dictionary(sample.polygons.map { ($0.index, $0) }, uniquingKeysWith: { first, _ in first })
        let turned = Dictionary(sample.rotatedBoxes.map { ($0.index, $0) }, uniquingKeysWith: { first, _ in first })
        let isOutlined = !sample.polygons.isEmpty || before.objects.contains { $0.shape?.outline != nil }
        let isTurned = !turned.isEmpty || before.objects.contains { $0.shape?.turned != nil }
        self.init(
            image: image,
            objects: boxes.compactMap { box in
                guard !isTurned || turned[box.index] != nil else { return nil }
                let keypoints = sample.keypoints.indices.contains(box.index) ? sample.keypoints[box.index] : nil
                let shape = ObjectShape(
                    outline: isOutlined ? polygons[box.index]?.rings ?? [] : nil, turned: turned[box.index],
                    keypoints: keypoints.flatMap { $0.points.isEmpty ? nil : $0 })
                return SceneObject(box, shape)
            })
    }
}

extension Sample {
    fileprivate var isShaped: Bool { !polygons.isEmpty || !rotatedBoxes.isEmpty || !keypoints.isEmpty }
}

extension SceneObject {
    /// `nil` where nothing of an outline is left.
    fileprivate init?(_ box: SampleBox, _ shape: ObjectShape) {
        guard shape.isOutlined else {
            self.init(box.labeled, shape: shape)
            return
        }
        guard let hull = shape.outlineHull, hull.area > 0 else { return nil }
        self.init(hull, label: box.label, isCrowd: box.isCrowd, shape: shape)
    }
}
