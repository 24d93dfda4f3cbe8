import ApusCore

/// Adds up overlapping blocks into images: the reverse of taking a block at each place of a window.
struct ColumnFold {
    /// The window on the image: its places are the blocks.
    let axes: [WindowPlacement.Axis]
    let channels: Int
    /// How far apart a batch's, a channel's, a tap's and a place's elements are in the columns.
    let batchStride, channelStride, tapStride, placeStride: Int

    /// Adds to `image`, row-major `[batch, channels, extents…]`.
    func add<Element: Number>(
        _ columns: UnsafePointer<Element>, to image: UnsafeMutablePointer<Element>, batch: Int,
        _ context: ExecutionContext
    ) {
        let plane = axes.reduce(1) { $0 * $1.extent }
        context.forEach(below: batch * channels) { index in
            let column = columns + index / channels * batchStride + index % channels * channelStride
            for tap in 0..<axes.reduce(1, { $0 * $1.kernel }) {
                addTap(tap, column + tap * tapStride, to: image + index * plane)
            }
        }
    }

    private func addTap<Element: Number>(
        _ tap: Int, _ column: UnsafePointer<Element>, to plane: UnsafeMutablePointer<Element>
    ) {
        let spans = spans(ofTap: tap)
        guard let last = spans.last, spans.allSatisfy({ !$0.places.isEmpty }) else { return }
        let stride = axes[axes.count - 1].stride
        forEachLine(spans) { place, target in
            for step in last.places {
                let element = target + last.origin + step * stride
                plane[element] = .sum(plane[element], column[(place + step) * placeStride])
            }
        }
    }

    private struct Span {
        /// The window's places where the tap falls into the image.
        let places: Range<Int>
        /// Where it falls at place 0, perhaps outside.
        let origin: Int
    }

    private func spans(ofTap tap: Int) -> [Span] {
        var rest = tap
        let spans = axes.reversed().map { axis in
            let origin = rest % axis.kernel * axis.dilation - axis.before
            rest /= axis.kernel
            let first = origin >= 0 ? 0 : (axis.stride - 1 - origin) / axis.stride
            let beyond = origin >= axis.extent ? 0 : (axis.extent - origin + axis.stride - 1) / axis.stride
            return Span(places: first..<max(first, min(axis.count, beyond)), origin: origin)
        }
        return spans.reversed()
    }

    /// Calls `body` with the number of the first place of each line of places, and where its line of the image begins.
    private func forEachLine(_ spans: [Span], _ body: (Int, Int) -> Void) {
        func visit(_ depth: Int, _ place: Int, _ target: Int) {
            let axis = axes[depth]
            guard depth < axes.count - 1 else { return body(place * axis.count, target * axis.extent) }
            for step in spans[depth].places {
                visit(
                    depth + 1, place * axis.count + step,
                    target * axis.extent + spans[depth].origin + step * axis.stride)
            }
        }
        visit(0, 0, 0)
    }
}
