import ApusVision

extension Image {
    /// Three channels: grey repeated, alpha dropped.
    public var rgb: Image {
        guard channels != 3 else { return self }
        return Image(uninitializedWidth: width, height: height, channels: 3) { output in
            for index in 0..<width * height {
                for channel in 0..<3 {
                    output[index * 3 + channel] = pixels[index * channels + (channels == 1 ? 0 : channel)]
                }
            }
        }
    }
}
