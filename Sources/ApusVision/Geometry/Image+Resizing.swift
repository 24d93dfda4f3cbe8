import CApusKernels

extension Image {
    /// The image at another size, bilinear without antialiasing: OpenCV's `INTER_LINEAR`.
    public func resized(width: Int, height: Int) -> Image {
        guard width != self.width || height != self.height else { return self }
        return Image(uninitializedWidth: width, height: height, channels: channels) { output in
            resize(to: width, height, into: output.baseAddress!, stride: width * channels)
        }
    }

    /// Writes the resized image into rows that begin `stride` bytes apart.
    func resize(to width: Int, _ height: Int, into output: UnsafeMutablePointer<UInt8>, stride: Int) {
        precondition(self.width > 0 && self.height > 0 && width > 0 && height > 0, "an image without pixels")
        let columns = Self.taps(from: self.width, to: width)
        let rows = Self.taps(from: self.height, to: height)
        var window = RowWindow(image: self, columns: columns)
        for (y, tap) in rows.enumerated() {
            window.load(tap)
            window.blend(tap, into: output + y * stride)
        }
    }

    private static func taps(from input: Int, to output: Int) -> [apus_resize_tap] {
        [apus_resize_tap](unsafeUninitializedCapacity: output) { buffer, count in
            apus_resize_taps(Int32(input), Int32(output), buffer.baseAddress!)
            count = output
        }
    }
}

/// The two horizontally resized rows that the current output row lies between.
private struct RowWindow {
    private let image: Image
    private let columns: [apus_resize_tap]
    private var rows: [[Int16]]
    /// Which source row each of `rows` holds.
    private var held: [Int32] = [-1, -1]

    init(image: Image, columns: [apus_resize_tap]) {
        self.image = image
        self.columns = columns
        rows = Array(repeating: Array(repeating: 0, count: columns.count * image.channels), count: 2)
    }

    mutating func load(_ tap: apus_resize_tap) {
        if held[0] != tap.first && held[1] == tap.first {
            rows.swapAt(0, 1)
            held.swapAt(0, 1)
        }
        if held[0] != tap.first { resizeRow(tap.first, into: 0) }
        if held[1] != tap.second { resizeRow(tap.second, into: 1) }
    }

    private mutating func resizeRow(_ source: Int32, into slot: Int) {
        held[slot] = source
        let start = Int(source) * image.width * image.channels
        image.pixels.withUnsafeBufferPointer { pixels in
            apus_resize_row(
                pixels.baseAddress! + start, Int32(image.width), Int32(image.channels), columns, Int32(columns.count),
                &rows[slot])
        }
    }

    func blend(_ tap: apus_resize_tap, into output: UnsafeMutablePointer<UInt8>) {
        apus_resize_blend(
            rows[0], rows[1], tap.first_weight, tap.second_weight, Int32(rows[0].count), output)
    }
}
