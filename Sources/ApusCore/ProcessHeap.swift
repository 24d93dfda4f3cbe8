import Glibc

/// The heap of a process that takes much memory for a moment and ends.
public enum ProcessHeap {
    /// Lets every thread's heap begin with `step` bytes in large pages and give nothing back: asking the system for
    /// every few pages takes longer than the work on them.
    ///
    /// To be called before other threads run.
    public static func growInLargeSteps(of step: Int = 24 << 20) {
        set([.giveBackFrom: .max, .ownMappingFrom: 32 << 20])
        firstStep.store(step, ordering: .relaxed)
        growOwnPart()
    }

    /// Does nothing where nobody asked for large steps.
    static func growOwnPart() {
        let step = firstStep.load(ordering: .relaxed)
        var block: UnsafeMutableRawPointer?
        // Not by malloc: compilers leave out one whose block is freed at once.
        guard step > 0, posix_memalign(&block, largePage, step) == 0 else { return }
        madvise(block, step, MADV_HUGEPAGE)
        free(block)
    }

    private static let firstStep = Atomic<Int>(0)
    private static let largePage = 2 << 20

    /// The parameters of glibc's `mallopt`, whose header Swift does not know.
    private enum Parameter: Int32 {
        case giveBackFrom = -1
        case ownMappingFrom = -3
    }

    private static func set(_ values: KeyValuePairs<Parameter, Int32>) {
        typealias Setting = @convention(c) (Int32, Int32) -> Int32
        guard let setting = dlsym(nil, "mallopt").map({ unsafeBitCast($0, to: Setting.self) }) else { return }
        for (parameter, value) in values { _ = setting(parameter.rawValue, value) }
    }
}
