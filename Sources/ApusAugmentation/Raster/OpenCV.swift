import ApusVision
import CApusOpenCV

/// Calls into OpenCV. The transforms check their parameters before, so a refusal is a programmer's mistake.
enum OpenCV {
    static func check(_ status: Int32) {
        precondition(status == 0, String(cString: apus_cv_message()))
    }

    static func view(_ pixels: PixelView) -> apus_cv_image {
        apus_cv_image(
            pixels: pixels.base, width: Int32(pixels.size.width), height: Int32(pixels.size.height),
            channels: Int32(pixels.channels))
    }

    /// A new image of `size` that `body(source, destination)` writes.
    static func map(
        _ image: Image, size: ImageSize? = nil, channels: Int? = nil,
        _ body: (apus_cv_image, apus_cv_image) -> Int32
    ) -> Image {
        let size = size ?? image.size
        let channels = channels ?? image.channels
        return Image(uninitializedWidth: size.width, height: size.height, channels: channels) { output in
            image.pixels.withUnsafeBufferPointer { input in
                guard let source = input.baseAddress, let destination = output.baseAddress else { return }
                let from = PixelView(UnsafeMutablePointer(mutating: source), size: image.size, channels: image.channels)
                let to = PixelView(destination, size: size, channels: channels)
                check(body(view(from), view(to)))
            }
        }
    }

    /// A new raster of the same kind that `body(source, destination)` writes.
    static func map(
        _ raster: Raster, to size: ImageSize? = nil, channels: Int? = nil,
        _ body: (apus_cv_raster, apus_cv_raster) -> Int32
    ) -> Raster {
        let (newSize, newChannels) = (size ?? raster.size, channels ?? raster.channels)
        func call(_ from: UnsafeRawPointer?, _ to: UnsafeMutableRawPointer?) {
            check(
                body(
                    view(UnsafeMutableRawPointer(mutating: from), raster.size, raster.channels, raster.isFloat),
                    view(to, newSize, newChannels, raster.isFloat)))
        }
        return raster.mapped(
            to: newSize, channels: newChannels, uint8: { call($0.baseAddress, $1.baseAddress) },
            float32: { call($0.baseAddress, $1.baseAddress) })
    }

    private static func view(
        _ elements: UnsafeMutableRawPointer?, _ size: ImageSize, _ channels: Int, _ isFloat: Bool
    ) -> apus_cv_raster {
        apus_cv_raster(
            elements: elements, width: Int32(size.width), height: Int32(size.height), channels: Int32(channels),
            is_float: isFloat ? 1 : 0)
    }
}
