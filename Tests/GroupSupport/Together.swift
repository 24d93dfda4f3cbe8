import ApusTorch
import Foundation
import Testing

/// What `body` gives in each of so many members of a group, threads that stand for processes.
package func together<Output>(
    _ count: Int, _ body: @escaping @Sendable (ProcessGroup) throws -> Output
) throws -> [Output] {
    let port = Int.random(in: 20_000...60_000)
    let members = (0..<count).map { rank in
        OnThread {
            let environment = try ProcessEnvironment([
                "RANK": "\(rank)", "WORLD_SIZE": "\(count)", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "\(port)",
            ])
            return try body(try ProcessGroup(try #require(environment), timeout: 60))
        }
    }
    return try members.map { try $0.result() }
}

/// Work on a thread of its own.
package final class OnThread<Output>: @unchecked Sendable {
    private var outcome: Result<Output, any Error>?
    private let done = DispatchSemaphore(value: 0)

    package init(_ work: @escaping @Sendable () throws -> Output) {
        Thread.detachNewThread { [self] in
            outcome = Result(catching: work)
            done.signal()
        }
    }

    /// Waits for it to end; once.
    package func result() throws -> Output {
        done.wait()
        return try #require(outcome).get()
    }
}
