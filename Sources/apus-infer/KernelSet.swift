import ApusArguments
import ApusRuntime

/// Which kernels run a model, and whether its graph is rewritten before.
enum KernelSet: String, CaseIterable, ExpressibleByArgument {
    /// The graph as written, on the readable kernels: the specification.
    case reference
    /// Fused and packed, on the best kernels of this processor.
    case optimized

    func options(threads: Int) -> Session.Options {
        switch self {
        case .reference: Session.Options(threads: threads, optimizes: false, instructions: .generic)
        case .optimized: Session.Options(threads: threads)
        }
    }
}

extension InstructionSet: ExpressibleByArgument {}

/// The kernels that a measurement runs on.
struct InstructionsOption: ParsableArguments {
    @Option(help: "The instructions that kernels use (default: the best of this processor).")
    var kernels: InstructionSet?

    var chosen: InstructionSet { kernels ?? .best }

    func validate() throws {
        guard InstructionSet.supported.contains(chosen) else {
            let known = InstructionSet.supported.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--kernels \(chosen.rawValue): this processor has not; it has \(known).")
        }
    }
}
