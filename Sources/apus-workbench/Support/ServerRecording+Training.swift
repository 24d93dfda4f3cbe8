import ApusCommands
import ApusTraining

extension ServerRecording {
    /// Sends a training's run as it goes, and says so.
    func begin(_ session: TrainingSession) {
        add(session.run)
        session.trainer.add(ServerConsole(self))
    }
}

/// Lets a recording speak from the thread that draws progress bars.
private final class ServerConsole: TrainingObserver {
    private let recording: ServerRecording

    init(_ recording: ServerRecording) { self.recording = recording }

    func observe(_ event: TrainingEvent) { recording.tell() }
}
