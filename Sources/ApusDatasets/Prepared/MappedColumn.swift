import ApusCore
import CApusHDF5

/// A contiguous dataset read in place from the mapped file, by any thread at once.
struct MappedColumn<Element: BitwiseCopyable>: @unchecked Sendable {
    fileprivate let file: MappedFile
    private let base: UnsafeRawPointer?
    let count: Int

    /// The dataset's elements, whatever its rank; refuses what reaches past the end of the file.
    init(_ file: MappedFile, layout: apus_h5_layout, type: apus_h5_type, name: String) throws(HDF5Error) {
        let isText = type == APUS_H5_STRING
        guard layout.type == type, isText || layout.element_size == MemoryLayout<Element>.size else {
            throw HDF5Error(message: "\(name) has another element type")
        }
        let size = UInt64(file.bytes.count)
        guard layout.byte_count <= size, layout.offset <= size - layout.byte_count else {
            throw HDF5Error(message: "\(name) reaches past the end of the file")
        }
        self.file = file
        base = file.bytes.baseAddress.map { $0 + Int(layout.offset) }
        count = Int(layout.byte_count) / MemoryLayout<Element>.size
    }

    subscript(index: Int) -> Element {
        precondition(index >= 0 && index < count, "element \(index) of \(count)")
        return base!.loadUnaligned(fromByteOffset: index * MemoryLayout<Element>.size, as: Element.self)
    }

    func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "elements \(range) of \(count)")
        let size = MemoryLayout<Element>.size
        return UnsafeRawBufferPointer(start: base.map { $0 + range.lowerBound * size }, count: range.count * size)
    }
}

extension MappedColumn {
    /// Lets the memory of the pages that hold these elements go: they are read from the file again.
    func evict(_ range: Range<Int>) { file.evict(bytes(range)) }
}

extension MappedColumn where Element: BinaryInteger {
    /// Whether the values start at 0, never fall, and end at `total`.
    func rises(to total: Int) -> Bool {
        guard count > 0, self[0] == 0, self[count - 1] == Element(total) else { return false }
        return (1..<count).allSatisfy { self[$0 - 1] <= self[$0] }
    }
}
