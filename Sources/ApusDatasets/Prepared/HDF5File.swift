import ApusCore
import CApusHDF5
import Glibc

/// Why libhdf5 refused.
struct HDF5Error: Error {
    let message: String
}

/// An open HDF5 file of contiguous datasets; closed when this object goes.
final class HDF5File {
    private var handle: OpaquePointer?

    private init(handle: OpaquePointer?) { self.handle = handle }

    deinit { try? close() }

    static func create(_ path: String) throws(HDF5Error) -> HDF5File {
        var handle: OpaquePointer?
        try check { apus_h5_create(path, &handle, $0, $1) }
        return HDF5File(handle: handle)
    }

    static func open(_ path: String) throws(HDF5Error) -> HDF5File {
        var handle: OpaquePointer?
        try check { apus_h5_open(path, &handle, $0, $1) }
        return HDF5File(handle: handle)
    }

    func close() throws(HDF5Error) {
        guard let open = handle else { return }
        handle = nil
        try Self.check { apus_h5_close(open, $0, $1) }
    }

    func add(
        _ name: String, type: apus_h5_type, elementSize: Int = 0, dimensions: [Int]
    ) throws(HDF5Error) {
        let extents = dimensions.map(UInt64.init)
        try Self.check {
            apus_h5_add(self.handle, name, type, elementSize, Int32(extents.count), extents, $0, $1)
        }
    }

    /// Writes rows of the first dimension.
    func write<Element: BitwiseCopyable>(
        _ elements: [Element], to name: String, start: Int = 0, rows: Int
    ) throws(HDF5Error) {
        try Self.check { message, capacity in
            elements.withUnsafeBytes {
                apus_h5_write(self.handle, name, UInt64(start), UInt64(rows), $0.baseAddress, message, capacity)
            }
        }
    }

    /// Makes `name` stand for `object` of another file, whose path is relative to this file's folder.
    func link(_ name: String, to object: String, in path: String) throws(HDF5Error) {
        try Self.check { apus_h5_link(self.handle, name, path, object, $0, $1) }
    }

    func layout(of name: String) throws(HDF5Error) -> apus_h5_layout {
        var layout = apus_h5_layout()
        do throws(HDF5Error) {
            try Self.check { apus_h5_describe(self.handle, name, &layout, $0, $1) }
        } catch {
            throw HDF5Error(message: "\(name): \(error.message)")
        }
        return layout
    }

    /// Adds a dataset of rows of `width` elements and writes it whole.
    func column<Element: BitwiseCopyable>(
        _ name: String, _ type: apus_h5_type, _ elements: [Element], width: Int = 1
    ) throws(HDF5Error) {
        let rows = elements.count / width
        try add(name, type: type, dimensions: width == 1 ? [rows] : [rows, width])
        try write(elements, to: name, rows: rows)
    }

    func set(_ name: String, to value: String) throws(HDF5Error) {
        try Self.check { apus_h5_set_string(self.handle, name, value, $0, $1) }
    }

    func set(_ name: String, to value: Int) throws(HDF5Error) {
        try Self.check { apus_h5_set_integer(self.handle, name, Int64(value), $0, $1) }
    }

    func hasAttribute(_ name: String) -> Bool { apus_h5_has_attribute(handle, name) != 0 }

    func integer(_ name: String) throws(HDF5Error) -> Int {
        var value: Int64 = 0
        try Self.check { apus_h5_get_integer(self.handle, name, &value, $0, $1) }
        return Int(value)
    }

    func string(_ name: String) throws(HDF5Error) -> String {
        var value: UnsafeMutablePointer<CChar>?
        try Self.check { apus_h5_get_string(self.handle, name, &value, $0, $1) }
        guard let value else { throw HDF5Error(message: "attribute \(name) is empty") }
        defer { apus_h5_free(value) }
        return String(cString: value)
    }

    private static func check(
        _ call: (UnsafeMutablePointer<CChar>, Int) -> Int32
    ) throws(HDF5Error) {
        let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer -> String? in
            guard let base = buffer.baseAddress else { return nil }
            base.initialize(repeating: 0, count: 512)
            return call(base, 512) == 0 ? nil : String(cString: base)
        }
        if let text { throw HDF5Error(message: text) }
    }
}

/// The version of libhdf5 that this process uses, as "1.10.8".
public func hdf5LibraryVersion() -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
        guard let base = buffer.baseAddress else { return "" }
        apus_h5_version(base, 32)
        return String(cString: base)
    }
}
