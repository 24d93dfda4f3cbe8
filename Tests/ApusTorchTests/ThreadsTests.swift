import ApusGroupSupport
import Testing

@testable import ApusTorch

@Suite struct ThreadsTests {
    /// Sums depend on the number of threads, so that another trainer's must not change this one's. The last number set is
    /// what the other tests compute with.
    @Test func `what another thread sets leaves a thread's own number as it is`() throws {
        let found = try OnThread {
            Torch.setThreads(3)
            try OnThread { Torch.setThreads(2) }.result()
            return Torch.threads
        }.result()
        #expect(found == 3)
    }
}
