extension Raster {
    /// Some of the channels, in this order; each must be there.
    public func channels(_ chosen: [Int]) -> Raster {
        precondition(!chosen.isEmpty && chosen.allSatisfy((0..<channels).contains), "channels \(chosen) of \(channels)")
        return mapped(
            channels: chosen.count, uint8: { gather(chosen, $0, $1) }, float32: { gather(chosen, $0, $1) })
    }

    private func gather<Element>(
        _ chosen: [Int], _ from: UnsafeBufferPointer<Element>, _ to: UnsafeMutableBufferPointer<Element>
    ) {
        for (place, channel) in chosen.enumerated() {
            for pixel in 0..<width * height { to[pixel * chosen.count + place] = from[pixel * channels + channel] }
        }
    }

    /// Writes another raster's channels over these; `false`, and nothing done, where it is not of this size, kind and
    /// number of channels.
    public mutating func replaceChannels(_ chosen: [Int], by other: Raster) -> Bool {
        guard other.size == size, other.isFloat == isFloat, other.channels == chosen.count else { return false }
        let (count, pixels) = (channels, width * height)
        func scatter<Element>(_ from: [Element], _ to: UnsafeMutableBufferPointer<Element>) {
            for (place, channel) in chosen.enumerated() {
                for pixel in 0..<pixels { to[pixel * count + channel] = from[pixel * chosen.count + place] }
            }
        }
        switch other.storage {
        case .uint8(let from): modify(uint8: { scatter(from, $0) }, float32: { _ in })
        case .float32(let from): modify(uint8: { _ in }, float32: { scatter(from, $0) })
        }
        return true
    }
}
