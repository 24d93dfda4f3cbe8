import ApusCore

/// One batch being filled: its buffer, and what was made for each place.
final class Assembly: @unchecked Sendable {
    let step: Int
    let plan: BatchPlan
    let lease: BufferPool.Lease
    /// Written under the queue's lock until none is `nil`, and then by the thread that made the last.
    var images: [Result<MadeImage, LoaderError>?]
    var remaining: Int

    init(step: Int, plan: BatchPlan, lease: BufferPool.Lease) {
        (self.step, self.plan, self.lease) = (step, plan, lease)
        images = Array(repeating: nil, count: plan.places.count)
        remaining = plan.places.count
    }

    var imageBytes: Int { plan.size.width * plan.size.height * 3 }
}

/// Hands single images of the next batches to any number of threads, and whole batches in order to one consumer.
///
/// At most `prefetch` batches exist beyond the one that the consumer asks for. Which thread makes what does not matter:
/// an image is a function of its place alone.
final class BatchQueue: Sendable {
    /// One image to make.
    struct Job: Sendable {
        var assembly: Assembly
        var slot: Int
    }

    private struct State {
        var nextStep: Int
        var nextSlot = 0
        var filling: Assembly?
        var wantedStep: Int
        var whole: [Int: Assembly] = [:]
        var isCancelled = false
    }

    private let state: Monitor<State>
    private let plan: EpochPlan
    private let prefetch: Int
    private let pool: BufferPool

    /// The first batch to be made is `step`.
    init(plan: EpochPlan, from step: Int, prefetch: Int, pool: BufferPool) {
        (self.plan, self.prefetch, self.pool) = (plan, prefetch, pool)
        state = Monitor(State(nextStep: step, wantedStep: step))
    }

    /// The next image to make, once there is room for its batch; `nil` when there is no more.
    func claim() -> Job? {
        let job = state.wait { state -> Job?? in
            if state.isCancelled || state.nextStep >= plan.stepCount { return .some(nil) }
            guard state.filling != nil || state.nextStep < state.wantedStep + prefetch else { return nil }
            return .some(nextJob(&state))
        }
        return job
    }

    private func nextJob(_ state: inout State) -> Job {
        let step = state.nextStep
        let assembly = state.filling ?? Assembly(step: step, plan: plan[step], lease: pool.lease())
        let job = Job(assembly: assembly, slot: state.nextSlot)
        let isLast = job.slot + 1 == assembly.images.count
        state.nextSlot = isLast ? 0 : job.slot + 1
        state.nextStep += isLast ? 1 : 0
        state.filling = isLast ? nil : assembly
        return job
    }

    /// - Parameter finish: what the thread that makes a batch's last image does before the batch is whole.
    func complete(_ job: Job, with result: Result<MadeImage, LoaderError>, finish: (Assembly) -> Void) {
        let assembly = job.assembly
        let isWhole = state.update { _ in
            assembly.images[job.slot] = result
            assembly.remaining -= 1
            return assembly.remaining == 0
        }
        guard isWhole else { return }
        finish(assembly)
        state.update { $0.whole[assembly.step] = assembly }
    }

    /// Waits for the next batch in order; `nil` after the last, or once cancelled.
    func next() -> Assembly? {
        state.wait { state -> Assembly?? in
            if state.isCancelled || state.wantedStep >= plan.stepCount { return .some(nil) }
            guard let assembly = state.whole.removeValue(forKey: state.wantedStep) else { return nil }
            state.wantedStep += 1
            return .some(assembly)
        }
    }

    /// Lets every thread end after the image it is at.
    func cancel() {
        state.update { state in
            state.isCancelled = true
            state.whole = [:]
            state.filling = nil
        }
    }
}
