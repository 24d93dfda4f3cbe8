import ApusCommands
import ApusTorch
import Foundation

/// Another process of the same training has ended, and so this one does: exit status 3.
struct PeerLoss: EndingError {
    static let status: Int32 = 3

    private let cause: TorchError

    init?(_ error: any Error) {
        guard let cause = error as? TorchError, case .peers = cause else { return nil }
        self.cause = cause
    }

    /// `apus launch` says itself what became of the other process.
    func end() -> Never {
        if !Launcher.isWatching { Terminal.complain("apus: \(cause)") }
        exit(Self.status)
    }
}

/// The `apus launch` that started this process.
enum Launcher {
    /// What tells a process who has started it, and how many of it.
    static let variable = "APUS_LAUNCHER"

    private static let identifier = ProcessInfo.processInfo.environment[variable].flatMap { Int32($0) }

    static var isWatching: Bool { identifier.map { $0 == getppid() } ?? false }

    /// Whether it has ended and left this process behind.
    static var hasEnded: Bool { identifier.map { $0 != getppid() } ?? false }

    /// The words before `train` that start as many processes.
    static func command(_ group: ProcessGroup?) -> String {
        guard let group, identifier != nil else { return "apus" }
        return "apus launch --processes \(group.size)"
    }
}
