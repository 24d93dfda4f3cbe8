import ApusConfiguration
import ApusTracking
import Synchronization

/// What an MLflow server does with the requests that Apus sends, kept in memory, with faults on demand.
///
/// Points are kept as a file store keeps them, which writes down twice what comes twice.
final class StandInServer: Sendable {
    struct StoredRun {
        var id, experiment: String
        var tags: [String: String] = [:]
        var parameters: [String: String] = [:]
        var points: [String: [MetricPoint]] = [:]
        var inputs: [String] = []
        var artifacts: [String: [UInt8]] = [:]
        var status = "RUNNING"
        var end: Int64?
        var isDeleted = false
    }

    /// What goes wrong with a request.
    enum Fault {
        /// The connection ends before anything is done.
        case lost
        /// Everything is done and the answer is lost.
        case answerLost
        /// Half of the points are kept, then the server dies.
        case half
        case reply(HTTPReply)
    }

    struct State {
        var experiments: [String: String] = [:]
        var runs: [StoredRun] = []
        var requests: [HTTPRequest] = []
    }

    let state = Mutex(State())
    private let fault: @Sendable (HTTPRequest, Int) -> Fault?

    /// - Parameter fault: what goes wrong with the request of this number, counted from 0.
    init(fault: @escaping @Sendable (HTTPRequest, Int) -> Fault? = { _, _ in nil }) { self.fault = fault }

    func listen(port: UInt16 = 0) throws -> HTTPListener {
        try HTTPListener(port: port) { [self] request in reply(to: request) }
    }

    /// The one run that was made.
    var run: StoredRun? { state.withLock { $0.runs.first { !$0.isDeleted } } }

    private func reply(to request: HTTPRequest) -> HTTPReply {
        state.withLock { state in
            let number = state.requests.count
            state.requests.append(request)
            switch fault(request, number) {
            case .lost: return .hangUp
            case .reply(let reply): return reply
            case .half:
                _ = answer(request, &state, keepingHalf: true)
                return .hangUp
            case .answerLost:
                _ = answer(request, &state)
                return .hangUp
            case nil: return answer(request, &state)
            }
        }
    }

    private func answer(_ request: HTTPRequest, _ state: inout State, keepingHalf: Bool = false) -> HTTPReply {
        let name = request.path.split(separator: "/").dropFirst(3).joined(separator: "/")
        if request.method == "PUT" { return store(request, &state) }
        let text = String(decoding: request.body, as: UTF8.self)
        let body = text.isEmpty ? nil : try? Configuration.readJSON(text, name: "a request")
        switch name {
        case "experiments/get-by-name": return experiment(request.query["experiment_name"] ?? "", state)
        case "experiments/create":
            let id = "\(state.experiments.count + 1)"
            state.experiments[body?["name"]?.text ?? ""] = id
            return ok("{\"experiment_id\":\"\(id)\"}")
        case "runs/search": return search(body, state)
        case "runs/create": return create(body, &state)
        case "metrics/get-history": return history(request, state)
        case "runs/get": return get(request.query["run_id"] ?? "", state)
        default: return change(name, body, &state, keepingHalf)
        }
    }

    private func ok(_ body: String = "{}") -> HTTPReply { .answer(status: 200, body: body) }

    private func missing(_ what: String) -> HTTPReply {
        let body = "{\"error_code\":\"RESOURCE_DOES_NOT_EXIST\",\"message\":\"\(what) does not exist\"}"
        return .answer(status: 404, body: body)
    }

    private func refusal(_ message: String) -> HTTPReply {
        .answer(status: 400, body: "{\"error_code\":\"INVALID_PARAMETER_VALUE\",\"message\":\"\(message)\"}")
    }

    private func experiment(_ name: String, _ state: State) -> HTTPReply {
        guard let id = state.experiments[name] else { return missing("the experiment") }
        return ok("{\"experiment\":{\"experiment_id\":\"\(id)\"}}")
    }

    private func text(of run: StoredRun) -> String {
        let stage = run.isDeleted ? "deleted" : "active"
        let place = "mlflow-artifacts:/\(run.experiment)/\(run.id)/artifacts"
        return
            "{\"info\":{\"run_id\":\"\(run.id)\",\"experiment_id\":\"\(run.experiment)\",\"artifact_uri\":\"\(place)\","
            + "\"lifecycle_stage\":\"\(stage)\"}}"
    }

    private func search(_ body: YAMLNode?, _ state: State) -> HTTPReply {
        let filter = body?["filter"]?.text ?? ""
        let value = filter.split(separator: "'").last.map(String.init) ?? ""
        let found = state.runs.filter { $0.tags["apus.run"] == value && !$0.isDeleted }
        return ok("{\"runs\":[\(found.map(text).joined(separator: ","))]}")
    }

