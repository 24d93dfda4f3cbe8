import ApusCommands
import ApusTraining

extension ServerRecording {
    /// Sends a training's run as it goes, and says so between epochs.
    func begin(_ session: TrainingSession) {
        add(session.run)
        session.trainer.add(ServerConsole(self))
    }
}

/// Lets a recording speak where no progress bar is under way.
private final class ServerConsole: TrainingObserver {
    private let recording: ServerRecording

    init(_ recording: ServerRecording) { self.recording = recording }

    func observe(_ event: TrainingEvent) {
        switch event {
        case .stepCompleted, .firstBatch, .checkpointDue: break
        default: recording.tell()
        }
    }
}
