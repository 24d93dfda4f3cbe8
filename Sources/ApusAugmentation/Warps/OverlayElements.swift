import ApusConfiguration
import ApusCore
import ApusVision
import Glibc

/// Lays other pictures over the image, each anywhere or in a box.
///
/// A pipeline's file only names the key under which Albumentations is handed them: they are set from code, and without
/// any nothing happens.
public struct OverlayElements: Transform {
    public var key = "overlay_metadata"
    public var overlays: [Overlay] = []

    public struct Overlay: Sendable {
        /// Of the image's kind and number of channels; others are left out.
        public var image: Raster
        /// Where it is opaque: above 0. Of the picture's size.
        public var mask: Raster?
        /// In fractions of the image's sides; anywhere in its own size where there is none.
        public var box: BoundingBox?
        /// What it writes into the image's masks.
        public var maskValue: Double?

        public init(_ image: Raster, mask: Raster? = nil, box: BoundingBox? = nil, maskValue: Double? = nil) {
            (self.image, self.mask, self.box, self.maskValue) = (image, mask, box, maskValue)
        }
    }

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.text("metadata_key", &key)
    }

    /// Where each lies.
    public func draw(for sample: Sample, using stream: inout RandomStream) -> [PixelRectangle]? {
        let size = sample.size
        guard !overlays.isEmpty else { return nil }
        return overlays.map { overlay in
            if let box = overlay.box { return Self.place(of: box, in: size) }
            // One that is larger than the image is brought to its size.
            let fits = overlay.image.width <= size.width && overlay.image.height <= size.height
            let own = fits ? overlay.image.size : size
            return PixelRectangle(
                left: stream.integer(0...size.width - own.width), top: stream.integer(0...size.height - own.height),
                width: own.width, height: own.height)
        }
    }

    private static func place(of box: BoundingBox, in size: ImageSize) -> PixelRectangle {
        func pixel(_ share: Float, _ side: Int) -> Int {
            Int((share.isFinite ? share : 0).clamped(to: 0...1) * Float(side))
        }
        let (left, top) = (pixel(box.minX, size.width), pixel(box.minY, size.height))
        return PixelRectangle(
            left: left, top: top, width: pixel(box.maxX, size.width) - left, height: pixel(box.maxY, size.height) - top)
    }

    public func apply(_ draw: [PixelRectangle], to sample: inout Sample) {
        for (overlay, place) in zip(overlays, draw) {
            guard place.clipped(to: sample.size) == place else { continue }
            let size = ImageSize(width: place.width, height: place.height)
            let mask = overlay.mask.map { $0.resampled(to: size, .nearest).wholeValues() }
            let image = overlay.image.size == size ? overlay.image : overlay.image.resampled(to: size, .area)
            sample.image.lay(image, at: place) { mask?[$0] ?? 1 > 0 }
            guard let value = overlay.maskValue else { continue }
            for index in sample.masks.indices {
                sample.masks[index].raster.write(Fill([value]), at: place) { mask?[$0] ?? 1 > 0 }
            }
        }
    }
}

extension Raster {
    /// Copies another raster's pixels that are shown, told by their index there.
    fileprivate mutating func lay(_ other: Raster, at place: PixelRectangle, where isShown: (Int) -> Bool) {
        guard other.channels == channels, other.isFloat == isFloat else { return }
        let (bytes, width) = (pixelBytes, width)
        other.readBytes { from in
            modifyBytes { to in
                for index in 0..<place.width * place.height where isShown(index) {
                    let pixel = (place.top + index / place.width) * width + place.left + index % place.width
                    for byte in 0..<bytes { to[pixel * bytes + byte] = from[index * bytes + byte] }
                }
            }
        }
    }

    /// Writes one colour.
    fileprivate mutating func write(_ fill: Fill, at place: PixelRectangle, where isShown: (Int) -> Bool) {
        let (pixel, bytes, width) = (pixel(fill), pixelBytes, width)
        modifyBytes { to in
            for index in 0..<place.width * place.height where isShown(index) {
                let start = ((place.top + index / place.width) * width + place.left + index % place.width) * bytes
                for byte in 0..<bytes { to[start + byte] = pixel[byte] }
            }
        }
    }
}
