extension Image {
    /// Images side by side in rows of `columns`, each centred in a cell as large as the largest.
    public static func grid(_ images: [Image], columns: Int, spacing: Int = 4) -> Image {
        precondition(columns > 0 && spacing >= 0, "a grid of \(columns) columns and spacing \(spacing)")
        let columns = min(columns, max(images.count, 1))
        let rows = max((images.count + columns - 1) / columns, 1)
        let cellWidth = max(images.map(\.width).max() ?? 1, 1)
        let cellHeight = max(images.map(\.height).max() ?? 1, 1)
        var grid = Image(
            width: columns * (cellWidth + spacing) + spacing, height: rows * (cellHeight + spacing) + spacing,
            color: [236, 236, 236])
        for (index, image) in images.enumerated() {
            let x = spacing + index % columns * (cellWidth + spacing) + (cellWidth - image.width) / 2
            let y = spacing + index / columns * (cellHeight + spacing) + (cellHeight - image.height) / 2
            grid.paste(image.convertedToRGB(), x: x, y: y)
        }
        return grid
    }

    /// Copies an image that lies wholly inside this one; both have as many channels.
    mutating func paste(_ other: Image, x: Int, y: Int) {
        let row = other.width * channels
        for line in 0..<other.height {
            let start = ((y + line) * width + x) * channels
            pixels.replaceSubrange(start..<start + row, with: other.pixels[line * row..<(line + 1) * row])
        }
    }
}
