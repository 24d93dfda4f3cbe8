import ApusCore
import ApusDatasets
import ApusVision
import Glibc

/// onnxruntime by its C interface, where the machine has its library.
///
/// The library comes without its header often. Of the table of functions that `OrtGetApiBase` leads to, whose order never
/// changes between versions, only the few that are called here are declared, by their places.
public final class Onnxruntime: BatchPredictor {
    /// The library's own version, such as `1.23.2`.
    public let version: String
    private let table: UnsafePointer<UnsafeRawPointer>
    private let session, memory: UnsafeMutableRawPointer
    private let inputName: String
    private let outputNames: [String]
    private let input: InputSpecification

    private typealias Handle = UnsafeMutableRawPointer
    private typealias Status = UnsafeMutableRawPointer?

    private enum Place: Int {
        case errorMessage = 2
        case createEnvironment = 3
        case createSession = 7
        case run = 9
        case createOptions = 10
        case setThreads = 24
        case wrapTensor = 49
        case tensorData = 51
        case dimensionCount = 61
        case dimensions = 62
        case shape = 65
        case cpuMemory = 69
        case releaseStatus = 93
        case releaseValue = 96
        case releaseInfo = 99
    }

    /// `nil` where the library is not found: by `APUS_ONNXRUNTIME`, then where the system looks for libraries.
    ///
    /// - Parameters:
    ///   - input: how batches become the model's one input, float32 `[N, 3, H, W]`.
    /// - Throws: `OnnxruntimeError` where the library refuses the model.
    public init?(
        model path: String, inputName: String, outputNames: [String], input: InputSpecification, threads: Int
    ) throws(OnnxruntimeError) {
        guard let base = Self.load() else { return nil }
        let getTable = unsafeBitCast(
            base[0], to: (@convention(c) (UInt32) -> UnsafePointer<UnsafeRawPointer>?).self)
        let getVersion = unsafeBitCast(base[1], to: (@convention(c) () -> UnsafePointer<CChar>).self)
        version = String(cString: getVersion())
        guard let table = getTable(1) else { throw OnnxruntimeError(message: "its interface 1 is missing") }
        self.table = table
        (self.inputName, self.outputNames, self.input) = (inputName, outputNames, input)
        (session, memory) = try Self.open(path, threads, table)
    }

    private static func load() -> UnsafePointer<UnsafeRawPointer>? {
        let named = getenv("APUS_ONNXRUNTIME").map { String(cString: $0) }
        let names = named.map { [$0] } ?? ["libonnxruntime.so", "libonnxruntime.so.1"]
        for name in names {
            guard let library = dlopen(name, RTLD_NOW | RTLD_LOCAL), let symbol = dlsym(library, "OrtGetApiBase")
            else { continue }
            let base = unsafeBitCast(
                symbol, to: (@convention(c) () -> UnsafePointer<UnsafeRawPointer>).self)
            return base()
        }
        return nil
    }

    private static func open(
        _ path: String, _ threads: Int, _ table: UnsafePointer<UnsafeRawPointer>
    ) throws(OnnxruntimeError) -> (session: Handle, memory: Handle) {
        var environment, options, session, memory: Handle?
        typealias CreateEnvironment =
            @convention(c) (Int32, UnsafePointer<CChar>, UnsafeMutablePointer<Handle?>) -> Status
        typealias Create = @convention(c) (UnsafeMutablePointer<Handle?>) -> Status
        typealias SetThreads = @convention(c) (Handle?, Int32) -> Status
        typealias CreateSession =
            @convention(c) (
                Handle?, UnsafePointer<CChar>, Handle?, UnsafeMutablePointer<Handle?>
            ) -> Status
        typealias Memory = @convention(c) (Int32, Int32, UnsafeMutablePointer<Handle?>) -> Status
        let errorsOnly: Int32 = 3
        try check(function(.createEnvironment, CreateEnvironment.self, table)(errorsOnly, "apus", &environment), table)
        try check(function(.createOptions, Create.self, table)(&options), table)
        try check(function(.setThreads, SetThreads.self, table)(options, Int32(threads)), table)
        try check(function(.createSession, CreateSession.self, table)(environment, path, options, &session), table)
        // The arena's allocator, default memory.
        try check(function(.cpuMemory, Memory.self, table)(1, 0, &memory), table)
        guard let session, let memory else { throw OnnxruntimeError(message: "it gives no session") }
        return (session, memory)
    }

