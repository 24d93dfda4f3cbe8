import ApusConfiguration
import ApusTracking
import ArgumentParser

/// Where a command finds the workspace and its store.
public struct PlaceOptions: ParsableArguments {
    @Option(
        help: "The workspace; else the nearest folder above with datasets, experiments and models.",
        completion: .directory)
    public var workspace: String?

    public init() {}

    public func found(near path: String = ".") throws -> Workspace {
        if let workspace { return Workspace(root: workspace) }
        return try Workspace.find(from: path)
    }

    public func store() throws -> TrackingStore { try TrackingStore(root: try found().store, creatingIfMissing: false) }

    /// The store for a look that repairs nothing: it opens at once, however many runs there are.
    public func quickStore() throws -> TrackingStore {
        try TrackingStore(root: try found().store, creatingIfMissing: false, repairing: false)
    }
}
