import ApusCore

/// Some channels of a larger image, into which an operator writes its result: how a concatenation costs nothing.
struct ImagePart: Sendable {
    /// The larger image, where another part has made it.
    let whole: Value?
    /// The first channel, and how many there are of the whole's `total`.
    let channel, count, total: Int

    /// The shape of the whole around a part of `shape`; `nil` where that is not this part.
    func shape(around shape: Shape) -> Shape? {
        guard shape.rank == 4, shape[1] == count else { return nil }
        let result = Shape([shape[0], total, shape[2], shape[3]])
        return whole.map { $0.shape == result } ?? true ? result : nil
    }
}

/// An operator whose one result, where it is an image, comes from `ExecutionContext.makeImage`.
protocol ImageWriter: Operator {}

extension Value {
    /// The image of `total` channels whose part from `channel` on this is; `nil` where it is no such part.
    func whole(around channel: Int, of total: Int) -> Value? {
        guard isChannelsLast, shape.rank == 4, pixelStride == total, offset == channel else { return nil }
        return Value(
            Shape([shape[0], total, shape[2], shape[3]]), dataType, storage: storage,
            layout: .channelsLast(stride: total))
    }

    /// The image that `parts` make up where each begins, in one memory, at the channel where the one before it ends.
    static func joining(_ parts: [Value], to shape: Shape) -> Value? {
        guard let first = parts.first, first.isChannelsLast, first.pixelStride == shape[1] else { return nil }
        var channel = first.offset
        for part in parts {
            guard part.storage === first.storage, part.layout == first.layout, part.offset == channel else {
                return nil
            }
            channel += part.shape[1]
        }
        return Value(shape, first.dataType, storage: first.storage, offset: first.offset, layout: first.layout)
    }
}
