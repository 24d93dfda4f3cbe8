import ApusCore
import CApusKernels

/// The right side of a matrix product, in panels of sixteen columns. The product is a 1×1 convolution whose pixels
/// are the left side's rows.
final class PackedMatrix: @unchecked Sendable {
    let rows, columns: Int
    private let storage: Storage
    private let lease: MemoryLease

    init(
        _ matrix: UnsafePointer<Float>, rows: Int, columns: Int, rowStride: Int, columnStride: Int,
        bias: UnsafePointer<Float>?, _ context: ExecutionContext
    ) throws(OperatorError) {
        (self.rows, self.columns) = (rows, columns)
        var filter = apus_filter()
        (filter.out_channels, filter.in_channels, filter.kernel_height, filter.kernel_width) = (columns, rows, 1, 1)
        (filter.o_stride, filter.i_stride) = (columnStride, rowStride)
        lease = try context.workspace.lease(apus_packed_count(&filter) * 4)
        storage = Storage(byteCount: apus_packed_count(&filter) * 4)
        apus_pack(context.pool, &filter, matrix, bias, storage.base.assumingMemoryBound(to: Float.self))
    }

    /// `result = a · self`, where `a` has `rows` rows that begin `stride` apart.
    func multiply(
        _ a: UnsafeMutableRawPointer, rows count: Int, stride: Int, into result: UnsafeMutableRawPointer,
        _ context: ExecutionContext
    ) {
        var call = apus_convolution()
        (call.batch, call.in_height, call.out_height) = (1, 1, 1)
        (call.in_width, call.in_channels, call.in_stride) = (count, rows, stride)
        (call.out_width, call.out_channels, call.out_stride) = (count, columns, columns)
        (call.kernel_height, call.kernel_width) = (1, 1)
        (call.stride_y, call.stride_x, call.dilation_y, call.dilation_x) = (1, 1, 1, 1)
        call.weights = UnsafePointer(storage.base.assumingMemoryBound(to: Float.self))
        context.convolve(call, from: a, to: result)
    }
}