    private static func function<Function>(
        _ place: Place, _ type: Function.Type, _ table: UnsafePointer<UnsafeRawPointer>
    ) -> Function {
        unsafeBitCast(table[place.rawValue], to: type)
    }

    private static func check(
        _ status: Status, _ table: UnsafePointer<UnsafeRawPointer>
    ) throws(OnnxruntimeError) {
        guard let status else { return }
        typealias Message = @convention(c) (Handle) -> UnsafePointer<CChar>
        typealias Release = @convention(c) (Handle) -> Void
        let message = String(cString: function(.errorMessage, Message.self, table)(status))
        function(.releaseStatus, Release.self, table)(status)
        throw OnnxruntimeError(message: message)
    }

    public func outputs(for batch: Batch) throws -> [NDArray] {
        var pixels = batch.array(input)
        let shape = pixels.shape.dimensions.map(Int64.init)
        return try pixels.withMutableElements(of: Float.self) { elements in try run(elements, shape) }
    }

    private func run(_ elements: UnsafeMutableBufferPointer<Float>, _ shape: [Int64]) throws -> [NDArray] {
        typealias Wrap =
            @convention(c) (
                Handle, UnsafeMutableRawPointer?, Int, UnsafePointer<Int64>, Int, Int32, UnsafeMutablePointer<Handle?>
            ) -> Status
        typealias Run =
            @convention(c) (
                Handle, Handle?, UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<Handle?>, Int,
                UnsafePointer<UnsafePointer<CChar>?>, Int, UnsafeMutablePointer<Handle?>
            ) -> Status
        let float: Int32 = 1
        var tensor: Handle?
        try Self.check(
            Self.function(.wrapTensor, Wrap.self, table)(
                memory, elements.baseAddress, elements.count * MemoryLayout<Float>.stride, shape, shape.count, float,
                &tensor), table)
        defer { release(tensor) }
        var values = [Handle?](repeating: nil, count: outputNames.count)
        defer { values.forEach(release) }
        let status = withCStrings([inputName] + outputNames) { names in
            names.withUnsafeBufferPointer { names in
                guard let first = names.baseAddress else { return nil as Status }
                return Self.function(.run, Run.self, table)(
                    session, nil, first, [tensor], 1, first + 1, outputNames.count, &values)
            }
        }
        try Self.check(status, table)
        return try values.map { try array(of: $0) }
    }

    private func array(of value: Handle?) throws -> NDArray {
        typealias Shape = @convention(c) (Handle?, UnsafeMutablePointer<Handle?>) -> Status
        typealias Count = @convention(c) (Handle?, UnsafeMutablePointer<Int>) -> Status
        typealias Extents = @convention(c) (Handle?, UnsafeMutablePointer<Int64>, Int) -> Status
        typealias Data = @convention(c) (Handle?, UnsafeMutablePointer<UnsafeMutableRawPointer?>) -> Status
        var (info, data, rank): (Handle?, UnsafeMutableRawPointer?, Int) = (nil, nil, 0)
        try Self.check(Self.function(.shape, Shape.self, table)(value, &info), table)
        defer { releaseInfo(info) }
        try Self.check(Self.function(.dimensionCount, Count.self, table)(info, &rank), table)
        var extents = [Int64](repeating: 0, count: rank)
        try Self.check(Self.function(.dimensions, Extents.self, table)(info, &extents, rank), table)
        try Self.check(Self.function(.tensorData, Data.self, table)(value, &data), table)
        let shape = ApusCore.Shape(extents.map(Int.init))
        guard let data else { throw OnnxruntimeError(message: "an output has no data") }
        let elements = UnsafeBufferPointer(start: data.assumingMemoryBound(to: Float.self), count: shape.count)
        return NDArray(Array(elements), shape: shape)
    }

    private func release(_ value: Handle?) { release(value, .releaseValue) }
    private func releaseInfo(_ info: Handle?) { release(info, .releaseInfo) }

    private func release(_ handle: Handle?, _ place: Place) {
        typealias Release = @convention(c) (Handle) -> Void
        if let handle { Self.function(place, Release.self, table)(handle) }
    }
}

/// onnxruntime is there and refuses.
public struct OnnxruntimeError: Error, Equatable, CustomStringConvertible {
    public var message: String
    public var description: String { "onnxruntime: \(message)" }
}

/// The strings as C has them, for as long as `body` runs.
private func withCStrings<Result>(_ strings: [String], _ body: ([UnsafePointer<CChar>?]) -> Result) -> Result {
    let copies = strings.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    return body(copies.map { UnsafePointer($0) })
}
