import ApusAugmentation

extension DatasetRecipe.Tiles {
    /// The tiles of an image: as few as cover it with the overlap, spread evenly; the whole image where it is no larger.
    func windows(of size: ImageSize) -> [ImageWindow] {
        let columns = Self.starts(size.width, tile: self.size[0], overlap: overlap)
        let rows = Self.starts(size.height, tile: self.size[1], overlap: overlap)
        guard columns.count * rows.count > 1 else { return [ImageWindow(whole: size)] }
        return rows.flatMap { y in
            columns.map { x in
                let part = ImageSize(width: min(self.size[0], size.width), height: min(self.size[1], size.height))
                var window = ImageWindow(whole: part)
                (window.x, window.y, window.minimumVisible) = (x, y, max(minimumVisible, 1e-9))
                return window
            }
        }
    }

    private static func starts(_ extent: Int, tile: Int, overlap: Double) -> [Int] {
        guard extent > tile else { return [0] }
        let step = max(1, Int(Double(tile) * (1 - overlap)))
        let count = (extent - tile + step - 1) / step + 1
        return (0..<count).map { ($0 * (extent - tile) + (count - 1) / 2) / (count - 1) }
    }
}

extension DatasetRecipe.Resize {
    /// What becomes of an image of this size.
    func window(of size: ImageSize) -> ImageWindow {
        let target = ImageSize(width: self.size[0], height: self.size[1])
        var window = ImageWindow(whole: size)
        let ratios = [Double(target.width) / Double(size.width), Double(target.height) / Double(size.height)]
        let ratio = mode == .crop ? max(ratios[0], ratios[1]) : min(ratios[0], ratios[1])
        func scaled(_ extent: Int) -> Int { max(1, Int((Double(extent) * ratio).rounded())) }
        switch mode {
        case .stretch: (window.scaled, window.canvas) = (target, target)
        case .fit:
            window.scaled = ImageSize(width: scaled(size.width), height: scaled(size.height))
            window.canvas = window.scaled
        case .letterbox, .crop:
            window.scaled = ImageSize(width: scaled(size.width), height: scaled(size.height))
            window.canvas = target
            window.left = (target.width - window.scaled.width) / 2
            window.top = (target.height - window.scaled.height) / 2
            window.minimumVisible = mode == .crop ? max(minimumVisible, 1e-9) : 0
        }
        return window
    }
}
