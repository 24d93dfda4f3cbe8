import ApusCore
import CApusKernels
import Testing
@testable import ApusRuntime

/// Every form of a quantized convolution gives the bytes that the readable one gives.
@Suite struct QuantizedKernelTests {
    struct Case: CustomStringConvertible, @unchecked Sendable {
        var call = apus_quantized_convolution()
        let weights: [Int16]
        let image, residual: [UInt8]
        let hasResidual, givesSums: Bool
        let description: String

        init(seed: UInt64) {
            var stream = RandomStream(seed: seed, epoch: 0, sample: 0, purpose: 0)
            func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &stream) }
            // Every third is one that Winograd's form takes.
            let isUnit = seed % 3 == 0
            call.batch = draw(1...2)
            (call.in_height, call.in_width, call.in_channels) = (draw(4...20), draw(4...20), draw(1...40))
            call.out_channels = draw(1...40)
            (call.kernel_height, call.kernel_width) = isUnit ? (3, 3) : (draw(1...4), draw(1...4))
            (call.stride_y, call.stride_x) = isUnit ? (1, 1) : (draw(1...3), draw(1...3))
            (call.dilation_y, call.dilation_x) = isUnit ? (1, 1) : (draw(1...2), draw(1...2))
            (call.pad_top, call.pad_left) = (draw(0...2), draw(0...2))
            let height = call.in_height + 2 * call.pad_top - (call.kernel_height - 1) * call.dilation_y
            let width = call.in_width + 2 * call.pad_left - (call.kernel_width - 1) * call.dilation_x
            call.out_height = max(0, height - 1) / call.stride_y + (height > 0 ? 1 : 0)
            call.out_width = max(0, width - 1) / call.stride_x + (width > 0 ? 1 : 0)
            (call.in_stride, call.out_stride) = (call.in_channels + draw(0...3), call.out_channels + draw(0...3))
            (call.input_is_signed, call.output_is_signed) = (draw(0...1) == 0, draw(0...1) == 0)
            call.input_zero = Int32(call.input_is_signed ? draw(-128...127) : draw(0...255))
            call.output_zero = Int32(call.output_is_signed ? draw(-128...127) : draw(0...255))
            (call.residual_zero, call.residual_scale, call.residual_stride) = (7, 0.01, call.out_stride)
            call.activation = apus_activation(apus_function(rawValue: UInt32(draw(0...7))), 0.1, 0.7)
            call.inverse_scale = 30
            call.residual_before_activation = draw(0...1) == 0
            let limit = draw(0...3) == 0 ? 255 : 127
            let count = call.out_channels * call.in_channels * call.kernel_height * call.kernel_width
            weights = (0..<count).map { _ in Int16(draw(-limit...limit)) }
            image = Self.bytes(call.batch * call.in_height * call.in_width * call.in_stride, &stream)
            residual = Self.bytes(call.batch * call.out_height * call.out_width * call.out_stride, &stream)
            (hasResidual, givesSums) = (draw(0...1) == 0, draw(0...3) == 0)
            description = "seed \(seed)"
        }

        private static func bytes(_ count: Int, _ stream: inout RandomStream) -> [UInt8] {
            (0..<count).map { _ in UInt8.random(in: 0...255, using: &stream) }
        }

        var isUnit: Bool {
            call.kernel_height == 3 && call.kernel_width == 3 && call.stride_y == 1 && call.stride_x == 1
                && call.dilation_y == 1 && call.dilation_x == 1
        }
    }

    /// The forms that this processor runs and that these weights allow.
    private func forms(_ test: Case) -> [apus_quantized_form] {
        var forms: [apus_quantized_form] = []
        if InstructionSet.supported.contains(.avx2) { forms.append(APUS_QUANTIZED_PAIRS) }
        let largest = test.weights.map { Int($0.magnitude) }.max() ?? 0
        let terms = test.call.in_channels * 9
        if InstructionSet.supported.contains(.avx2), test.isUnit, 255 * largest * terms < 1 << 25 {
            forms.append(APUS_QUANTIZED_WINOGRAD)
        }
        if best(test, APUS_AVX512) == APUS_QUANTIZED_QUADS, InstructionSet.supported.contains(.avx512) {
            forms.append(APUS_QUANTIZED_QUADS)
        }
        return forms
    }

    private func best(_ test: Case, _ cpu: apus_cpu) -> apus_quantized_form {
        withWeights(test) { apus_quantized_best_form(cpu, $0, test.isUnit) }
    }

    private func withWeights<Result>(_ test: Case, _ body: (UnsafePointer<apus_quantized_weights>) -> Result) -> Result
    {
        test.weights.withUnsafeBufferPointer { values in
            let call = test.call
            let weights = apus_quantized_weights(
                values: values.baseAddress, out_channels: call.out_channels, in_channels: call.in_channels,
                kernel_height: call.kernel_height, kernel_width: call.kernel_width)
            return withUnsafePointer(to: weights, body)
        }
    }

    @Test(arguments: (0..<300).map { Case(seed: $0) })
    func `forms agree to the byte`(test: Case) {
        let expected = convolve(test, APUS_QUANTIZED_PLAIN, threads: 1)
        for form in forms(test) { #expect(convolve(test, form, threads: 1) == expected, "form \(form.rawValue)") }
    }

    @Test func `bytes do not depend on the number of threads`() {
        for seed in 0..<30 as Range<UInt64> {
            let test = Case(seed: seed)
            for form in forms(test) { #expect(convolve(test, form, threads: 3) == convolve(test, form, threads: 1)) }
        }
    }

    /// What the kernel leaves between the pixels' channels stays as it was, too.
    private func convolve(_ test: Case, _ form: apus_quantized_form, threads: Int) -> [UInt8] {
        var call = test.call
        let pool = ThreadPool(threads: threads)
        let packed = withWeights(test) { weights in
            let storage = Storage(byteCount: apus_quantized_packed_bytes(form, weights))
            apus_quantized_pack(form, weights, storage.base)
            return storage
        }
        let channels = call.out_channels
        let factors = QuantizedFactors(
            bias: (0..<channels).map { Int32($0 * 37 - 500) }, scale: (0..<channels).map { 1e-5 * Float($0 % 7 + 1) },
            offset: (0..<channels).map { 0.01 * Float($0 % 5 - 2) }, groups: 1)
        var output = [UInt8](repeating: 0, count: call.batch * call.out_height * call.out_width * call.out_stride * 4)
        (call.bias, call.scale, call.offset) = factors.pointers(0)
        (call.form, call.weights) = (form, UnsafeRawPointer(packed.base))
        let scratch = Storage(byteCount: apus_quantized_scratch_bytes(&call, Int32(threads)))
        call.scratch = scratch.base
        test.image.withUnsafeBufferPointer { image in
            test.residual.withUnsafeBufferPointer { residual in
                output.withUnsafeMutableBytes { output in
                    call.input = image.baseAddress
                    call.residual = test.hasResidual ? residual.baseAddress : nil
                    call.output = output.bindMemory(to: UInt8.self).baseAddress
                    if test.givesSums { call.sums = output.bindMemory(to: Int32.self).baseAddress }
                    apus_quantized_convolve(pool.handle, &call)
                }
            }
        }
        withExtendedLifetime((packed, factors, scratch)) {}
        return output
    }

    @Test func `bytes and numbers agree between kernels`() {
        let x = noise([3, 333], seed: 5).elements(of: Float.self).map { $0 * 40 }
        for isSigned in [false, true] {
            let q = apus_quantization(scale: 0.13, zero: isSigned ? -9 : 100, is_signed: isSigned)
            var results: [[UInt8]] = [], numbers: [[Float]] = []
            for cpu in InstructionSet.supported.map(\.cpu) {
                var y = [UInt8](repeating: 0, count: x.count), z = [UInt8](repeating: 0, count: 4 * 333)
                var back = [Float](repeating: 0, count: x.count)
                apus_quantize(cpu, nil, q, x, 333, &y, 333, 3, 333)
                apus_quantize_planes(cpu, nil, q, x, 3, 333, &z)
                apus_dequantize(cpu, nil, q, y, 333, &back, 333, 3, 333)
                results.append(y + z)
                numbers.append(back)
            }
            #expect(results.allSatisfy { $0 == results[0] })
            #expect(numbers.allSatisfy { $0 == numbers[0] })
        }
    }
}
