import ApusVision
import CApusKernels

/// A grey canvas with images laid on it, drawn through a map without ever being built.
public struct TileCanvas: Sendable {
    /// An RGB image whose top-left pixel lies at (`left`, `top`) of the canvas; the canvas's edges cut it.
    public struct Tile: Sendable {
        public var image: Image
        public var left, top: Int

        public init(_ image: Image, left: Int, top: Int) {
            precondition(image.channels == 3, "a tile has \(image.channels) channels, expected RGB")
            (self.image, self.left, self.top) = (image, left, top)
        }
    }

    public var size: ImageSize
    public var background: UInt8
    /// At most 8, none over another.
    public var tiles: [Tile]

    public init(size: ImageSize, background: UInt8 = 114, tiles: [Tile]) {
        precondition(tiles.count <= 8, "\(tiles.count) tiles on a canvas, at most 8")
        (self.size, self.background, self.tiles) = (size, background, tiles)
    }

    /// Writes every pixel of `output`: the canvas seen through `map` (canvas places to output places). A map without an
    /// inverse gives the background.
    public func draw(through map: ProjectiveMap, into output: PixelView) {
        draw(through: map, into: output, by: apus_warp_tiles)
    }

    typealias Kernel = (
        UnsafePointer<apus_tile>?, Int32, Int32, Int32, UnsafePointer<Double>?, UInt8, UnsafeMutablePointer<UInt8>?,
        Int32, Int32
    ) -> Void

    func draw(through map: ProjectiveMap, into output: PixelView, by kernel: Kernel) {
        precondition(output.channels == 3, "the canvas is RGB")
        guard let inverse = map.inverse else { return output.bytes.update(repeating: background) }
        // Places count from a pixel's corner, the kernel's indices from its centre.
        let indices = ProjectiveMap.translation(x: -0.5, y: -0.5) * inverse * .translation(x: 0.5, y: 0.5)
        let matrix = indices.elements.map { $0 / indices.elements[8] }
        withTiles { tiles in
            kernel(
                tiles, Int32(tiles.count), Int32(size.width), Int32(size.height), matrix, background, output.base,
                Int32(output.size.width), Int32(output.size.height))
        }
    }

    /// The canvas seen through `map`, as an image.
    public func image(through map: ProjectiveMap, size: ImageSize) -> Image {
        Image(uninitializedWidth: size.width, height: size.height, channels: 3) { pixels in
            guard let base = pixels.baseAddress else { return }
            draw(through: map, into: PixelView(base, size: size))
        }
    }

    /// The canvas built whole: what drawing through a map is specified by.
    public func flattened() -> Image {
        var canvas = Image(width: size.width, height: size.height, color: [background, background, background])
        for tile in tiles {
            for y in max(tile.top, 0)..<max(min(tile.top + tile.image.height, size.height), max(tile.top, 0)) {
                let columns = max(tile.left, 0)..<max(min(tile.left + tile.image.width, size.width), max(tile.left, 0))
                let source = ((y - tile.top) * tile.image.width + columns.lowerBound - tile.left) * 3
                let target = (y * size.width + columns.lowerBound) * 3
                canvas.pixels.replaceSubrange(
                    target..<target + columns.count * 3, with: tile.image.pixels[source..<source + columns.count * 3])
            }
        }
        return canvas
    }

    private func withTiles(_ body: ([apus_tile]) -> Void) {
        func collect(_ rest: ArraySlice<Tile>, _ collected: [apus_tile]) {
            guard let tile = rest.first else { return body(collected) }
            tile.image.pixels.withUnsafeBufferPointer { pixels in
                let view = apus_tile(
                    pixels: pixels.baseAddress, width: Int32(tile.image.width), height: Int32(tile.image.height),
                    left: Int32(tile.left), top: Int32(tile.top))
                collect(rest.dropFirst(), collected + [view])
            }
        }
        collect(tiles[...], [])
    }
}
