import ApusVision
import CApusOpenCV
import Testing

@testable import ApusAugmentation

@Suite struct OpenCVTests {
    @Test func `runs in the caller's thread alone`() { #expect(apus_cv_thread_count() == 1) }

    @Test func `what OpenCV refuses is a status and a message`() {
        var (small, large) = ([UInt8](repeating: 0, count: 12), [UInt8](repeating: 0, count: 48))
        small.withUnsafeMutableBufferPointer { small in
            large.withUnsafeMutableBufferPointer { large in
                let source = apus_cv_image(pixels: small.baseAddress, width: 2, height: 2, channels: 3)
                let wrong = apus_cv_image(pixels: large.baseAddress, width: 4, height: 4, channels: 3)
                let empty = apus_cv_image(pixels: large.baseAddress, width: 0, height: 4, channels: 3)
                #expect(apus_cv_box_raster(raster(source), raster(wrong), 3) == 1)
                #expect(String(cString: apus_cv_message()).contains("elements(destination)"))
                #expect(apus_cv_median_raster(raster(source), raster(source), 4) == 1)
                #expect(apus_cv_resize(source, empty, APUS_CV_LINEAR) == 1)
                #expect(apus_cv_resize(source, wrong, APUS_CV_LINEAR) == 0)
            }
        }
    }

    private func raster(_ image: apus_cv_image) -> apus_cv_raster {
        apus_cv_raster(
            elements: image.pixels, width: image.width, height: image.height, channels: image.channels, is_float: 0)
    }
}
