import ApusCore

/// One batch being filled: its buffer, and what was made for each place.
final class Assembly: @unchecked Sendable {
    let step: Int
    let lease: BufferPool.Lease
    /// Written under the queue's lock; whole when none is `nil`.
    var images: [Result<MadeImage, LoaderError>?]
    var remaining: Int

    init(step: Int, count: Int, lease: BufferPool.Lease) {
        (self.step, self.lease) = (step, lease)
        images = Array(repeating: nil, count: count)
        remaining = count
    }
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
    private let sizes: [Int]
    private let prefetch: Int
    private let pool: BufferPool

    /// `sizes` tells how many images each batch of the epoch has; the first to be made is `step`.
    init(sizes: [Int], from step: Int, prefetch: Int, pool: BufferPool) {
        (self.sizes, self.prefetch, self.pool) = (sizes, prefetch, pool)
        state = Monitor(State(nextStep: step, wantedStep: step))
    }

    /// The next image to make, once there is room for its batch; `nil` when there is no more.
    func claim() -> Job? {
        let job = state.wait { state -> Job?? in
            if state.isCancelled || state.nextStep >= sizes.count { return .some(nil) }
            guard state.filling != nil || state.nextStep < state.wantedStep + prefetch else { return nil }
            return .some(nextJob(&state))
        }
        return job
    }

    private func nextJob(_ state: inout State) -> Job {
        let step = state.nextStep
        let assembly = state.filling ?? Assembly(step: step, count: sizes[step], lease: pool.lease())
        let job = Job(assembly: assembly, slot: state.nextSlot)
        let isLast = job.slot + 1 == sizes[step]
        state.nextSlot = isLast ? 0 : job.slot + 1
        state.nextStep += isLast ? 1 : 0
        state.filling = isLast ? nil : assembly
        return job
    }

    func complete(_ job: Job, with result: Result<MadeImage, LoaderError>) {
        state.update { state in
            job.assembly.images[job.slot] = result
            job.assembly.remaining -= 1
            if job.assembly.remaining == 0 { state.whole[job.assembly.step] = job.assembly }
        }
    }

    /// Waits for the next batch in order; `nil` after the last, or once cancelled.
    func next() -> Assembly? {
        state.wait { state -> Assembly?? in
            if state.isCancelled || state.wantedStep >= sizes.count { return .some(nil) }
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
