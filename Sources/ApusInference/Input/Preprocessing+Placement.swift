import ApusVision

extension Preprocessing {
    /// Where an image lies in the input.
    ///
    /// - Parameters:
    ///   - width: the input's extents, or with `keep-ratio` those that the image must fit into.
    /// - Returns: `nil` where the input or the resized image would be larger than memory should hold.
    func placement(imageWidth: Int, imageHeight: Int, width: Int, height: Int) -> Placement? {
        guard Self.sides.contains(width), Self.sides.contains(height) else { return nil }
        let image = Extents(width: imageWidth, height: imageHeight)
        let input = Extents(width: width, height: height)
        let placement =
            switch fit {
            case .stretch: Placement(image, in: input, content: input)
            case .letterbox: letterbox(image, input)
            case .letterboxTopLeft: corner(image, input)
            case .centerCrop: crop(image, input)
            case .keepRatio: kept(image, input)
            case .height: asHigh(image, input)
            }
        let (content, overflow) = placement.contentWidth.multipliedReportingOverflow(by: placement.contentHeight)
        let pixels = placement.inputWidth * placement.inputHeight
        return overflow || max(content, pixels) > 1 << 26 ? nil : placement
    }

    /// What a side of an input may measure.
    static let sides = 1...16_384

    private func letterbox(_ image: Extents, _ input: Extents) -> Placement {
        let specification = LetterboxSpecification(
            width: input.width, height: input.height, allowsUpscaling: upscale)
        return Placement(Letterbox(specification, imageWidth: image.width, imageHeight: image.height))
    }

    private func ratio(_ image: Extents, in input: Extents) -> Double {
        let ratio = min(
            Double(input.width) / Double(image.width), Double(input.height) / Double(image.height))
        return upscale ? ratio : min(ratio, 1)
    }

    /// YOLOX: `int(side · ratio)`.
    private func corner(_ image: Extents, _ input: Extents) -> Placement {
        let ratio = ratio(image, in: input)
        return Placement(image, in: input, content: image.scaled(by: ratio, .towardZero), ratio: ratio)
    }

    /// torchvision's `Resize(resize)` and `CenterCrop(size)`.
    private func crop(_ image: Extents, _ input: Extents) -> Placement {
        let content = resize.map { image.scaled(shorterSide: $0) } ?? image.covering(input)
        let (left, top) = (content.width - input.width, content.height - input.height)
        let half = resize == nil ? { $0 / 2 } : Self.half
        return Placement(image, in: input, content: content, left: -half(left), top: -half(top))
    }

    /// Half to even, as Python rounds.
    private static func half(_ value: Int) -> Int { Int((Double(value) / 2).rounded(.toNearestOrEven)) }

    private func kept(_ image: Extents, _ limit: Extents) -> Placement {
        let content = image.scaled(by: ratio(image, in: limit), .toNearestOrAwayFromZero)
        let roundedUp = { (side: Int) in (side + multiple - 1) / multiple * multiple }
        return Placement(
            image, in: Extents(width: roundedUp(content.width), height: roundedUp(content.height)), content: content)
    }

    private func asHigh(_ image: Extents, _ input: Extents) -> Placement {
        let width = (Double(input.height) * Double(image.width) / Double(image.height)).rounded(.up)
        let content = Extents(width: max(1, Int(min(width, Double(input.width)))), height: input.height)
        return Placement(image, in: input, content: content)
    }
}

private struct Extents {
    let width, height: Int

    func scaled(by ratio: Double, _ rule: FloatingPointRoundingRule) -> Extents {
        let side = { (length: Int) in max(1, Int((Double(length) * ratio).rounded(rule))) }
        return Extents(width: side(width), height: side(height))
    }

    /// The longer side is cut to a whole number, as torchvision does.
    func scaled(shorterSide: Int) -> Extents {
        width <= height
            ? Extents(width: shorterSide, height: max(1, shorterSide * height / width))
            : Extents(width: max(1, shorterSide * width / height), height: shorterSide)
    }

    func covering(_ other: Extents) -> Extents {
        let ratio = max(Double(other.width) / Double(width), Double(other.height) / Double(height))
        let content = scaled(by: ratio, .toNearestOrAwayFromZero)
        return Extents(width: max(content.width, other.width), height: max(content.height, other.height))
    }
}

extension Placement {
    fileprivate init(
        _ image: Extents, in input: Extents, content: Extents, left: Int = 0, top: Int = 0, ratio: Double? = nil
    ) {
        self.init(
            imageWidth: image.width, imageHeight: image.height, inputWidth: input.width, inputHeight: input.height,
            contentWidth: content.width, contentHeight: content.height, left: left, top: top,
            scaleX: ratio.map { Float($0) }, scaleY: ratio.map { Float($0) })
    }
}
