import Glibc

/// Bytes with one owner: allocated here (64-byte aligned), or borrowed from something kept alive, such as a mapped file.
public final class Storage: @unchecked Sendable {
    public let base: UnsafeMutableRawPointer
    public let byteCount: Int
    /// Where the bytes live: in a `MemoryBlock`, or in what they are borrowed from.
    package let owner: AnyObject
    let isReadOnly: Bool
    /// What counts these bytes until they are freed; whoever sets it is the only one to hold this object then.
    package var meter: MemoryMeter?

    /// Uninitialized bytes with room for a vector load past the end.
    public convenience init(byteCount: Int) { self.init(byteCount: byteCount, in: .shared) }

    /// The same in memory that is used again when this object goes.
    package init(byteCount: Int, in pages: LargePages) {
        self.byteCount = byteCount
        let block = MemoryBlock(byteCount: byteCount + 64, in: pages)
        base = block.base
        owner = block
        isReadOnly = false
    }

    /// A window on read-only memory that `owner` keeps alive.
    public init(borrowing base: UnsafeRawPointer, byteCount: Int, owner: AnyObject) {
        self.base = UnsafeMutableRawPointer(mutating: base)
        self.byteCount = byteCount
        self.owner = owner
        isReadOnly = true
    }

    /// Gives memory back that a mapped file can fill again: for what will hardly be read any more.
    public func evict() {
        (owner as? MappedFile)?.evict(UnsafeRawBufferPointer(start: base, count: byteCount))
    }

    /// What keeps the bytes readable, whoever uses them then.
    package var memory: AnyObject { (owner as? MemoryBlock)?.pages ?? owner }

    deinit { meter?.release(byteCount) }
}

/// Uninitialized bytes, 64-byte aligned, that are freed with this object.
private final class MemoryBlock: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    private let byteCount: Int
    /// Where it was taken from; `nil` where from `malloc`.
    let pages: LargePages?

    init(byteCount: Int, in pages: LargePages) {
        self.byteCount = byteCount
        let address = pages.allocate(byteCount: byteCount)
        base = address ?? .allocate(byteCount: byteCount, alignment: 64)
        self.pages = address == nil ? nil : pages
    }

    deinit {
        if let pages { pages.deallocate(base, byteCount: byteCount) } else { base.deallocate() }
    }
}

/// A dense row-major array with value semantics: copies share storage until one of them is written.
public struct NDArray: Sendable {
    public let shape: Shape
    public let dataType: DataType
    public private(set) var storage: Storage

    public var count: Int { shape.count }
    public var byteCount: Int { count * dataType.size }

    /// An array over `storage`, whose first bytes are its elements.
    public init(shape: Shape, dataType: DataType, storage: Storage) {
        precondition(storage.byteCount >= shape.count * dataType.size, "\(shape) \(dataType) needs more bytes")
        self.shape = shape
        self.dataType = dataType
        self.storage = storage
    }

    /// Uninitialized elements: write every one before reading.
    public init(uninitialized shape: Shape, dataType: DataType) {
        self.init(shape: shape, dataType: dataType, storage: Storage(byteCount: shape.count * dataType.size))
    }

    public init(zeros shape: Shape, dataType: DataType = .float32) {
        self.init(uninitialized: shape, dataType: dataType)
        memset(storage.base, 0, byteCount)
    }

    public init<Element: ArrayElement>(_ elements: [Element], shape: Shape? = nil) {
        let shape = shape ?? [elements.count]
        precondition(shape.count == elements.count, "\(elements.count) elements do not fill \(shape)")
        self.init(uninitialized: shape, dataType: Element.dataType)
        elements.withUnsafeBytes { bytes in
            if let source = bytes.baseAddress { memcpy(storage.base, source, bytes.count) }
        }
    }

    public init<Element: ArrayElement>(scalar: Element) { self.init([scalar], shape: []) }

    /// The same elements under another shape of the same count.
    public func reshaped(to shape: Shape) -> NDArray {
        precondition(shape.count == count, "\(self.shape) cannot become \(shape)")
        return NDArray(shape: shape, dataType: dataType, storage: storage)
    }

    public func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        let bytes = UnsafeRawBufferPointer(start: storage.base, count: byteCount)
        let result = try body(bytes)
        withExtendedLifetime(storage) {}
        return result
    }

    /// Copies first where the storage is shared or read-only.
    public mutating func withUnsafeMutableBytes<R, E: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        makeUnique()
        return try body(UnsafeMutableRawBufferPointer(start: storage.base, count: byteCount))
    }

    public func withElements<Element: ArrayElement, R, E: Error>(
        of type: Element.Type, _ body: (UnsafeBufferPointer<Element>) throws(E) -> R
    ) throws(E) -> R {
        precondition(Element.dataType == dataType, "the elements are \(dataType), not \(Element.dataType)")
        let result = try body(
            UnsafeBufferPointer(start: storage.base.assumingMemoryBound(to: Element.self), count: count))
        withExtendedLifetime(storage) {}
        return result
    }

    public mutating func withMutableElements<Element: ArrayElement, R, E: Error>(
        of type: Element.Type, _ body: (UnsafeMutableBufferPointer<Element>) throws(E) -> R
    ) throws(E) -> R {
        precondition(Element.dataType == dataType, "the elements are \(dataType), not \(Element.dataType)")
        makeUnique()
        return try body(
            UnsafeMutableBufferPointer(start: storage.base.assumingMemoryBound(to: Element.self), count: count))
    }

    /// The elements as a Swift array.
    public func elements<Element: ArrayElement>(of type: Element.Type = Element.self) -> [Element] {
        withElements(of: type) { Array($0) }
    }

    /// Where the elements lie, if nobody else sees them and there is room for `byteCount` bytes.
    package mutating func ownBase(byteCount: Int) -> UnsafeMutableRawPointer? {
        guard !storage.isReadOnly, storage.byteCount >= byteCount, isKnownUniquelyReferenced(&storage) else {
            return nil
        }
        return storage.base
    }

    private mutating func makeUnique() {
        guard storage.isReadOnly || !isKnownUniquelyReferenced(&storage) else { return }
        let copy = Storage(byteCount: byteCount)
        memcpy(copy.base, storage.base, byteCount)
        storage = copy
    }
}

extension NDArray: Equatable {
    /// Equal shape, type and bytes; thus NaN equals NaN of the same bits and 0 differs from −0.
    public static func == (a: NDArray, b: NDArray) -> Bool {
        a.shape == b.shape && a.dataType == b.dataType && memcmp(a.storage.base, b.storage.base, a.byteCount) == 0
    }
}
