import CApusTorch

/// What a loss is of, where a batch is computed in pieces. What losses are means over is added up over all pieces first,
/// so that the losses of the pieces add up to the whole batch's.
public enum Piece: Int32, Sendable {
    /// A batch as it is.
    case whole
    /// The first piece, or a further one, which is only counted.
    case firstCount, count
    /// A piece of the batch that was counted.
    case loss

    /// Computes the calling thread's losses in `body` as such.
    public func computing<R>(_ body: () throws -> R) rethrows -> R {
        apus_torch_begin_piece(rawValue)
        defer { apus_torch_begin_piece(Piece.whole.rawValue) }
        return try body()
    }
}
