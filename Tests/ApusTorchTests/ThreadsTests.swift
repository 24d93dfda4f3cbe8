import ApusGroupSupport
import Testing

@testable import ApusTorch

@Suite struct ThreadsTests {
    /// Sums depend on the number of threads, so that another trainer's must not change this one's.
    @Test func `what another thread sets leaves a thread's own number as it is`() throws {
        let own = try OnThread {
            Torch.setThreads(2)
            try OnThread { Torch.setThreads(1) }.result()
            return Torch.threads
        }.result()
        #expect(own == 2)
    }
}
