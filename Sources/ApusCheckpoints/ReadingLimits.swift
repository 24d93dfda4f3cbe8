/// How much a file may ask for, so that a hostile one costs an error and not the machine.
public struct ReadingLimits: Sendable {
    /// Lists, dictionaries, objects and other values that the file's pickles make.
    public var values = 8_000_000
    /// Bytes of one text.
    public var textLength = 64 << 20
    /// Objects within objects on the way to a tensor.
    public var depth = 200
    /// Objects visited in the search for tensors, those with two owners twice.
    public var visits = 1_000_000
    /// Bytes of the names of all that is visited.
    public var nameBytes = 64 << 20
    /// Bytes of all tensors together, as a multiple of the file's; 32 MB are always allowed.
    public var expansion = 4

    public init() {}

    func tensorBytes(fileSize: Int) -> Int {
        let (product, overflow) = fileSize.multipliedReportingOverflow(by: max(expansion, 1))
        return overflow ? .max : max(product, 32 << 20)
    }
}
