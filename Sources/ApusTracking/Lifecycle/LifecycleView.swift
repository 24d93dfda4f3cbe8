/// Which of the runs and experiments are meant: what is deleted stays in the store until it is collected.
public enum LifecycleView: String, Sendable, CaseIterable {
    case active, deleted, all

    func includes(isDeleted: Bool) -> Bool {
        switch self {
        case .active: !isDeleted
        case .deleted: isDeleted
        case .all: true
        }
    }
}