    private func create(_ body: YAMLNode?, _ state: inout State) -> HTTPReply {
        var run = StoredRun(id: "remote\(state.runs.count + 1)", experiment: body?["experiment_id"]?.text ?? "")
        for tag in body?["tags"]?.elements ?? [] { run.tags[tag["key"]?.text ?? ""] = tag["value"]?.text ?? "" }
        state.runs.append(run)
        return ok("{\"run\":\(text(of: run))}")
    }

    private func get(_ id: String, _ state: State) -> HTTPReply {
        guard let run = state.runs.first(where: { $0.id == id }) else { return missing("the run") }
        let last = run.points.compactMap { key, points in
            points.max { ($0.step, $0.timestamp) < ($1.step, $1.timestamp) }.map { (key, $0) }
        }
        let metrics = last.map { key, point in
            "{\"key\":\(key.quotedAsJSON),\"value\":0,\"timestamp\":\(point.timestamp),\"step\":\(point.step)}"
        }
        let data = "\"data\":{\"metrics\":[\(metrics.joined(separator: ","))]}"
        return ok("{\"run\":\(text(of: run).dropLast()),\(data)}}")
    }

    private func history(_ request: HTTPRequest, _ state: State) -> HTTPReply {
        let run = state.runs.first { $0.id == request.query["run_id"] }
        let points = run?.points[request.query["metric_key"] ?? ""] ?? []
        let texts = points.map { point in
            let value = point.value.isNaN ? "\"NaN\"" : point.value.isInfinite ? "\"Infinity\"" : "\(point.value)"
            return "{\"value\":\(value),\"timestamp\":\(point.timestamp),\"step\":\(point.step)}"
        }
        // Two pages, so that both are asked for.
        let half = texts.count / 2
        if request.query["page_token"] == nil, half > 0 {
            return ok("{\"metrics\":[\(texts[..<half].joined(separator: ","))],\"next_page_token\":\"a+b/=\"}")
        }
        return ok("{\"metrics\":[\(texts[half...].joined(separator: ","))]}")
    }

    private func change(
        _ name: String, _ body: YAMLNode?, _ state: inout State, _ keepingHalf: Bool
    ) -> HTTPReply {
        guard let index = state.runs.firstIndex(where: { $0.id == body?["run_id"]?.text }) else {
            return missing("the run")
        }
        guard !state.runs[index].isDeleted else { return refusal("The run must be in the 'active' state") }
        switch name {
        case "runs/log-batch": return log(body, in: &state.runs[index], keepingHalf)
        case "runs/update":
            state.runs[index].status = body?["status"]?.text ?? ""
            state.runs[index].end = body?["end_time"]?.text.flatMap { Int64($0) }
        case "runs/delete": state.runs[index].isDeleted = true
        case "runs/log-inputs":
            for input in body?["datasets"]?.elements ?? [] {
                state.runs[index].inputs.append(input["dataset"]?["name"]?.text ?? "")
            }
        default: return missing(name)
        }
        return ok()
    }

    private func log(_ body: YAMLNode?, in run: inout StoredRun, _ keepingHalf: Bool) -> HTTPReply {
        let metrics = body?["metrics"]?.elements ?? []
        let texts = (body?["params"]?.elements ?? []) + (body?["tags"]?.elements ?? [])
        guard metrics.count + texts.count <= 1000, texts.count <= 200 else { return refusal("too many") }
        if texts.contains(where: { $0["key"]?.text == "refused" }) { return refusal("not this key") }
        for (number, node) in metrics.enumerated() where !keepingHalf || number < metrics.count / 2 {
            let point = MetricPoint(
                value: node["value"]?.text.flatMap { Double($0) } ?? 0,
                step: node["step"]?.text.flatMap { Int64($0) } ?? 0,
                timestamp: node["timestamp"]?.text.flatMap { Int64($0) } ?? 0)
            run.points[node["key"]?.text ?? "", default: []].append(point)
        }
        for node in body?["params"]?.elements ?? [] {
            run.parameters[node["key"]?.text ?? ""] = node["value"]?.text ?? ""
        }
        for node in body?["tags"]?.elements ?? [] { run.tags[node["key"]?.text ?? ""] = node["value"]?.text ?? "" }
        return ok()
    }

    private func store(_ request: HTTPRequest, _ state: inout State) -> HTTPReply {
        let parts = request.path.split(separator: "/").dropFirst(4).map { decoded(String($0)) }
        guard parts.count > 3, let index = state.runs.firstIndex(where: { $0.id == parts[1] }) else {
            return missing("the run")
        }
        state.runs[index].artifacts[parts.dropFirst(3).joined(separator: "/")] = request.body
        return ok("")
    }
}
