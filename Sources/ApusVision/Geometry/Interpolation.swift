/// How the pixels of an image become those of another size.
public enum Interpolation: String, Codable, Hashable, Sendable, CaseIterable {
    /// Between the four nearest pixels, whatever the scale: OpenCV's `INTER_LINEAR`.
    case bilinear
    /// The pixel that is there: OpenCV's `INTER_NEAREST`.
    case nearest
    /// A triangle over all pixels that become one: Pillow's and torchvision's bilinear.
    case antialiased
    /// A cubic over all pixels that become one: Pillow's and torchvision's bicubic.
    case antialiasedBicubic = "antialiased-bicubic"
}

extension Image {
    /// The image at another size.
    public func resized(width: Int, height: Int, interpolation: Interpolation) -> Image {
        guard width != self.width || height != self.height else { return self }
        return switch interpolation {
        case .bilinear: resized(width: width, height: height)
        case .nearest: repeatingNearest(width: width, height: height)
        case .antialiased: resampled(width: width, height: height, .triangle)
        case .antialiasedBicubic: resampled(width: width, height: height, .cubic)
        }
    }

    private func repeatingNearest(width: Int, height: Int) -> Image {
        let columns = (0..<width).map { min($0 * self.width / width, self.width - 1) }
        return Image(uninitializedWidth: width, height: height, channels: channels) { output in
            for y in 0..<height {
                let row = min(y * self.height / height, self.height - 1) * self.width
                for x in 0..<width {
                    for channel in 0..<channels {
                        output[(y * width + x) * channels + channel] = pixels[(row + columns[x]) * channels + channel]
                    }
                }
            }
        }
    }
}
