import ApusCore
import ApusVision

/// Writes an image into the array that a model takes.
struct PixelTensor {
    let preprocess: Preprocessing
    let layout: Preprocessing.Layout
    let type: Preprocessing.ElementType

    private var channelCount: Int { preprocess.channels == .grey ? 1 : 3 }

    func make(_ image: Image, _ placement: Placement) -> NDArray {
        let planes = padded(covered(image, placement), placement)
        switch (layout, type) {
        case (.nchw, .float32): return planes
        case (.chw, .float32): return planes.reshaped(to: shape(placement))
        default: return arranged(planes, placement)
        }
    }

    private func shape(_ placement: Placement) -> Shape {
        let (width, height) = (placement.inputWidth, placement.inputHeight)
        return switch layout {
        case .nchw: [1, channelCount, height, width]
        case .chw: [channelCount, height, width]
        case .nhwc: [1, height, width, channelCount]
        case .hwc: [height, width, channelCount]
        }
    }

    /// The part of the resized image that lies in the input.
    private func covered(_ image: Image, _ placement: Placement) -> Image {
        let content = image.resized(
            width: placement.contentWidth, height: placement.contentHeight, interpolation: preprocess.interpolation)
        let (columns, rows) = placement.covered
        guard columns.count < content.width || rows.count < content.height else { return content }
        return content.cropped(
            x: columns.lowerBound - placement.left, y: rows.lowerBound - placement.top, width: columns.count,
            height: rows.count)
    }

    /// `[1, channels, inputHeight, inputWidth]`: the normalized image on normalized padding.
    private func padded(_ content: Image, _ placement: Placement) -> NDArray {
        let (width, height) = (placement.inputWidth, placement.inputHeight)
        let planes = normalized(content)
        guard content.width < width || content.height < height else { return planes }
        var result = NDArray(uninitialized: [1, channelCount, height, width], dataType: .float32)
        let (columns, rows) = placement.covered
        result.withMutableElements(of: Float.self) { output in
            for (channel, factors) in factors.enumerated() {
                let padding = preprocess.padding * factors.scale + factors.offset
                output[(channel * width * height)..<((channel + 1) * width * height)].update(repeating: padding)
            }
            planes.withElements(of: Float.self) { input in
                for (line, y) in (0..<channelCount).flatMap({ channel in rows.map { channel * height + $0 } })
                    .enumerated()
                {
                    for x in 0..<columns.count {
                        output[y * width + columns.lowerBound + x] = input[line * columns.count + x]
                    }
                }
            }
        }
        return result
    }

    /// For each channel in the model's order: value · scale + offset.
    private var factors: [(scale: Float, offset: Float)] {
        let scale = preprocess.scale?.value ?? (type == .uint8 ? 1 : 1 / 255)
        return zip(perChannel(preprocess.mean.values), perChannel(preprocess.std.values)).map {
            (scale / $1, -$0 / $1)
        }
    }

    private func perChannel(_ values: [Float]) -> [Float] {
        values.count == 1 ? Array(repeating: values[0], count: channelCount) : values
    }

    private func normalized(_ image: Image) -> NDArray {
        var planes = NDArray(
            uninitialized: [1, channelCount, image.height, image.width], dataType: .float32)
        planes.withMutableElements(of: Float.self) { output in
            guard let base = output.baseAddress else { return }
            if channelCount == 1 {
                for (index, value) in image.luminances.enumerated() {
                    base[index] = Float(value) * factors[0].scale + factors[0].offset
                }
            } else {
                image.normalizedCHW(into: base, specification(image))
            }
        }
        return planes
    }

    private func specification(_ image: Image) -> InputSpecification {
        InputSpecification(
            letterbox: .init(width: image.width, height: image.height),
            channelOrder: preprocess.channels == .bgr ? .bgr : .rgb,
            scale: preprocess.scale?.value ?? (type == .uint8 ? 1 : 1 / 255), mean: perChannel(preprocess.mean.values),
            std: perChannel(preprocess.std.values))
    }

    /// The planes in the model's layout and type.
    private func arranged(_ planes: NDArray, _ placement: Placement) -> NDArray {
        let isInterleaved = layout == .nhwc || layout == .hwc
        let area = placement.inputWidth * placement.inputHeight
        let order = { (index: Int) in
            isInterleaved ? index % channelCount * area + index / channelCount : index
        }
        return planes.withElements(of: Float.self) { values in
            (0..<values.count).array(of: type, shape: shape(placement)) { values[order($0)] }
        }
    }
}

extension Range<Int> {
    /// An array of `type` with the value of every index; bytes are rounded and limited.
    fileprivate func array(
        of type: Preprocessing.ElementType, shape: Shape, _ value: (Int) -> Float
    ) -> NDArray {
        switch type {
        case .float32: return NDArray(map(value), shape: shape)
        case .uint8: return NDArray(map { UInt8(Swift.max(0, Swift.min(255, value($0).rounded()))) }, shape: shape)
        case .float16:
            var result = NDArray(uninitialized: shape, dataType: .float16)
            result.withUnsafeMutableBytes { bytes in
                for index in self {
                    bytes.storeBytes(of: Float16(value(index)), toByteOffset: 2 * index, as: Float16.self)
                }
            }
            return result
        }
    }
}

extension Image {
    /// The brightness of every pixel by the weights of ITU-R BT.601, in OpenCV's fixed point.
    fileprivate var luminances: [UInt8] {
        guard channels > 1 else { return pixels }
        return (0..<width * height).map { index in
            let (red, green, blue) = (
                Int(pixels[index * channels]), Int(pixels[index * channels + 1]), Int(pixels[index * channels + 2])
            )
            return UInt8((red * 9798 + green * 19_235 + blue * 3735 + 16_384) >> 15)
        }
    }
}
