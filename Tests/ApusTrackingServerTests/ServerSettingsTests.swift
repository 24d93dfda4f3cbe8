import ApusConfiguration
import ApusTracking
import Testing

@testable import ApusTrackingServer

@Suite struct ServerSettingsTests {
    @Test(arguments: [
        ("http://localhost:5000", "http://localhost:5000"), ("HTTPS://host/prefix/", "https://host/prefix"),
        ("http://me:pa%40ss@host:1/a", "http://host:1/a"), ("http://[::1]:5000/", "http://[::1]:5000"),
    ])
    func `an address loses its credentials and the slash at its end`(uri: String, expected: String) throws {
        #expect(try ServerAddress(uri).description == expected)
    }

    @Test(arguments: ["http://", "http:///x", "ftp://x", "host:5000", "http://a b", "http://x/?a=b", "http://:80", ""])
    func `what is no address is refused`(uri: String) {
        #expect(throws: ServerError.self) { try ServerAddress(uri) }
    }

    @Test func `an error never shows a password`() throws {
        do {
            _ = try ServerAddress("ftp://me:secret@host/x")
        } catch {
            #expect(!"\(error)".contains("secret"))
        }
    }

    @Test func `the address's own credentials count where no variable says others`() throws {
        #expect(try settings("http://me:pa%3Ass@host").authentication == .basic(user: "me", password: "pa:ss"))
        let environment = ["MLFLOW_TRACKING_USERNAME": "you", "MLFLOW_TRACKING_PASSWORD": "x"]
        #expect(try settings("http://me:pass@host", environment).authentication == .basic(user: "you", password: "x"))
        #expect(try settings("http://host", ["MLFLOW_TRACKING_TOKEN": ""]).authentication == .none)
    }

    @Test(arguments: [
        ["MLFLOW_TRACKING_SERVER_CERT_PATH": "/nowhere.pem"], ["MLFLOW_TRACKING_INSECURE_TLS": "perhaps"],
        ["MLFLOW_HTTP_REQUEST_TIMEOUT": "0"], ["MLFLOW_HTTP_REQUEST_TIMEOUT": "soon"],
        ["MLFLOW_TRACKING_TOKEN": "a\r\nX: y"], ["MLFLOW_TRACKING_USERNAME": "a:b"],
        ["MLFLOW_TRACKING_INSECURE_TLS": "true", "MLFLOW_TRACKING_SERVER_CERT_PATH": "/etc/hosts"],
    ])
    func `a variable that cannot be meant is named`(environment: [String: String]) {
        #expect(throws: ServerError.self) { try settings("https://host", environment) }
    }

    @Test func `artifacts lie behind the server's proxy`() throws {
        let client = HTTPClient(settings: try settings("https://host:1/pre"), cancellation: Cancellation())
        let server = TrackingServer(client: client)
        let base = "https://host:1/pre/api/2.0/mlflow-artifacts/artifacts"
        #expect(server.proxyAddress("mlflow-artifacts:/1/a b/artifacts") == base + "/1/a%20b/artifacts")
        let other = "https://other:9/pre/api/2.0/mlflow-artifacts/artifacts/1"
        #expect(server.proxyAddress("mlflow-artifacts://other:9/1") == other)
        #expect(server.proxyAddress("s3://bucket/1") == nil)
        #expect(server.proxyAddress("/srv/mlruns/1") == nil)
    }

    @Test func `waiting doubles, up to a limit, and keeps what the server asks`() {
        var backOff = BackOff(first: 1, limit: 8)
        var waits = [Double]()
        for _ in 0..<5 { waits.append(backOff.next(jitter: 0)) }
        for asked in [30, 1_000_000] { waits.append(backOff.next(asked: asked, jitter: 0)) }
        waits.append(backOff.next(asked: -5, jitter: 0.25))
        backOff.reset()
        waits.append(backOff.next(jitter: -0.25))
        #expect(waits == [1, 2, 4, 8, 8, 30, 600, 10, 0.75])
    }

    @Test func `a batch keeps the server's limits`() {
        var batch = LogBatch()
        let point = MetricPoint(value: 1, step: 1, timestamp: 1)
        while batch.add(.point(key: "loss", point)) {}
        #expect(batch.entries.count == 1000)
        var texts = LogBatch()
        while texts.add(.tag(key: "tag", value: "x")) {}
        #expect(texts.entries.count == 100)
        let takesAnother = texts.add(.parameter(key: "a", value: "x"))
        #expect(takesAnother)
        var long = LogBatch()
        while long.add(.parameter(key: "a", value: String(repeating: "\u{1}", count: 6000))) {}
        #expect(long.body(run: "r").utf8.count < 1_000_000)
        #expect(long.entries.count > 20)
    }
}
