import Foundation
import Synchronization

/// The first Ctrl-C asks for an orderly end; the second ends the process at once.
enum Interruption {
    private static let asked = Atomic(false)

    static var isAsked: Bool { asked.load(ordering: .relaxed) }

    static func listen() {
        signal(SIGINT) { _ in Interruption.note() }
        signal(SIGTERM) { _ in Interruption.note() }
        // Whoever started this program from a thread that takes no signals has passed that on.
        var numbers = sigset_t()
        sigemptyset(&numbers)
        sigaddset(&numbers, SIGINT)
        sigaddset(&numbers, SIGTERM)
        pthread_sigmask(SIG_UNBLOCK, &numbers, nil)
    }

    private static func note() {
        if asked.exchange(true, ordering: .relaxed) { _exit(130) }
    }
}
