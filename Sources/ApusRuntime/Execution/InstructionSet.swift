import CApusKernels

/// The instructions that a session's kernels use.
public enum InstructionSet: String, CaseIterable, Sendable {
    /// Portable C, the readable specification of the other kernels.
    case generic
    /// AVX2 and FMA: eight floats at a time.
    case avx2
    /// AVX-512 (F, VL, BW, DQ): sixteen floats at a time.
    case avx512

    /// The widest set that this processor has.
    public static let best: InstructionSet =
        switch apus_best_cpu() {
        case APUS_AVX512: .avx512
        case APUS_AVX2: .avx2
        default: .generic
        }

    /// The sets that this processor has, each a part of the next.
    public static let supported: [InstructionSet] = Array(allCases.prefix { $0.cpu.rawValue <= best.cpu.rawValue })

    var cpu: apus_cpu {
        switch self {
        case .generic: APUS_GENERIC
        case .avx2: APUS_AVX2
        case .avx512: APUS_AVX512
        }
    }
}
