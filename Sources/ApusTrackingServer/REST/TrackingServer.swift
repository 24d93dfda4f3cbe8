import ApusConfiguration
import ApusTracking

/// The calls of MLflow's REST interface that a run needs, <https://mlflow.org/docs/latest/rest-api.html>.
struct TrackingServer: Sendable {
    let client: HTTPClient

    var settings: ServerSettings { client.settings }
    var address: ServerAddress { client.settings.address }

    /// Where a browser shows a run.
    func page(ofRun run: String, experiment: String) -> String {
        "\(address)/#/experiments/\(experiment)/runs/\(run)"
    }

    // MARK: Experiments

    /// The id of the experiment of this name, made where there is none.
    func experiment(named name: String) throws(ServerError) -> String {
        let path = "experiments/get-by-name?experiment_name=\(percentEncoded(name))"
        do throws(ServerError) {
            return try text("experiment_id", in: try get(path)["experiment"], of: path)
        } catch .missing {}
        do throws(ServerError) {
            let made = try post("experiments/create", "{\"name\":\(name.quotedAsJSON)}")
            return try text("experiment_id", in: made, of: "experiments/create")
        } catch .rejected(code: "RESOURCE_ALREADY_EXISTS", _) {
            // Another process was first.
            return try text("experiment_id", in: try get(path)["experiment"], of: path)
        }
    }

    // MARK: Runs

    /// A run as the server knows it.
    struct RemoteRun: Equatable {
        var id: String
        var experiment: String
        var artifacts: String
    }

    /// Runs that carry a tag, in the order of their ids.
    func runs(in experiment: String, tag: String, value: String) throws(ServerError) -> [RemoteRun] {
        let filter = "tags.`\(tag)` = '\(value)'"
        let body = """
            {"experiment_ids":[\(experiment.quotedAsJSON)],"filter":\(filter.quotedAsJSON),"max_results":10,\
            "run_view_type":"ACTIVE_ONLY"}
            """
        let found = try post("runs/search", body)["runs"]?.elements ?? []
        var runs = [RemoteRun]()
        for node in found { runs.append(try remoteRun(node, of: "runs/search")) }
        return runs.sorted { $0.id < $1.id }
    }

    func createRun(
        in experiment: String, name: String, user: String, start: Int64, tags: [String: String]
    ) throws(ServerError) -> RemoteRun {
        let body = """
            {"experiment_id":\(experiment.quotedAsJSON),"run_name":\(name.quotedAsJSON),\
            "user_id":\(user.quotedAsJSON),"start_time":\(start),"tags":\(list(tags))}
            """
        let made = try post("runs/create", body)
        guard let node = made["run"] else { throw .notMLflow("no run in the answer to runs/create") }
        return try remoteRun(node, of: "runs/create")
    }

    /// Whether the run is there and takes values.
    func isActive(run: String) throws(ServerError) -> Bool {
        let answer = try get("runs/get?run_id=\(run)")
        return answer["run"]?["info"]?["lifecycle_stage"]?.text != "deleted"
    }

    /// The last point of every metric, by step and then time; `nil` where the server does not tell.
    func lastPoints(of run: String) throws(ServerError) -> [String: MetricPoint]? {
        guard let data = try get("runs/get?run_id=\(run)")["run"]?["data"] else { return nil }
        var points = [String: MetricPoint]()
        for node in data["metrics"]?.elements ?? [] {
            points[try text("key", in: node, of: "runs/get")] = try point(node)
        }
        return points
    }

    func delete(run: String) throws(ServerError) {
        _ = try post("runs/delete", "{\"run_id\":\(run.quotedAsJSON)}")
    }

    /// Points, parameters and tags in one request; see `LogBatch` for how many there may be.
    func log(_ batch: LogBatch, to run: String) throws(ServerError) {
        _ = try post("runs/log-batch", batch.body(run: run))
    }

    /// What the server has of a metric, in an order of its own.
    func history(of key: String, run: String) throws(ServerError) -> [MetricPoint] {
        var points = [MetricPoint](), token = ""
        repeat {
            let path =
                "metrics/get-history?run_id=\(run)&metric_key=\(percentEncoded(key))&max_results=25000"
                + (token.isEmpty ? "" : "&page_token=\(percentEncoded(token))")
            let answer = try get(path)
            for node in answer["metrics"]?.elements ?? [] { points.append(try point(node)) }
            token = answer["next_page_token"]?.text ?? ""
        } while !token.isEmpty
        return points
    }

    func update(run: String, status: RunStatus, end: Int64?, name: String) throws(ServerError) {
        let time = end.map { ",\"end_time\":\($0)" } ?? ""
        let fields = "\"status\":\"\(status)\"\(time),\"run_name\":\(name.quotedAsJSON)"
        _ = try post("runs/update", "{\"run_id\":\(run.quotedAsJSON),\(fields)}")
    }

