import Testing

@testable import ApusConfiguration

@Suite struct TrackingLocationTests {
    @Test(arguments: [
        ("", TrackingLocation.workspace), ("  ", .workspace), ("/data/mlruns", .folder("/data/mlruns")),
        ("file:///data/mlruns", .folder("/data/mlruns")), ("file:/data/mlruns", .folder("/data/mlruns")),
        ("http://host:5000", .server("http://host:5000")), ("HTTPS://host", .server("HTTPS://host")),
        ("sqlite:///x.db", .foreign("sqlite:///x.db")), ("databricks", .foreign("databricks")),
        ("databricks://profile", .foreign("databricks://profile")), ("s3://bucket", .foreign("s3://bucket")),
    ])
    func `MLflow's variable names a folder, a server, or what is not ours`(uri: String, expected: TrackingLocation) {
        #expect(TrackingLocation(uri) == expected)
    }

    @Test func `a relative path begins here`() {
        #expect(TrackingLocation("runs/mine") == .folder(absolutePath("runs/mine")))
        #expect(TrackingLocation("./a:b") == .folder(absolutePath("a:b")))
    }
}
