import ApusConfiguration
import ApusCore

/// Models with one output that counts: finished rows, anchors, or classes.
extension SidecarProposal {
    /// `[n, 6]`, `[n, 7]` with the image first, or OpenVINO's `[n, 7]`.
    @Sendable static func rows(_ signature: ModelSignature) -> SidecarProposal? {
        guard signature.outputs.count == 1, let shape = signature.outputs[0].shape, shape.count == 2,
            let columns = shape[1], columns == 6 || columns == 7, (shape[0] ?? 0) <= 1000
        else { return nil }
        var format = DetectionListFormat()
        if columns == 7, signature.outputs[0].name.lowercased().contains("detection") {
            format.columns = [.image, .label, .score, .a, .b, .c, .d]
            format.coordinates = .normalized
        } else if columns == 7 {
            format.columns = [.image, .a, .b, .c, .d, .label, .score]
        }
        let order = format.columns.map(\.rawValue).joined(separator: ", ")
        return SidecarProposal(format, assuming: ["rows of \(order)", "RGB from 0 to 1"])
    }

    /// One table of anchors: the shorter side is an anchor's numbers.
    @Sendable static func anchors(_ signature: ModelSignature) -> SidecarProposal? {
        guard let shape = signature.outputs.first?.shape, shape.count == 2, let rows = shape[0], let columns = shape[1],
            min(rows, columns) > 4, areAnchors(max(rows, columns), signature)
        else { return nil }
        if rows == 56 { return persons }
        if rows < columns { return v8(classCount: rows - 4) }
        return yolox(signature, anchors: rows, numbers: columns) ?? queries(rows, columns)
            ?? v5(classCount: columns - 5)
    }

    /// A detector has one or three anchors a cell of its levels, or a few hundred queries; masks have more.
    static func areAnchors(_ count: Int, _ signature: ModelSignature) -> Bool {
        let (width, height) = (signature.width ?? signature.probeSide, signature.height ?? signature.probeSide)
        let levels = [[8, 16, 32], [8, 16, 32, 64], [4, 8, 16, 32], [16, 32]]
        return count == 300
            || levels.contains { strides in
                Grid.cellCount(width: width, height: height, strides: strides).map { $0 == count || 3 * $0 == count }
                    ?? false
            }
    }

    private static func v8(classCount: Int) -> SidecarProposal {
        SidecarProposal(
            V8Format(), labels: names(classCount), assuming: ["RGB from 0 to 1 in a letterbox of 114"])
    }

    private static func v5(classCount: Int) -> SidecarProposal? {
        guard classCount > 0 else { return nil }
        var format = V8Format()
        (format.objectness, format.features) = (true, .last)
        return SidecarProposal(
            format, labels: names(classCount), assuming: ["an objectness", "RGB from 0 to 1 in a letterbox of 114"])
    }

    /// One anchor a cell, where YOLOv5 has three.
    private static func yolox(_ signature: ModelSignature, anchors: Int, numbers: Int) -> SidecarProposal? {
        let (width, height) = (signature.width ?? signature.probeSide, signature.height ?? signature.probeSide)
        let strides = [[8, 16, 32], [8, 16, 32, 64]].first { strides in
            Grid.cellCount(width: width, height: height, strides: strides) == anchors
        }
        guard let strides, numbers > 5 else { return nil }
        var format = YOLOXFormat()
        format.strides = strides
        var proposal = SidecarProposal(
            format, labels: names(numbers - 5), assuming: ["offsets are not decoded", "BGR from 0 to 255"])
        proposal.feedBytes(.bgr, fit: .letterboxTopLeft, padding: 114)
        proposal.sidecar.thresholds = Thresholds(confidence: 0.3, iou: 0.45)
        return proposal
    }

    /// RT-DETR as Ultralytics exports it.
    private static func queries(_ count: Int, _ numbers: Int) -> SidecarProposal? {
        guard count == 300 else { return nil }
        var format = V8Format()
        (format.features, format.coordinates, format.suppress) = (.last, .normalized, false)
        var proposal = SidecarProposal(
            format, labels: names(numbers - 4), assuming: ["boxes in parts of the input", "RGB from 0 to 1"])
        proposal.sidecar.preprocess.fit = .stretch
        return proposal
    }

    static func names(_ count: Int) -> [String] { count == 80 ? COCO.names : [] }

    /// `[classes]` after the batch, or `[classes, 1, 1]`.
    @Sendable static func classifier(_ signature: ModelSignature) -> SidecarProposal? {
        guard let shape = signature.outputs.first?.shape, let count = shape.first ?? nil, count > 1,
            shape.count == 1 || shape.dropFirst() == [1, 1]
        else { return nil }
        var proposal = SidecarProposal(ClassifierFormat())
        proposal.sidecar.preprocess.fit = .centerCrop
        proposal.sidecar.preprocess.interpolation = .antialiased
        let side = signature.height.flatMap { height in signature.width.map { min($0, height) } } ?? signature.probeSide
        if (64...8192).contains(side) { proposal.sidecar.preprocess.resize = side * 8 / 7 }
        proposal.normalize(as: signature)
        return proposal
    }

    /// PyTorch's classifiers take ImageNet's statistics, TensorFlow's −1 to 1, those of bytes and of grey neither.
    private mutating func normalize(as signature: ModelSignature) {
        if signature.pixels?.dataType == .uint8 {
            assumptions.append("RGB bytes")
        } else if signature.channels == 1 {
            sidecar.preprocess.channels = .grey
            assumptions.append("grey from 0 to 1")
        } else if signature.isInterleaved {
            (sidecar.preprocess.scale, sidecar.preprocess.mean, sidecar.preprocess.std) = (1, [127.5], [127.5])
            assumptions.append("RGB from −1 to 1")
        } else {
            normalizeAsImageNet()
            assumptions.append("ImageNet's mean and std")
        }
    }
}
