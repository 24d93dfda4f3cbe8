import CApusKernels

/// How a range of an image's pixels lies between the cells of a network's planes, along one axis.
struct RegionTaps {
    private var first: [Int32] = []
    private var second: [Int32] = []
    private var weights: [Float] = []
    /// The cells that are read; the places of the taps count from the first of them.
    private(set) var cells = 0..<0

    var count: Int { weights.count }

    /// Pixel and cell centres lie at half integers; beyond the outermost centres the outermost cell holds.
    ///
    /// - Parameters:
    ///   - scale: cells an image pixel.
    ///   - offset: where the image begins, in cells.
    ///   - count: how many cells there are.
    init(pixels: Range<Int>, scale: Float, offset: Float, count: Int) {
        for pixel in pixels {
            let place = min(max((Float(pixel) + 0.5) * scale + offset - 0.5, 0), Float(count - 1))
            let cell = Int32(place)
            first.append(cell)
            second.append(min(cell + 1, Int32(count - 1)))
            weights.append(place - Float(cell))
        }
        guard let start = first.first, let end = second.last else { return }
        cells = Int(start)..<(Int(end) + 1)
        for index in weights.indices {
            first[index] -= start
            second[index] -= start
        }
    }

    /// The cells before and behind a pixel, and how far it is on the way.
    func tap(_ index: Int) -> (first: Int, second: Int, weight: Float) {
        (Int(first[index]), Int(second[index]), weights[index])
    }

    func withTaps<R>(_ body: (apus_region_taps) -> R) -> R {
        first.withUnsafeBufferPointer { first in
            second.withUnsafeBufferPointer { second in
                weights.withUnsafeBufferPointer { weights in
                    body(
                        apus_region_taps(
                            first: first.baseAddress, second: second.baseAddress, weight: weights.baseAddress,
                            count: weights.count))
                }
            }
        }
    }
}
