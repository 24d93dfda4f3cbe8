/// Which pixels belong to each target of a batch, at a quarter of the images' resolution.
///
/// Each target has a window of its own, so that objects that overlap stay exact and memory is that of the objects.
public struct InstanceMasks: Hashable, Sendable {
    /// Pixels of the input along each side of a cell.
    public static let cell = 4

    /// The smallest rectangle of cells around a target's box.
    public struct Window: Hashable, Sendable {
        /// In cells of the image.
        public var left, top, width, height: Int
        /// Where the window's cells begin in `bytes`, row by row.
        public var offset: Int

        public init(left: Int, top: Int, width: Int, height: Int, offset: Int) {
            (self.left, self.top, self.width, self.height, self.offset) = (left, top, width, height, offset)
        }
    }

    /// One a target, in the targets' order; none where the batch has no masks.
    public var windows: [Window]
    /// 1 where a cell belongs to the object, else 0.
    public var bytes: [UInt8]

    public init(windows: [Window] = [], bytes: [UInt8] = []) { (self.windows, self.bytes) = (windows, bytes) }

    public var isEmpty: Bool { windows.isEmpty }
}
