import ApusTorch
import Foundation
import Testing

/// What `body` gives in each of so many members of a group, threads that stand for processes.
package func together<Output>(
    _ count: Int, _ body: @escaping @Sendable (ProcessGroup) throws -> Output
) throws -> [Output] {
    let port = try freePort()
    let members = (0..<count).map { rank in
        OnThread {
            let environment = try ProcessEnvironment([
                "RANK": "\(rank)", "WORLD_SIZE": "\(count)", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "\(port)",
            ])
            return try body(try ProcessGroup(try #require(environment)))
        }
    }
    return try members.map { try $0.result() }
}

/// A port of the loopback that nobody listens at, below those that the system hands out.
private func freePort() throws -> Int {
    for _ in 0..<1000 {
        let port = Int.random(in: 20_000..<32_768)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        let isFree = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        if isFree { return port }
    }
    throw POSIXError(.EADDRINUSE)
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
