import ApusConfiguration
import ApusCore
import ApusVision
import CApusKernels

/// What a hole is filled with.
public enum HoleFill: Hashable, Sendable {
    case value(Fill)
    /// Noise.
    case random
    /// One random colour a hole.
    case randomUniform
    /// From the picture around them.
    case inpainted(Inpainting)
}

extension Parameters {
    mutating func holeFill(_ fill: inout HoleFill, mask: inout Fill?) throws(ConfigurationError) {
        var (image, mask_) = (fill, mask)
        try value(
            "fill", read: { node throws(ConfigurationError) in image = try HoleFill(node) }, write: { image.node })
        try value(
            "fill_mask", read: { node throws(ConfigurationError) in mask_ = node.isNull ? nil : try node.fill() },
            write: { mask_.map(YAMLNode.fill) ?? .nothing })
        (fill, mask) = (image, mask_)
    }
}

extension HoleFill {
    fileprivate init(_ node: YAMLNode) throws(ConfigurationError) {
        let text: String? = node.elements == nil ? try node.decoded(String.self) : nil
        switch text {
        case "random": self = .random
        case "random_uniform": self = .randomUniform
        default:
            if let method = text.flatMap(Inpainting.init(rawValue:)) {
                self = .inpainted(method)
            } else {
                self = .value(try node.fill())
            }
        }
    }

    fileprivate var node: YAMLNode {
        switch self {
        case .value(let fill): .fill(fill)
        case .random: .text("random")
        case .randomUniform: .text("random_uniform")
        case .inpainted(let method): .text(method.rawValue)
        }
    }
}

extension Raster {
    mutating func fill(_ holes: [PixelRectangle], with fill: HoleFill, seed: UInt64) {
        var stream = RandomStream(seed: seed)
        switch fill {
        case .value(let value):
            let pixel = pixel(value)
            for hole in holes { self.fill(hole, with: pixel) }
        case .randomUniform:
            for hole in holes {
                let color = Fill((0..<channels).map { _ in randomElement(&stream) })
                self.fill(hole, with: pixel(color))
            }
        case .random:
            for hole in holes { addNoise(hole, &stream) }
        case .inpainted(let method): inpaint(covered(by: holes), method)
        }
    }

    /// A byte a pixel: 1 in a hole.
    private func covered(by holes: [PixelRectangle]) -> [UInt8] {
        var plane = [UInt8](repeating: 0, count: pixelCount)
        for hole in holes {
            for y in hole.top..<hole.top + hole.height {
                let start = y * width + hole.left
                for index in start..<start + hole.width { plane[index] = 1 }
            }
        }
        return plane
    }

    private func randomElement(_ stream: inout RandomStream) -> Double {
        isFloat ? stream.uniform(0, 1) : Double(stream.index(below: 256))
    }

    private mutating func fill(_ hole: PixelRectangle, with pixel: [UInt8]) {
        let (bytes, row) = (pixelBytes, width * pixelBytes)
        modifyBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            for y in hole.top..<hole.top + hole.height {
                apus_fill_pixels(base + y * row + hole.left * bytes, hole.width, pixel, Int32(bytes))
            }
        }
    }

    private mutating func addNoise(_ hole: PixelRectangle, _ stream: inout RandomStream) {
        let (channels, row) = (channels, width * channels)
        func each(_ body: (Int) -> Void) {
            for y in hole.top..<hole.top + hole.height {
                for index in y * row + hole.left * channels..<y * row + (hole.left + hole.width) * channels {
                    body(index)
                }
            }
        }
        modify(
            uint8: { buffer in
                var (bits, left) = (UInt64(0), 0)
                each { index in
                    if left == 0 { (bits, left) = (stream.next(), 8) }
                    buffer[index] = UInt8(truncatingIfNeeded: bits)
                    (bits, left) = (bits >> 8, left - 1)
                }
            },
            float32: { buffer in each { buffer[$0] = stream.uniform() } })
    }
}
