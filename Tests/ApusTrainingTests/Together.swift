import ApusTorch
import Foundation
import Testing

/// What `body` gives in each of so many members of a group, threads that stand for processes.
func together<Result: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (ProcessGroup) throws -> Result
) throws -> [Result] {
    let port = Int.random(in: 20_000...60_000)
    let members = (0..<count).map { rank in
        Member {
            let environment = try ProcessEnvironment([
                "RANK": "\(rank)", "WORLD_SIZE": "\(count)", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "\(port)",
            ])
            return try body(try ProcessGroup(try #require(environment), timeout: 60))
        }
    }
    return try members.map { try $0.result() }
}

private final class Member<Output: Sendable>: @unchecked Sendable {
    private var outcome: Result<Output, any Error>?
    private let done = DispatchSemaphore(value: 0)

    init(_ work: @escaping @Sendable () throws -> Output) {
        Thread.detachNewThread { [self] in
            outcome = Result(catching: work)
            done.signal()
        }
    }

    func result() throws -> Output {
        done.wait()
        return try #require(outcome).get()
    }
}
