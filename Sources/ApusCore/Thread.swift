import Glibc
@_exported import Synchronization

/// A POSIX thread: unlike a task of Swift's pool it may block.
public final class Thread: @unchecked Sendable {
    private var handle = pthread_t()
    private final class Body {
        let run: @Sendable () -> Void; init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    public init(stackSize: Int = 8 << 20, _ body: @escaping @Sendable () -> Void) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, stackSize)
        defer { pthread_attr_destroy(&attributes) }
        let argument = Unmanaged.passRetained(Body(body)).toOpaque()
        let code = pthread_create(
            &handle, &attributes,
            { argument in
                Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue().run()
                return nil
            }, argument)
        precondition(code == 0, "no thread could be started: \(String(cString: strerror(code)))")
    }

    /// Makes the calling thread one that steps back: signals go to other threads, and so does the processor where they
    /// want it.
    public static func enterBackground() {
        var signals = sigset_t()
        sigfillset(&signals)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        // To Linux, 0 is the calling thread.
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
    }

    public func join() { pthread_join(handle, nil) }
}

/// A mutex with a condition, for queues between threads that block.
public final class Monitor<State>: @unchecked Sendable {
    private var state: State
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    public init(_ state: State) {
        self.state = state
        pthread_mutex_init(mutex, nil)
        // Waits are as long whatever becomes of the time of day.
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Runs `body` alone and then wakes every waiter.
    public func update<R>(_ body: (inout State) throws -> R) rethrows -> R { try locked { try body(&state) } }

    /// Waits until `body` returns a value.
    public func wait<R>(_ body: (inout State) throws -> R?) rethrows -> R {
        try locked {
            while true {
                if let result = try body(&state) { return result }
                pthread_cond_wait(condition, mutex)
            }
        }
    }

    /// The same for so many seconds at most; `nil` where `body` returned nothing until then.
    public func wait<R>(atMost seconds: Double, _ body: (inout State) throws -> R?) rethrows -> R? {
        var end = timespec()
        clock_gettime(CLOCK_MONOTONIC, &end)
        let whole = seconds.rounded(.down)
        end.tv_sec += Int(whole)
        end.tv_nsec += Int((seconds - whole) * 1e9)
        (end.tv_sec, end.tv_nsec) = (end.tv_sec + end.tv_nsec / 1_000_000_000, end.tv_nsec % 1_000_000_000)
        return try locked {
            while true {
                if let result = try body(&state) { return result }
                if pthread_cond_timedwait(condition, mutex, &end) == ETIMEDOUT { return try body(&state) }
            }
        }
    }

    /// Runs `body` alone and then wakes every waiter.
    private func locked<R>(_ body: () throws -> R) rethrows -> R {
        pthread_mutex_lock(mutex)
        defer {
            pthread_cond_broadcast(condition)
            pthread_mutex_unlock(mutex)
        }
        return try body()
    }
}
