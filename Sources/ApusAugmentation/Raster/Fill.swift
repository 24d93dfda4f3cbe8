/// What stands where there is no picture: one number for all channels, or one for each, in the raster's own units.
public struct Fill: Hashable, Sendable, Codable {
    public var values: [Double]

    public init(_ values: [Double]) { self.values = values }

    public static let zero = Fill([0])

    /// A channel beyond the list has the list's last number.
    public subscript(channel: Int) -> Double { values.isEmpty ? 0 : values[min(channel, values.count - 1)] }
}
