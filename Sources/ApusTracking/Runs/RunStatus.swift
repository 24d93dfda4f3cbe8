/// How far a run is; the raw value is MLflow's.
public enum RunStatus: Int, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    case running = 1, scheduled, finished, failed, killed

    /// MLflow's own word, such as `FINISHED`, in its REST interface too.
    public var description: String {
        switch self {
        case .running: "RUNNING"
        case .scheduled: "SCHEDULED"
        case .finished: "FINISHED"
        case .failed: "FAILED"
        case .killed: "KILLED"
        }
    }
}
