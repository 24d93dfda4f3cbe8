import ApusCore
import ApusDatasets

/// Batches worked on side by side, each by one thread, whose results are handed on in the batches' order.
final class BatchPipeline<Part: Sendable>: Sendable {
    private typealias Outcome = Result<Part, any Error>

    private struct Done {
        /// What is not handed on yet, by the number of its batch.
        var outcomes: [Int: Outcome] = [:]
        var isStopped = false
    }

    private let done = Mutex(Done())
    /// How many batches were taken.
    private let taken = Mutex(0)
    /// Touched while `taken` is held.
    nonisolated(unsafe) private let batches: LoaderEpoch
    private let work: @Sendable (Batch) throws -> Part

    init(_ batches: LoaderEpoch, _ work: @escaping @Sendable (Batch) throws -> Part) {
        (self.batches, self.work) = (batches, work)
    }

    /// Works on all batches; the first error in their order ends it.
    ///
    /// - Parameter collect: called on this thread alone.
    func run(threads: Int, _ collect: (Part) throws -> Void) throws {
        let helpers = (1..<max(threads, 1)).map { _ in Thread { while self.workOnOne() {} } }
        var next = 0
        let collected = Result {
            while workOnOne() { try collectReady(&next, collect) }
        }
        if case .failure = collected { done.withLock { $0.isStopped = true } }
        for helper in helpers { helper.join() }
        try collected.get()
        try collectReady(&next, collect)
    }

    /// False where no batch is left.
    private func workOnOne() -> Bool {
        guard let (step, batch) = take() else { return false }
        let outcome = batch.flatMap { batch in Outcome { try work(batch) } }
        done.withLock { done in
            done.outcomes[step] = outcome
            if case .failure = outcome { done.isStopped = true }
        }
        return true
    }

    private func take() -> (step: Int, batch: Result<Batch, any Error>)? {
        taken.withLock { taken in
            guard !done.withLock({ $0.isStopped }) else { return nil }
            let step = taken
            do {
                guard let batch = try batches.next() else { return nil }
                taken += 1
                return (step, .success(batch))
            } catch {
                return (step, .failure(error))
            }
        }
    }

    private func collectReady(_ next: inout Int, _ collect: (Part) throws -> Void) throws {
        while let outcome = done.withLock({ $0.outcomes.removeValue(forKey: next) }) {
            try collect(try outcome.get())
            next += 1
        }
    }
}
