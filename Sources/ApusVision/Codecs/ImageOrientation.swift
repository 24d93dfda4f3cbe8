/// How stored rows and columns are to be shown: EXIF's tag 274 (0x0112).
public enum ImageOrientation: Int, Hashable, Sendable, CaseIterable {
    case up = 1
    case upMirrored, down, downMirrored, leftMirrored, right, rightMirrored, left

    /// Whether width and height change places when the orientation is applied.
    public var swapsSides: Bool { rawValue >= 5 }

    /// The orientation in a TIFF structure (the body of an EXIF block), if there is a valid one.
    init?(tiff: ByteReader) {
        guard let order = tiff.integer(at: 0, bytes: 2), order == 0x4949 || order == 0x4D4D else { return nil }
        let isBig = order == 0x4D4D
        guard tiff.integer(at: 2, bytes: 2, bigEndian: isBig) == 42,
            let directory = tiff.integer(at: 4, bytes: 4, bigEndian: isBig),
            let entries = tiff.integer(at: directory, bytes: 2, bigEndian: isBig)
        else { return nil }
        for entry in 0..<entries {
            let offset = directory + 2 + 12 * entry
            guard let tag = tiff.integer(at: offset, bytes: 2, bigEndian: isBig) else { return nil }
            guard tag == 0x0112 else { continue }
            guard tiff.integer(at: offset + 2, bytes: 2, bigEndian: isBig) == 3,
                let value = tiff.integer(at: offset + 8, bytes: 2, bigEndian: isBig)
            else { return nil }
            self.init(rawValue: value)
            return
        }
        return nil
    }
}

extension Image {
    /// The image as `orientation` says it is to be shown.
    public func oriented(_ orientation: ImageOrientation) -> Image {
        switch orientation {
        case .up: self
        case .upMirrored: remapped { x, y in (width - 1 - x, y) }
        case .down: remapped { x, y in (width - 1 - x, height - 1 - y) }
        case .downMirrored: remapped { x, y in (x, height - 1 - y) }
        case .leftMirrored: remapped(swapsSides: true) { x, y in (y, x) }
        case .right: remapped(swapsSides: true) { x, y in (y, height - 1 - x) }
        case .rightMirrored: remapped(swapsSides: true) { x, y in (width - 1 - y, height - 1 - x) }
        case .left: remapped(swapsSides: true) { x, y in (width - 1 - y, x) }
        }
    }

    /// `source` says which pixel comes to `(x, y)`.
    private func remapped(swapsSides: Bool = false, source: (Int, Int) -> (Int, Int)) -> Image {
        let (newWidth, newHeight) = swapsSides ? (height, width) : (width, height)
        return pixels.withUnsafeBufferPointer { old in
            Image(uninitializedWidth: newWidth, height: newHeight, channels: channels) { new in
                for y in 0..<newHeight {
                    for x in 0..<newWidth {
                        let (fromX, fromY) = source(x, y)
                        let (from, to) = ((fromY * width + fromX) * channels, (y * newWidth + x) * channels)
                        for channel in 0..<channels { new[to + channel] = old[from + channel] }
                    }
                }
            }
        }
    }
}
