import Glibc

/// Where runs are recorded, as MLflow's variable `MLFLOW_TRACKING_URI` says.
public enum TrackingLocation: Equatable, Sendable {
    /// Nothing is said: the workspace's own store.
    case workspace
    /// A store in this folder.
    case folder(String)
    /// A tracking server at this http or https address. The workspace's own store holds the runs too.
    case server(String)
    /// Something that only MLflow's client writes to.
    case foreign(String)

    /// - Parameter uri: the variable's value: a path, `file:…`, `http://…` or `https://…`.
    public init(_ uri: String) {
        let scheme = uri.prefix { $0 != ":" }.lowercased()
        switch scheme {
        case _ where uri.allSatisfy(\.isWhitespace): self = .workspace
        case "http", "https": self = .server(uri)
        case "file": self = localPath(ofURI: uri).map { .folder($0) } ?? .foreign(uri)
        case "databricks", "databricks-uc", "uc": self = .foreign(uri)
        default: self = uri.contains("://") ? .foreign(uri) : .folder(absolutePath(uri))
        }
    }

    /// What this process's environment says.
    public static var current: TrackingLocation {
        getenv("MLFLOW_TRACKING_URI").map { TrackingLocation(String(cString: $0)) } ?? .workspace
    }
}
