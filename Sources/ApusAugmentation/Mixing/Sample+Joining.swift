import ApusVision

extension Sample {
    /// The picture and everything in it scaled by `scale` and shifted, seen through a window of `size`.
    func placed(scale: Double, shift: Point, size: ImageSize, _ filling: Filling = Filling()) -> Sample {
        var affine = Affine()
        (affine.look.fill, affine.look.maskFill) = (filling.image, filling.mask)
        (affine.look.resampling, affine.look.maskResampling) = (filling.resampling, filling.maskResampling)
        let map = ProjectiveMap.translation(x: shift.x, y: shift.y) * .scaling(x: scale, y: scale)
        var result = self
        affine.apply(Affine.Draw(map: map, outputSize: size), to: &result)
        return result
    }

    /// The whole picture as large as fits into `size`, in its middle.
    func contained(in size: ImageSize, _ filling: Filling = Filling()) -> Sample {
        guard self.size != size else { return self }
        let (width, height) = (Double(self.size.width), Double(self.size.height))
        let scale = min(Double(size.width) / width, Double(size.height) / height)
        let shift = (Point(Double(size.width), Double(size.height)) - Point(width, height) * scale) / 2
        return placed(scale: scale, shift: shift, size: size, filling)
    }

    /// How a picture is resampled, and what stands beside it.
    struct Filling {
        var image = Fill.zero, mask = Fill.zero
        var resampling = Resampling.linear, maskResampling = Resampling.nearest
    }
}

extension Sample {
    /// Everything marked in another sample, added to what is marked here; its picture is not.
    mutating func join(_ other: Sample) {
        let first = nextIndex
        boxes += other.boxes.map { box in
            var box = box
            box.index += first
            return box
        }
        rotatedBoxes += other.rotatedBoxes.map { box in
            var box = box
            box.index += first
            return box
        }
        polygons += other.polygons.map { polygon in
            var polygon = polygon
            polygon.index += first
            return polygon
        }
        keypoints += other.keypoints
        dropped += other.dropped.map {
            DroppedBox(index: $0.index + first, transform: $0.transform, reason: $0.reason)
        }
    }

    /// Above every place in the list that this sample came with.
    private var nextIndex: Int {
        let indices = boxes.map(\.index) + rotatedBoxes.map(\.index) + polygons.map(\.index) + dropped.map(\.index)
        return (indices.max() ?? -1) + 1
    }

    /// Joins the masks of one name, two by two; a mask that only one sample has meets one of `fill`.
    mutating func joinMasks(_ other: Sample, fill: Fill = .zero, _ join: (inout Raster, Raster) -> Void) {
        let names = Set(masks.map(\.name))
        for mask in other.masks where !names.contains(mask.name) {
            let empty = Raster(size: size, fill: fill, like: mask.raster)
            masks.append(SampleMask(mask.name, empty))
        }
        for index in masks.indices {
            let name = masks[index].name
            let partner =
                other.masks.first { $0.name == name }?.raster.converted(like: masks[index].raster)
                ?? Raster(size: other.size, fill: fill, like: masks[index].raster)
            join(&masks[index].raster, partner)
        }
    }
}
