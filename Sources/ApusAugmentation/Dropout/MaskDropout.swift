import ApusConfiguration
import ApusCore
import ApusVision

/// Fills whole objects: connected parts of the first mask.
public struct MaskDropout: Transform {
    public var count = 1...1
    /// One colour, or from the picture around.
    public var fill = HoleFill.value(.zero)
    public var maskFill: Fill? = Fill.zero

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("max_objects", &count, single: .upTo(1), in: 1...65_536)
        try parameters.holeFill(&fill, mask: &maskFill)
        guard fill != .random, fill != .randomUniform else {
            throw parameters.problem("fill", "expected a number, inpaint_telea or inpaint_ns")
        }
    }

    /// The parts, counted row by row from 1 on.
    public func draw(for sample: Sample, using stream: inout RandomStream) -> [Int]? {
        guard let mask = sample.masks.first?.raster else { return nil }
        let total = Self.components(mask).count
        guard total > 0 else { return nil }
        return stream.indices(stream.integer(count), of: total, repeats: false).map { $0 + 1 }
    }

    public func apply(_ draw: [Int], to sample: inout Sample) {
        guard let mask = sample.masks.first?.raster, mask.size == sample.size else { return }
        let parts = Components(labelled: mask)
        let chosen = Set(draw)
        let isCovered = parts.labels.map { $0 > 0 && chosen.contains(Int($0)) }
        switch fill {
        case .value(let value): sample.image.cover(isCovered, with: value)
        case .inpainted(let method): sample.image.inpaint(isCovered.map { $0 ? 1 : 0 }, method)
        case .random, .randomUniform: break
        }
        if let maskFill {
            for index in sample.masks.indices { sample.masks[index].raster.cover(isCovered, with: maskFill) }
        }
        hide(isCovered, in: &sample)
    }

    private static func components(_ mask: Raster) -> Components { Components(labelled: mask) }

    private func hide(_ isCovered: [Bool], in sample: inout Sample) {
        let (size, before) = (sample.size, sample.boxes)
        sample.boxes = before.compactMap { box in box.shrunk(in: size) { !isCovered[$1 * size.width + $0] } }
        sample.noteDropped(from: before, to: sample.boxes, by: Self.name, .removed)
        sample.keypoints = sample.keypoints.map { object in
            object.occluded { x, y in
                x >= 0 && y >= 0 && x < size.width && y < size.height && isCovered[y * size.width + x]
            }
        }
    }
}

extension Components {
    /// Of a mask's pixels by their values.
    fileprivate init(labelled mask: Raster) {
        let values = mask.wholeValues()
        self.init(size: mask.size) { values[$0] }
    }
}

extension Raster {
    /// Fills the pixels that are marked.
    mutating func cover(_ isCovered: [Bool], with fill: Fill) {
        let (pixel, bytes) = (pixel(fill), pixelBytes)
        modifyBytes { buffer in
            for (index, isCovered) in isCovered.enumerated() where isCovered {
                for byte in 0..<bytes { buffer[index * bytes + byte] = pixel[byte] }
            }
        }
    }
}
