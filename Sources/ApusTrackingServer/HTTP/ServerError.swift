/// What keeps a run from its server.
public enum ServerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A variable or an address that cannot be meant.
    case settings(String)
    /// No connection: nothing was sent.
    case unreachable(String)
    /// A request was sent and no answer came, or none that says what became of it: it may have been carried out.
    case unanswered(String)
    /// The server is there and cannot now, with the seconds that it asks to wait.
    case busy(status: Int, seconds: Int?)
    /// It fails at one request, and takes others.
    case failing(String, tries: Int, why: String)
    case credentials(status: Int, message: String)
    case certificate(String)
    case redirected(to: String)
    /// An answer that is none of MLflow's.
    case notMLflow(String)
    /// A request that the server will not carry out, however often it is sent.
    case rejected(code: String, message: String)
    /// Nothing of this name is on the server.
    case missing(String)
    /// The local run cannot be read.
    case local(String)
    case noLibrary
    /// This process ends.
    case cancelled

    /// Whether the request may have been carried out.
    var isUncertain: Bool {
        switch self {
        case .unanswered, .notMLflow: true
        case .busy(let status, _): status >= 500
        default: false
        }
    }

    /// Whether trying again soon may help without anybody doing anything.
    var isPassing: Bool {
        switch self {
        case .unreachable, .unanswered, .busy, .failing: true
        default: false
        }
    }

    public var description: String {
        switch self {
        case .settings(let problem): problem
        case .unreachable(let reason): "it cannot be reached (\(reason))"
        case .unanswered(let reason): "it does not answer (\(reason))"
        case .busy(let status, let seconds):
            "it answers \(status)" + (seconds.map { " and asks to wait \($0) s" } ?? "")
        case .failing(let name, let tries, let why):
            "it takes other things but not \(name): \(why), tried \(tries) times"
        case .credentials(let status, let message):
            "it refuses the credentials (\(status)\(message.isEmpty ? "" : ": " + message)); set MLFLOW_TRACKING_TOKEN, or "
                + "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
        case .certificate(let reason):
            "its certificate is not accepted (\(reason)); name the file of the right one in "
                + "MLFLOW_TRACKING_SERVER_CERT_PATH"
        case .redirected(let location): "it redirects to \(location); name that address in MLFLOW_TRACKING_URI"
        case .notMLflow(let found): "its answers are not those of an MLflow server (\(found)); check the address"
        case .rejected(let code, let message): "it refuses with \(code): \(message)"
        case .missing(let message): "it no longer has it: \(message)"
        case .local(let problem): problem
        case .noLibrary: "libcurl is not installed here (Debian's package libcurl4)"
        case .cancelled: "it was broken off"
        }
    }
}
