import ApusCore

/// Scales so that the smallest side has a length.
public struct SmallestMaxSize: LimitedSize {
    public var limit = SideLimit()
    public var resampling = Resampling.linear
    public var maskResampling = Resampling.nearest
    public var areaUse = AreaUse.never

    public init() {}

    public func draw(for sample: Sample, using stream: inout RandomStream) -> CropFrame? {
        let size = sample.size
        let scales = limit.scales(of: size, side: min(size.width, size.height), using: &stream)
        return scales.max().map { CropFrame(size: size, output: size.scaled(by: $0)) }
    }
}
