import Glibc

/// Memory in pages of 2 MB, where the system has them.
///
/// A page of 4 KB costs a fault when it is first touched, and those of a model's weights and images make up half of
/// what loading it takes. Blocks share chunks, so that little of a page lies idle, and what is freed is used again.
package final class LargePages: Sendable {
    /// For large blocks of any purpose; smaller ones come from `malloc`.
    package static let shared = LargePages(smallest: 256 << 10)

    private let smallest: Int
    private static let pageSize = 2 << 20
    private static let chunkSize = 32 << 20
    private static let granularity = 64

    fileprivate struct Chunk {
        let base: UInt
        let byteCount: Int
        /// What is free, in order; no two ranges touch.
        var free: [Range<Int>]

        var isEmpty: Bool { free.count == 1 && free[0].count == byteCount }

        func contains(_ address: UInt) -> Bool { address >= base && address - base < byteCount }
    }

    fileprivate struct State {
        var chunks: [Chunk] = []
        var keepsAll = false
    }

    private let state = Mutex(State())
    /// AddressSanitizer sees what `malloc` gives, and nothing inside a chunk.
    private let isOff = dlsym(nil, "__asan_init") != nil

    /// - Parameter smallest: the bytes of the smallest block that lies here.
    package init(smallest: Int = 0) { self.smallest = smallest }

    deinit {
        state.withLock { state in
            for chunk in state.chunks { chunk.unmap() }
        }
    }

    /// Whether memory that was here once stays readable and writable, in use or free: for who writes it again at the
    /// same addresses. Otherwise, and from when this is taken back, one free chunk stays at most.
    package func keepAll(_ keepsAll: Bool) {
        state.withLock { state in
            state.keepsAll = keepsAll
            state.dropEmpty()
        }
    }

    /// Uninitialized bytes, aligned to 64; `nil` where the block is small or no memory is left.
    func allocate(byteCount: Int) -> UnsafeMutableRawPointer? {
        guard byteCount >= smallest, byteCount < 1 << 46, !isOff else { return nil }
        let size = Self.rounded(byteCount)
        let address: UInt? = state.withLock { state in
            for index in state.chunks.indices {
                if let address = state.chunks[index].take(size) { return address }
            }
            guard var chunk = Self.makeChunk(atLeast: size) else { return nil }
            let address = chunk.take(size)
            state.chunks.append(chunk)
            return address
        }
        return address.flatMap { UnsafeMutableRawPointer(bitPattern: $0) }
    }

    /// Takes back a block that came from here.
    func deallocate(_ address: UnsafeMutableRawPointer, byteCount: Int) {
        let size = Self.rounded(byteCount)
        let address = UInt(bitPattern: address)
        state.withLock { state in
            guard let index = state.chunks.firstIndex(where: { $0.contains(address) }) else { return }
            let start = Int(address - state.chunks[index].base)
            state.chunks[index].giveBack(start..<start + size)
            if state.chunks[index].isEmpty { state.dropEmpty() }
        }
    }

    private static func rounded(_ byteCount: Int) -> Int {
        max(1, (byteCount + granularity - 1) / granularity) * granularity
    }

    private static func makeChunk(atLeast size: Int) -> Chunk? {
        let byteCount = max(chunkSize, (size + pageSize - 1) / pageSize * pageSize)
        guard
            let mapped = mmap(
                nil, byteCount + pageSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            mapped != MAP_FAILED
        else { return nil }
        let head = (pageSize - Int(bitPattern: mapped) % pageSize) % pageSize
        if head > 0 { munmap(mapped, head) }
        if head < pageSize { munmap(mapped + head + byteCount, pageSize - head) }
        let base = mapped + head
        // Where the system has no such pages, the memory serves as it is.
        _ = madvise(base, byteCount, MADV_HUGEPAGE)
        return Chunk(base: UInt(bitPattern: base), byteCount: byteCount, free: [0..<byteCount])
    }
}

extension LargePages.State {
    /// One that is empty stays: who frees a large block often wants the next.
    fileprivate mutating func dropEmpty() {
        guard !keepsAll, let kept = chunks.firstIndex(where: \.isEmpty) else { return }
        for index in chunks.indices.reversed() where index != kept && chunks[index].isEmpty {
            chunks.remove(at: index).unmap()
        }
    }
}

extension LargePages.Chunk {
    fileprivate func unmap() { munmap(UnsafeMutableRawPointer(bitPattern: base), byteCount) }

    /// The first free bytes that are enough.
    fileprivate mutating func take(_ size: Int) -> UInt? {
        guard let index = free.firstIndex(where: { $0.count >= size }) else { return nil }
        let start = free[index].lowerBound
        if free[index].count == size {
            free.remove(at: index)
        } else {
            free[index] = start + size..<free[index].upperBound
        }
        return base + UInt(start)
    }

    fileprivate mutating func giveBack(_ range: Range<Int>) {
        var range = range
        var index = free.firstIndex { $0.lowerBound > range.lowerBound } ?? free.count
        if index < free.count, free[index].lowerBound == range.upperBound {
            range = range.lowerBound..<free.remove(at: index).upperBound
        }
        if index > 0, free[index - 1].upperBound == range.lowerBound {
            index -= 1
            range = free.remove(at: index).lowerBound..<range.upperBound
        }
        free.insert(range, at: index)
    }
}
