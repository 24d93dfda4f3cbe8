import ApusCore
import CApusKernels
import Testing
@testable import ApusRuntime

/// Fast kernels equal the readable ones on shapes with tails, borders, strides and gaps.
@Suite struct KernelTests {
    struct Shapes: CustomStringConvertible, @unchecked Sendable {
        var call = apus_convolution()
        var isDepthwise: Bool { call.packing == APUS_DEPTHWISE }
        let description: String

        init(seed: UInt64) {
            var stream = RandomStream(seed: seed, epoch: 0, sample: 0, purpose: 0)
            func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &stream) }
            call.packing = apus_packing(rawValue: UInt32(draw(0...3)))
            call.batch = draw(1...2)
            (call.in_height, call.in_width, call.in_channels) = (draw(4...20), draw(4...20), draw(1...40))
            call.out_channels = call.packing == APUS_DEPTHWISE ? call.in_channels : draw(1...40)
            (call.kernel_height, call.kernel_width) = (draw(1...4), draw(1...4))
            (call.stride_y, call.stride_x, call.dilation_y, call.dilation_x) = (
                draw(1...3), draw(1...3), draw(1...2), draw(1...2)
            )
            if call.packing == APUS_WINOGRAD {
                (call.kernel_height, call.kernel_width) = (3, 3)
                (call.stride_y, call.stride_x, call.dilation_y, call.dilation_x) = (1, 1, 1, 1)
            }
            (call.pad_top, call.pad_left) = (draw(0...2), draw(0...2))
            let height = call.in_height + 2 * call.pad_top - (call.kernel_height - 1) * call.dilation_y
            let width = call.in_width + 2 * call.pad_left - (call.kernel_width - 1) * call.dilation_x
            call.out_height = max(0, height - 1) / call.stride_y + (height > 0 ? 1 : 0)
            call.out_width = max(0, width - 1) / call.stride_x + (width > 0 ? 1 : 0)
            (call.in_stride, call.out_stride) = (call.in_channels + draw(0...3), call.out_channels + draw(0...3))
            (call.residual_stride, call.residual_before_activation) = (call.out_channels, draw(0...1) == 0)
            call.activation = apus_activation(apus_function(rawValue: UInt32(draw(0...7))), 0.1, 0.7)
            description = "seed \(seed)"
        }
    }

    @Test(arguments: (0..<200).map { Shapes(seed: $0) })
    func `convolutions agree`(shapes: Shapes) {
        let expected = convolve(shapes, APUS_GENERIC, threads: 1)
        // Winograd's transforms round more than plain sums.
        let tolerance = shapes.call.packing == APUS_WINOGRAD ? Tolerance.wholeModel : .rounding
        for cpu in InstructionSet.supported {
            #expect(convolve(shapes, cpu.cpu, threads: 1).isClose(to: expected, tolerance), "\(cpu)")
        }
    }

    @Test func `results do not depend on the number of threads`() {
        for seed in 0..<20 as Range<UInt64> {
            let shapes = Shapes(seed: seed)
            #expect(convolve(shapes, apus_best_cpu(), threads: 1) == convolve(shapes, apus_best_cpu(), threads: 3))
        }
    }

    /// What the kernel leaves between the pixels' channels stays as it was, too.
    private func convolve(_ shapes: Shapes, _ cpu: apus_cpu, threads: Int) -> NDArray {
        var call = shapes.call
        let threads = ThreadPool(threads: threads)
        let x = noise([call.batch, call.in_height, call.in_width, call.in_stride], seed: 1)
        let w = noise(
            [call.out_channels, shapes.isDepthwise ? 1 : call.in_channels, call.kernel_height, call.kernel_width],
            seed: 2)
        let bias = noise([call.out_channels], seed: 3)
        let pixels = call.batch * call.out_height * call.out_width
        let residual = noise([pixels, call.out_channels], seed: 4)
        let packed = pack(shapes, w, bias)
        let y = NDArray(zeros: [pixels, call.out_stride])
        call.input = pointer(x)
        call.weights = pointer(packed)
        call.residual = shapes.call.batch == 1 ? pointer(residual) : nil
        call.output = UnsafeMutablePointer(mutating: pointer(y))
        apus_convolve(cpu, threads.handle, &call)
        withExtendedLifetime((x, residual, packed)) {}
        return y
    }

    private func pack(_ shapes: Shapes, _ w: NDArray, _ bias: NDArray) -> NDArray {
        let c = shapes.call, taps = c.kernel_height * c.kernel_width
        var filter = apus_filter()
        filter.packing = c.packing
        (filter.out_channels, filter.in_channels) = (c.out_channels, shapes.isDepthwise ? 1 : c.in_channels)
        (filter.kernel_height, filter.kernel_width) = (c.kernel_height, c.kernel_width)
        (filter.o_stride, filter.i_stride, filter.y_stride, filter.x_stride) =
            (filter.in_channels * taps, taps, c.kernel_width, 1)
        let packed = NDArray(zeros: [apus_packed_count(&filter)])
        apus_pack(nil, &filter, pointer(w), pointer(bias), UnsafeMutablePointer(mutating: pointer(packed)))
        return packed
    }

    private func pointer(_ array: NDArray) -> UnsafePointer<Float> {
        UnsafePointer(array.storage.base.assumingMemoryBound(to: Float.self))
    }

    @Test(arguments: 0..<29 as Range<UInt32>)
    func `functions agree`(function: UInt32) {
        for count in [1, 7, 8, 9, 40] {
            let x = noise([count], seed: UInt64(count)).elements(of: Float.self).map { $0 * 20 }
            var y = [Float](repeating: 0, count: count), z = y
            let f = apus_activation(apus_function(rawValue: function), 0.3, 0.7)
            apus_unary(APUS_GENERIC, nil, f, x, count, &y, count, 1, count)
            apus_unary(apus_best_cpu(), nil, f, x, count, &z, count, 1, count)
            #expect(NDArray(z).isClose(to: NDArray(y)))
        }
    }

    @Test func `a copy transposes as its strides say`() {
        let x = noise([5, 17, 19])
        var y = [Float](repeating: 0, count: x.count)
        let pool = ThreadPool(threads: 2)
        let source = x.elements(of: Float.self)
        // Extents (5, 17, 19): the target is [5][19][17].
        apus_copy(pool.handle, x.storage.base, [323, 19, 1], &y, [323, 1, 17], [5, 17, 19], 3, 4)
        for i in 0..<5 {
            for j in 0..<17 {
                for k in 0..<19 where y[i * 323 + k * 17 + j] != source[i * 323 + j * 19 + k] {
                    Issue.record("element \(i), \(j), \(k)")
                }
            }
        }
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `an expansion and its filter at once equal the two in turn`(seed: UInt64) {
        var stream = RandomStream(seed: seed, epoch: 0, sample: 0, purpose: 1)
        func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &stream) }
        let size = draw(8...40), kernel = 2 * draw(1...2) + 1
        let first = Layer(
            APUS_DENSE, in: draw(1...30), out: draw(2...70), size: size, kernel: 1, stride: 1, draw(0...7))
        let second = Layer(
            APUS_DEPTHWISE, in: first.call.out_channels, out: first.call.out_channels, size: size, kernel: kernel,
            stride: draw(1...2), draw(0...7))
        let pool = ThreadPool(threads: draw(1...2))
        for set in InstructionSet.supported where set != .generic {
            let between = first.run(noise([1, size, size, first.call.in_channels]), set, pool)
            let expected = second.run(between, set, pool)
            var (e, d) = (first.call, second.call)
            let x = noise([1, size, size, e.in_channels]), y = NDArray(zeros: expected.shape)
            e.input = pointer(x)
            d.output = UnsafeMutablePointer(mutating: pointer(y))
            #expect(apus_convolve_expanded(set.cpu, pool.handle, &e, &d))
            withExtendedLifetime((x, first, second)) {}
            #expect(y == expected, "\(set)")
        }
    }

    /// A convolution of a square image, padded so that its size stays, with random weights.
    private struct Layer {
        var call = apus_convolution()
        private let packed: NDArray

        init(_ packing: apus_packing, in inputs: Int, out: Int, size: Int, kernel: Int, stride: Int, _ function: Int) {
            call.packing = packing
            (call.batch, call.in_height, call.in_width, call.in_channels, call.in_stride) = (
                1, size, size, inputs, inputs
            )
            let extent = (size + 2 * (kernel / 2) - kernel) / stride + 1
            (call.out_height, call.out_width, call.out_channels, call.out_stride) = (extent, extent, out, out)
            (call.kernel_height, call.kernel_width, call.stride_y, call.stride_x) = (kernel, kernel, stride, stride)
            (call.dilation_y, call.dilation_x, call.pad_top, call.pad_left) = (1, 1, kernel / 2, kernel / 2)
            call.activation = apus_activation(apus_function(rawValue: UInt32(function)), 0.1, 0.7)
            let depth = packing == APUS_DEPTHWISE ? 1 : inputs, taps = kernel * kernel
            var filter = apus_filter()
            filter.packing = packing
            (filter.out_channels, filter.in_channels) = (out, depth)
            (filter.kernel_height, filter.kernel_width) = (kernel, kernel)
            (filter.o_stride, filter.i_stride, filter.y_stride, filter.x_stride) = (depth * taps, taps, kernel, 1)
            packed = NDArray(zeros: [apus_packed_count(&filter)])
            let weights = noise([out * depth * taps], seed: 7), bias = noise([out], seed: 8)
            let target = packed.storage.base.assumingMemoryBound(to: Float.self)
            weights.withElements(of: Float.self) { w in
                bias.withElements(of: Float.self) { b in apus_pack(nil, &filter, w.baseAddress, b.baseAddress, target) }
            }
            call.weights = UnsafePointer(target)
        }

        func run(_ x: NDArray, _ set: InstructionSet, _ pool: ThreadPool) -> NDArray {
            var call = call
            let y = NDArray(zeros: [1, call.out_height, call.out_width, call.out_channels])
            call.input = UnsafePointer(x.storage.base.assumingMemoryBound(to: Float.self))
            call.output = y.storage.base.assumingMemoryBound(to: Float.self)
            apus_convolve(set.cpu, pool.handle, &call)
            withExtendedLifetime((x, packed)) {}
            return y
        }
    }

    @Test func `an image's channels become planes and come back`() {
        for (channels, pixels, stride) in [(1, 5, 1), (8, 8, 8), (17, 33, 20), (80, 130, 80), (9, 64, 11)] {
            let x = noise([pixels, stride]), source = x.elements(of: Float.self)
            var planes = [Float](repeating: 0, count: channels * pixels), back = planes
            apus_copy(nil, x.storage.base, [1, stride], &planes, [pixels, 1], [channels, pixels], 2, 4)
            apus_copy(nil, planes, [1, pixels], &back, [channels, 1], [pixels, channels], 2, 4)
            for pixel in 0..<pixels {
                for channel in 0..<channels {
                    let value = source[pixel * stride + channel]
                    #expect(planes[channel * pixels + pixel] == value && back[pixel * channels + channel] == value)
                }
            }
        }
    }

    @Test func `a pool runs every index once, whoever asks`() {
        let pool = ThreadPool(threads: 3)
        parallelFor(4, threads: 4) { _ in
            for count in [1, 2, 100] {
                var flags = [Int32](repeating: 0, count: count)
                flags.withUnsafeMutableBufferPointer { flags in
                    apus_pool_run(
                        pool.handle, count,
                        { context, index in context?.assumingMemoryBound(to: Int32.self)[index] += 1 },
                        flags.baseAddress)
                }
                #expect(flags.allSatisfy { $0 == 1 })
            }
        }
    }
}
