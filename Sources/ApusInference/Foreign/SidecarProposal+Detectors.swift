import ApusConfiguration
import ApusCore

/// Detectors that the names or the number of their outputs give away.
extension SidecarProposal {
    @Sendable static func yunet(_ signature: ModelSignature) -> SidecarProposal? {
        let strides = [8, 16, 32, 64].filter { stride in
            ["cls", "obj", "bbox"].allSatisfy { signature.output("\($0)_\(stride)") != nil }
        }
        guard !strides.isEmpty else { return nil }
        var format = YuNetFormat()
        format.strides = strides
        format.landmarks = signature.output("kps_\(strides[0])") == nil ? nil : "kps_"
        var proposal = SidecarProposal(format, labels: ["face"])
        proposal.feedBytes(.bgr, fit: .letterboxTopLeft, padding: 0)
        proposal.sidecar.thresholds = Thresholds(confidence: 0.6, iou: 0.3)
        return proposal
    }

    /// `detection_boxes`, `detection_scores`, `detection_classes`: bytes in, classes counted from 1.
    @Sendable static func tensorFlowDetector(_ signature: ModelSignature) -> SidecarProposal? {
        let names = signature.outputs.map(\.name)
        let named = { (word: String) in names.first { $0.hasPrefix(word) } }
        guard let boxes = named("detection_boxes"), let scores = named("detection_scores"),
            let classes = named("detection_classes")
        else { return nil }
        var format = DetectionListFormat()
        (format.boxes, format.scores, format.labels) = (boxes, scores, classes)
        format.count = named("num_detections")
        (format.form, format.coordinates, format.firstLabel) = (.yxyx, .normalized, 1)
        var proposal = SidecarProposal(format, assuming: ["classes are counted from 1"])
        proposal.feedBytes(.rgb, fit: .stretch, padding: 0)
        return proposal
    }

    /// RT-DETR and its kin with their decoder in the graph: an input takes the size that boxes are counted in.
    @Sendable static func detectionsWithSizes(_ signature: ModelSignature) -> SidecarProposal? {
        guard let sizes = signature.inputs.first(where: { $0.name == "orig_target_sizes" }),
            let proposal = torchvisionDetector(signature)
        else { return nil }
        var result = proposal
        result.sidecar.preprocess.sizes = [sizes.name: [.imageWidth, .imageHeight]]
        result.sidecar.preprocess.fit = .stretch
        if var format = result.sidecar.decode as? DetectionListFormat {
            format.coordinates = .image
            result.sidecar.decode = format
        }
        result.assumptions = ["orig_target_sizes takes width, height"]
        return result
    }

    /// Boxes `[n, 4]`, scores `[n]` and labels `[n]`, in whatever order: whole numbers are labels.
    @Sendable static func torchvisionDetector(_ signature: ModelSignature) -> SidecarProposal? {
        let isWhole = { (type: DataType) in type == .int64 || type == .int32 }
        let boxes = signature.outputs.first { $0.lastExtent == 4 && ($0.shape?.count ?? 0) <= 2 }
        let labels = signature.outputs.first { isWhole($0.dataType) && ($0.shape?.count ?? 2) <= 1 }
        let scores = signature.outputs.first { output in
            !isWhole(output.dataType) && output.name != boxes?.name && (output.shape?.count ?? 2) <= 1
        }
        guard let boxes, let labels, let scores, signature.outputs.count <= 5 else { return nil }
        var format = DetectionListFormat()
        (format.boxes, format.scores, format.labels) = (boxes.name, scores.name, labels.name)
        var proposal = SidecarProposal(format, assuming: ["RGB from 0 to 1", "boxes in pixels of the input"])
        if !signature.hasFixedSize {
            proposal.sidecar.preprocess.fit = .keepRatio
            proposal.sidecar.preprocess.size = [1333, 800]
        }
        return proposal
    }

    /// Boxes `[n, 5]` with their scores and labels `[n]`, as mmdeploy writes them.
    @Sendable static func scoredBoxes(_ signature: ModelSignature) -> SidecarProposal? {
        let labels = signature.outputs.first { $0.dataType == .int64 && ($0.shape?.count ?? 2) <= 1 }
        guard let boxes = signature.outputs.first(where: { $0.lastExtent == 5 }), let labels else { return nil }
        var format = DetectionListFormat()
        (format.boxes, format.labels) = (boxes.name, labels.name)
        var proposal = SidecarProposal(format, assuming: ["BGR with mmdetection's mean and std"])
        proposal.feedBytes(.bgr, fit: .letterboxTopLeft, padding: 114)
        proposal.sidecar.preprocess.mean = [103.53, 116.28, 123.675]
        proposal.sidecar.preprocess.std = [57.375, 57.12, 58.395]
        return proposal
    }