    func log(dataset: DatasetInput, to run: String) throws(ServerError) {
        var tags = dataset.tags
        tags["mlflow.data.context"] = dataset.context
        var fields = [
            ("name", dataset.name), ("digest", dataset.digest), ("source_type", dataset.sourceType),
            ("source", dataset.source),
        ]
        if let schema = dataset.schema { fields.append(("schema", schema)) }
        if let profile = dataset.profile { fields.append(("profile", profile)) }
        let text = fields.map { "\"\($0.0)\":\($0.1.quotedAsJSON)" }.joined(separator: ",")
        let input = "{\"tags\":\(list(tags)),\"dataset\":{\(text)}}"
        _ = try post("runs/log-inputs", "{\"run_id\":\(run.quotedAsJSON),\"datasets\":[\(input)]}")
    }

    // MARK: Artifacts

    /// Sends a file through the server's proxy.
    ///
    /// - Parameters:
    ///   - root: the run's artifact address, `mlflow-artifacts:/…`.
    ///   - path: below it.
    func upload(_ file: Int32, size: Int64, to path: String, below root: String) throws(ServerError) {
        guard let url = proxyAddress(root) else { throw .settings(noProxy(root)) }
        let answer = try client.send(
            "PUT", "\(url)/\(percentEncoded(path, keepingSlashes: true))", .file(file, size: size))
        // MLflow answers with an object or with nothing.
        guard !(200..<300).contains(answer.status) || !answer.text.isEmpty else { return }
        _ = try checked(answer, "the artifact \(path)")
    }

    func noProxy(_ root: String) -> String {
        "the server keeps artifacts at \(root.prefix(120)), not behind itself, so that they stay in the local run; start it "
            + "with --serve-artifacts and --artifacts-destination"
    }

    /// The http address of `mlflow-artifacts:/…` or `mlflow-artifacts://host/…`; `nil` for anything else.
    func proxyAddress(_ root: String) -> String? {
        if root.hasPrefix("http://") || root.hasPrefix("https://") { return root }
        let scheme = "mlflow-artifacts:"
        guard root.hasPrefix(scheme) else { return nil }
        var rest = root.dropFirst(scheme.count)
        var origin = address.origin
        if rest.hasPrefix("//") {
            let host = rest.dropFirst(2).prefix { $0 != "/" }
            rest = rest.dropFirst(2 + host.count)
            if !host.isEmpty { origin = origin.prefix { $0 != "/" } + "//" + host }
        }
        let path = rest.drop { $0 == "/" }
        let encoded = percentEncoded(String(path), keepingSlashes: true)
        return "\(origin)\(address.path)/api/2.0/mlflow-artifacts/artifacts/\(encoded)"
    }

    // MARK: Requests

    private func get(_ path: String) throws(ServerError) -> YAMLNode {
        try checked(try client.send("GET", "\(address)/api/2.0/mlflow/\(path)"), path)
    }

    private func post(_ path: String, _ body: String) throws(ServerError) -> YAMLNode {
        try checked(try client.send("POST", "\(address)/api/2.0/mlflow/\(path)", .json(body)), path)
    }

    private func checked(_ answer: HTTPClient.Answer, _ path: String) throws(ServerError) -> YAMLNode {
        let node = try? Configuration.readJSON(answer.text, name: "the server's answer")
        let message = String((node?["message"]?.text ?? "").prefix(300))
        switch answer.status {
        case 200..<300:
            guard let node, node.entries != nil else { throw .notMLflow("no JSON object in the answer to \(path)") }
            return node
        case 300..<400: throw .redirected(to: String(answer.location.prefix(300)))
        case 401, 403: throw .credentials(status: answer.status, message: message)
        case 413: throw .rejected(code: "413", message: "more than it takes at once")
        case 408, 425, 429, 500...: throw .busy(status: answer.status, seconds: answer.retryAfter)
        default: break
        }
        guard let code = node?["error_code"]?.text else {
            throw .notMLflow("\(answer.status) and no error code in the answer to \(path.prefix { $0 != "?" })")
        }
        if code == "RESOURCE_DOES_NOT_EXIST" { throw .missing(message) }
        throw .rejected(code: code, message: message)
    }

    // MARK: Answers

    private func remoteRun(_ node: YAMLNode, of path: String) throws(ServerError) -> RemoteRun {
        let info = node["info"]
        let id = try text("run_id", in: info, of: path)
        guard id.utf8.count <= 256, id.utf8.allSatisfy({ isWord($0) }) else {
            throw .notMLflow("a run's id is '\(id.prefix(40))'")
        }
        return RemoteRun(
            id: id, experiment: try text("experiment_id", in: info, of: path),
            artifacts: info?["artifact_uri"]?.text ?? "")
    }

    private func isWord(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    private func point(_ node: YAMLNode) throws(ServerError) -> MetricPoint {
        guard let value = node["value"]?.text.flatMap({ Double($0) }),
            let time = node["timestamp"]?.text.flatMap({ Int64($0) })
        else { throw .notMLflow("a point without value or timestamp in the answer to metrics/get-history") }
        return MetricPoint(value: value, step: node["step"]?.text.flatMap { Int64($0) } ?? 0, timestamp: time)
    }

    private func text(_ key: String, in node: YAMLNode?, of path: String) throws(ServerError) -> String {
        guard let text = node?[key]?.text else {
            throw .notMLflow("no \(key) in the answer to \(path.prefix { $0 != "?" })")
        }
        return text
    }

    private func list(_ tags: [String: String]) -> String {
        LogBatch.list(tags.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }
}
