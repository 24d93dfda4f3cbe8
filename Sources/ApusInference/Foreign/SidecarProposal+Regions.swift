import ApusConfiguration
import ApusCore
import ApusVision

/// Models that give pixels or points: the shapes of their outputs tell.
extension SidecarProposal {
    /// A table of anchors and the prototypes of their masks.
    @Sendable static func segments(_ signature: ModelSignature) -> SidecarProposal? {
        guard let table = signature.outputs.first?.shape, table.count == 2, let rows = table[0], let columns = table[1],
            signature.outputs.count == 2, let planes = signature.prototypes, min(rows, columns) > 4 + planes.count,
            areAnchors(max(rows, columns), signature)
        else { return nil }
        return SidecarProposal(
            V8SegmentFormat(), labels: names(min(rows, columns) - 4 - planes.count),
            assuming: ["RGB from 0 to 1 in a letterbox of 114"])
    }

    /// 4 + 1 + 17 · 3 numbers an anchor: COCO's persons, far likelier than 52 classes.
    static var persons: SidecarProposal {
        var format = V8Format()
        format.keypoints = 17
        var proposal = SidecarProposal(
            format, labels: ["person"], assuming: ["COCO's 17 points", "RGB from 0 to 1 in a letterbox of 114"])
        proposal.sidecar.keypoints = .coco
        return proposal
    }

    /// What speaks for each column and each row, of half a pixel.
    @Sendable static func simcc(_ signature: ModelSignature) -> SidecarProposal? {
        guard let width = signature.width, let height = signature.height,
            let columns = signature.output("simcc_x"), let rows = signature.output("simcc_y"),
            columns.lastExtent == 2 * width, rows.lastExtent == 2 * height
        else { return nil }
        var proposal = SidecarProposal(SimCCFormat(), assuming: ["ImageNet's mean and std", "scores are not logits"])
        proposal.sidecar.preprocess.fit = .stretch
        proposal.sidecar.preprocess.padding = 0
        proposal.normalizeAsImageNet()
        let count = columns.shape.flatMap { $0.count == 2 ? $0[0] : nil }
        if count == 17 { proposal.sidecar.keypoints = .coco }
        return proposal
    }

    /// `[classes, height, width]` of the input's shape, or smaller.
    @Sendable static func semantic(_ signature: ModelSignature) -> SidecarProposal? {
        guard let shape = signature.outputs.first?.shape, shape.count == 3, let classes = shape[0],
            let height = shape[1], let width = shape[2], (2...256).contains(classes), min(width, height) > 1
        else { return nil }
        let side = signature.probeSide
        let (across, down) = (signature.width ?? side, signature.height ?? side)
        guard width <= across, height <= down, abs(width * down - height * across) <= max(across, down) else {
            return nil
        }
        var format = SemanticFormat()
        format.output = signature.outputs[0].name
        var proposal = SidecarProposal(
            format, labels: classes == 21 ? PascalVOC.names : [], assuming: ["ImageNet's mean and std"])
        proposal.sidecar.preprocess.fit = .stretch
        proposal.normalizeAsImageNet()
        return proposal
    }
}

/// The classes of Pascal VOC's segmentation task, in the order that torchvision's models number them.
private enum PascalVOC {
    static let names = """
        background aeroplane bicycle bird boat bottle bus car cat chair cow diningtable dog horse motorbike person \
        pottedplant sheep sofa train tvmonitor
        """.split(separator: " ").map(String.init)
}
