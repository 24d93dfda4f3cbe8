import ApusAugmentation
import ApusVision

extension Batch {
    /// Its images with everything drawn that they teach: boxes, masks, keypoints or classes.
    ///
    /// - Parameters:
    ///   - classes: their names, and pairs of keypoints that are drawn connected.
    ///   - width: of a picture, in pixels; a line of text stands below it.
    public func drawings(classes: [AnnotationClass], width: Int = 320) -> [Image] {
        let panel = SamplePanel(
            width: width, classNames: classes.map(\.name),
            skeleton: classes.first { !$0.skeleton.isEmpty }?.skeleton ?? [])
        return (0..<count).map { panel.image(of: sample($0), title: title($0, classes), notes: []) }
    }

    private func title(_ image: Int, _ classes: [AnnotationClass]) -> String {
        let named = labels.filter { $0.image == image }.map { share in
            let name = classes.indices.contains(share.label) ? classes[share.label].name : "\(share.label)"
            return share.share == 1 ? name : "\(name) \(Int((share.share * 100).rounded()))%"
        }
        return named.isEmpty ? "image \(indices[image])" : named.joined(separator: ", ")
    }

    private func sample(_ image: Int) -> Sample {
        let bytes = width * height * 3
        let size = ImageSize(width: width, height: height)
        let pixels = withUnsafeBytes { Array($0[image * bytes..<(image + 1) * bytes]) }
        var sample = Sample(image: Raster(size: size, channels: 3, uint8: pixels))
        for (index, target) in targets.enumerated() where target.image == image { add(index, target, to: &sample) }
        return sample
    }

    private func add(_ index: Int, _ target: DetectionTarget, to sample: inout Sample) {
        let (x, y) = (target.centerX * Float(width), target.centerY * Float(height))
        let (across, down) = (target.width * Float(width), target.height * Float(height))
        if target.angle == 0 {
            let box = BoundingBox(centerX: x, centerY: y, width: across, height: down)
            sample.boxes.append(SampleBox(LabeledBox(box, label: target.label), index: index))
        } else {
            sample.rotatedBoxes.append(
                RotatedBox(
                    center: Point(Double(x), Double(y)), width: Double(across), height: Double(down),
                    angle: Double(target.angle), label: target.label))
        }
        if !masks.isEmpty { sample.masks.append(SampleMask("\(index)", raster(masks.windows[index]))) }
        let count = targets.isEmpty ? 0 : keypoints.count / targets.count
        guard count > 0 else { return }
        sample.keypoints.append(
            Keypoints(
                keypoints[index * count..<(index + 1) * count].map { row in
                    Keypoint(
                        x: row.x * Float(width), y: row.y * Float(height),
                        visibility: Keypoint.Visibility(rawValue: Int(row.z)) ?? .absent)
                }))
    }

    /// A window in its place, one element a cell.
    private func raster(_ window: InstanceMasks.Window) -> Raster {
        let cell = InstanceMasks.cell
        let size = ImageSize(width: (width + cell - 1) / cell, height: (height + cell - 1) / cell)
        var bytes = [UInt8](repeating: 0, count: size.width * size.height)
        for row in 0..<window.height {
            for column in 0..<window.width {
                bytes[(window.top + row) * size.width + window.left + column] =
                    masks.bytes[window.offset + row * window.width + column]
            }
        }
        return Raster(size: size, channels: 1, uint8: bytes)
    }
}
