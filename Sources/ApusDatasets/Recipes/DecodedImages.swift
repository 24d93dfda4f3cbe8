import ApusCore
import ApusVision

/// An image's pixels and its labels, or why there are none.
typealias DecodedImage = Result<(Image, SourceLabels), ImageFault>

/// The images that were decoded last, so that one that many tiles are cut from is decoded once for all of them.
///
/// An image goes when its tiles are made, or when as many others as there are threads were asked for since.
final class DecodedImages: Sendable {
    /// One image, decoded by the first who asks; the others wait for it.
    private final class Cell: Sendable {
        let name: String
        private let image = Mutex(DecodedImage?.none)

        init(name: String) { self.name = name }

        func image(of sample: SourceSample) -> DecodedImage {
            image.withLock { image in
                let decoded = image ?? sample.decoded
                image = decoded
                return decoded
            }
        }
    }

    private struct Entry {
        let cell: Cell
        /// Tiles that are still to come.
        var uses: Int
    }

    /// The one that was asked for last stands last.
    private let entries = Mutex([Entry]())
    private let capacity: Int

    init(capacity: Int) { self.capacity = max(capacity, 1) }

    /// - Parameter uses: how many tiles the image has.
    func image(of sample: SourceSample, uses: Int) -> DecodedImage {
        cell(sample.name, uses: uses).image(of: sample)
    }

    private func cell(_ name: String, uses: Int) -> Cell {
        entries.withLock { entries in
            let place = entries.firstIndex { $0.cell.name == name }
            var entry = place.map { entries.remove(at: $0) } ?? Entry(cell: Cell(name: name), uses: uses)
            entry.uses -= 1
            if entry.uses > 0 { entries.append(entry) }
            if entries.count > capacity { entries.removeFirst() }
            return entry.cell
        }
    }
}
