import ApusTracking
import ArgumentParser

/// Where a command finds the store.
struct StoreOptions: ParsableArguments {
    @OptionGroup var places: PlaceOptions
    @Option(
        help: "The store's own folder, such as an mlruns that MLflow wrote; else the workspace's.",
        completion: .directory)
    var store: String?

    /// Opens the store without repairing it: at once, however many runs there are.
    func open() throws -> TrackingStore {
        guard let store else { return try places.quickStore() }
        return try TrackingStore(root: store, creatingIfMissing: false, repairing: false)
    }
}
