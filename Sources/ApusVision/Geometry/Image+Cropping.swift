extension Image {
    /// A part of the image, copied.
    public func cropped(x: Int, y: Int, width: Int, height: Int) -> Image {
        precondition(
            x >= 0 && y >= 0 && width >= 0 && height >= 0 && x + width <= self.width && y + height <= self.height,
            "a crop of \(width)×\(height) at \(x), \(y) leaves the image of \(self.width)×\(self.height)")
        return pixels.withUnsafeBufferPointer { source in
            Image(uninitializedWidth: width, height: height, channels: channels) { output in
                let row = width * channels
                for line in 0..<height {
                    let start = ((y + line) * self.width + x) * channels
                    for offset in 0..<row { output[line * row + offset] = source[start + offset] }
                }
            }
        }
    }

    /// Scales the image until it just covers the extents and cuts what hangs over on both sides alike.
    public func centerCropped(width: Int, height: Int) -> Image {
        let scale = max(Double(width) / Double(self.width), Double(height) / Double(self.height))
        let coverWidth = max(width, Int((Double(self.width) * scale).rounded()))
        let coverHeight = max(height, Int((Double(self.height) * scale).rounded()))
        return resized(width: coverWidth, height: coverHeight)
            .cropped(x: (coverWidth - width) / 2, y: (coverHeight - height) / 2, width: width, height: height)
    }
}