    /// Boxes, scores and the indices that NonMaxSuppression gives.
    @Sendable static func selected(_ signature: ModelSignature) -> SidecarProposal? {
        let isWhole = { (type: DataType) in type == .int64 || type == .int32 }
        let indices = signature.outputs.first { isWhole($0.dataType) && $0.lastExtent == 3 }
        let boxes = signature.outputs.first { !isWhole($0.dataType) && $0.lastExtent == 4 }
        let scores = signature.outputs.first { !isWhole($0.dataType) && $0.name != boxes?.name }
        guard let indices, let boxes, let scores, signature.outputs.count == 3 else { return nil }
        var format = SelectedFormat()
        (format.boxes, format.scores, format.indices) = (boxes.name, scores.name, indices.name)
        var proposal = SidecarProposal(
            format, labels: scores.shape?.first == 80 ? COCO.names : [], assuming: ["RGB from 0 to 1"])
        guard let size = signature.inputs.first(where: { $0.name != signature.pixels?.name && $0.shape?.last == 2 })
        else { return proposal }
        // YOLOv3 of the ONNX model zoo: boxes in pixels of the image, whose height and width are an input.
        format.coordinates = .image
        proposal.sidecar.decode = format
        proposal.sidecar.preprocess.sizes = [size.name: [.imageHeight, .imageWidth]]
        proposal.sidecar.preprocess.padding = 128
        proposal.sidecar.preprocess.size = signature.hasFixedSize ? nil : [416, 416]
        proposal.assumptions.append("\(size.name) takes height, width")
        return proposal
    }

    /// Logits and boxes of queries.
    @Sendable static func detr(_ signature: ModelSignature) -> SidecarProposal? {
        let find = { (names: [String]) in names.first { signature.output($0) != nil } }
        guard let boxes = find(["pred_boxes", "dets"]), signature.output(boxes)?.lastExtent == 4,
            let logits = find(["logits", "pred_logits", "labels"]), let classes = signature.output(logits)?.lastExtent
        else { return nil }
        var format = DETRFormat()
        (format.logits, format.boxes) = (logits, boxes)
        // DETR has a hundred queries and a class for nothing; those after it have more, and none.
        let isFirst = (signature.output(logits)?.shape?.first.flatMap { $0 }).map { $0 <= 100 } ?? true
        format.activation = isFirst ? .softmax : .sigmoid
        var proposal = SidecarProposal(
            format, labels: classes == 80 ? COCO.names : [],
            assuming: [
                "\(format.activation.rawValue) of \(classes) logits",
                isFirst ? "ImageNet's mean and std" : "RGB from 0 to 1",
            ])
        proposal.sidecar.preprocess.fit = .stretch
        if isFirst || logits == "labels" { proposal.normalizeAsImageNet() }
        return proposal
    }

    /// Boxes `[anchors, 4]` and scores `[anchors, classes]`, maybe landmarks: UltraFace, RetinaFace, SSD.
    @Sendable static func boxesAndScores(_ signature: ModelSignature) -> SidecarProposal? {
        guard (2...3).contains(signature.outputs.count) else { return nil }
        let tables = signature.outputs.filter { $0.shape?.count == 2 }
        let boxes = tables.filter { $0.lastExtent == 4 }
        guard tables.count == signature.outputs.count, boxes.count == 1, let count = boxes[0].shape?.first ?? nil,
            tables.allSatisfy({ $0.shape?.first == count })
        else { return nil }
        let landmarks = tables.first { $0.name != boxes[0].name && $0.lastExtent == 10 }
        let rest = tables.filter { $0.name != boxes[0].name && $0.name != landmarks?.name }
        guard rest.count == 1, let classes = rest[0].lastExtent else { return nil }
        var format = SSDFormat()
        (format.boxes, format.scores, format.landmarks) = (boxes[0].name, rest[0].name, landmarks?.name)
        format.background = classes == 1 ? .none : .first
        if landmarks != nil { return retinaFace(format) }
        if classes == 80 {
            (format.background, format.coordinates) = (.none, .input)
            return SidecarProposal(
                format, labels: COCO.names, assuming: ["corners in pixels of the input", "RGB from 0 to 1"])
        }
        var proposal = SidecarProposal(
            format, labels: classes <= 2 ? ["face"] : [],
            assuming: ["boxes are decoded, in parts of the input", "RGB as (value − 127) / 128"])
        proposal.feedBytes(.rgb, fit: .stretch, padding: 0)
        (proposal.sidecar.preprocess.mean, proposal.sidecar.preprocess.std) = ([127], [128])
        proposal.sidecar.thresholds = Thresholds(confidence: 0.6, iou: 0.5)
        return proposal
    }

    private static func retinaFace(_ format: SSDFormat) -> SidecarProposal {
        var format = format
        format.priors = Priors(strides: [8, 16, 32], sizes: [[16, 32], [64, 128], [256, 512]])
        var proposal = SidecarProposal(
            format, labels: ["face"], assuming: ["RetinaFace's priors", "BGR less 104, 117, 123"])
        proposal.feedBytes(.bgr, fit: .letterboxTopLeft, padding: 0)
        proposal.sidecar.preprocess.mean = [104, 117, 123]
        proposal.sidecar.thresholds = Thresholds(confidence: 0.6, iou: 0.4)
        return proposal
    }
}

extension SidecarProposal {
    /// Values from 0 to 255.
    mutating func feedBytes(_ channels: Preprocessing.Channels, fit: Preprocessing.Fit, padding: Float) {
        sidecar.preprocess.channels = channels
        sidecar.preprocess.fit = fit
        sidecar.preprocess.padding = padding
        sidecar.preprocess.scale = 1
    }

    mutating func normalizeAsImageNet() {
        sidecar.preprocess.mean = [0.485, 0.456, 0.406]
        sidecar.preprocess.std = [0.229, 0.224, 0.225]
    }
}
