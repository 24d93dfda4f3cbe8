extension Image {
    /// The luma of each pixel (ITU-R BT.601), row by row, from 0 to 255.
    private var luma: [Float] {
        guard channels >= 3 else { return stride(from: 0, to: pixels.count, by: channels).map { Float(pixels[$0]) } }
        return stride(from: 0, to: pixels.count, by: channels).map { start in
            0.299 * Float(pixels[start]) + 0.587 * Float(pixels[start + 1]) + 0.114 * Float(pixels[start + 2])
        }
    }

    /// How bright and how sharp the image is.
    ///
    /// Sharpness is the variance of the Laplacian (the kernel 0 1 0, 1 −4 1, 0 1 0, the border mirrored without its
    /// own pixels): low where there are no edges, as in a blurred image. Pech-Pacheco et al., *Diatom autofocusing in
    /// brightfield microscopy*, <https://doi.org/10.1109/ICPR.2000.903548>.
    ///
    /// - Returns: the mean luma from 0 to 255, and the variance; 0 and 0 for an image without pixels.
    public func brightnessAndSharpness() -> (brightness: Double, sharpness: Double) {
        guard width > 0, height > 0 else { return (0, 0) }
        let luma = luma
        var (sum, total, squares) = (0.0, 0.0, 0.0)
        for y in 0..<height {
            let above = (y == 0 ? min(1, height - 1) : y - 1) * width
            let below = (y == height - 1 ? max(height - 2, 0) : y + 1) * width
            for x in 0..<width {
                let left = x == 0 ? min(1, width - 1) : x - 1
                let right = x == width - 1 ? max(width - 2, 0) : x + 1
                let center = luma[y * width + x]
                let edge = luma[above + x] + luma[below + x] + luma[y * width + left] + luma[y * width + right]
                let laplacian = Double(edge - 4 * center)
                sum += Double(center)
                total += laplacian
                squares += laplacian * laplacian
            }
        }
        let count = Double(width * height)
        return (sum / count, squares / count - (total / count) * (total / count))
    }
}
