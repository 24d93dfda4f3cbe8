import ApusAugmentation

/// What a prepared version keeps of each image.
public enum ImageForm: Hashable, Sendable {
    /// The JPEG or PNG file as it came.
    case encoded
    /// RGB bytes, shrunk where the longer side is longer than this: read without decoding.
    case pixels(longerSide: Int)

    /// The name in files: `encoded`, or `rgb8 640`.
    var text: String {
        switch self {
        case .encoded: "encoded"
        case .pixels(let side): "rgb8 \(side)"
        }
    }

    init?(text: String) {
        if text == "encoded" {
            self = .encoded
            return
        }
        let words = text.split(separator: " ")
        guard words.count == 2, words[0] == "rgb8", let side = Int(words[1]), side > 0 else { return nil }
        self = .pixels(longerSide: side)
    }

    /// The size that an image of this size is kept at.
    func storedSize(_ size: ImageSize) -> ImageSize {
        guard case .pixels(let side) = self, max(size.width, size.height) > side else { return size }
        return size.scaled(longerSide: side)
    }
}
