import ApusCore

/// How a tracking server is reached, from the variables that MLflow's own client reads.
public struct ServerSettings: Sendable {
    public var address: ServerAddress
    var authentication: Authentication = .none
    /// A PEM file with the certificates to trust instead of the system's.
    var certificates: String?
    /// A PEM file with a certificate and its key, which the server asks for.
    var clientCertificate: String?
    var acceptsAnyCertificate = false
    /// The experiment on the server, where it is not to be named as the local one.
    var experimentName: String?
    var experimentID: String?
    /// Seconds that a request may take.
    var timeout = 120
    /// Seconds until a connection stands.
    var connectTimeout = 10

    enum Authentication: Equatable, Sendable {
        case none, bearer(String), basic(user: String, password: String)
    }

    /// - Parameters:
    ///   - uri: the server's address, such as the value of `MLFLOW_TRACKING_URI`.
    ///   - environment: where `MLFLOW_TRACKING_TOKEN`, `MLFLOW_TRACKING_USERNAME` and the like are looked up.
    public init(_ uri: String, environment: [String: String]) throws(ServerError) {
        address = try ServerAddress(uri)
        let variables = environment.filter { !$0.value.isEmpty }
        certificates = try Self.file("MLFLOW_TRACKING_SERVER_CERT_PATH", variables)
        clientCertificate = try Self.file("MLFLOW_TRACKING_CLIENT_CERT_PATH", variables)
        acceptsAnyCertificate = try Self.flag("MLFLOW_TRACKING_INSECURE_TLS", variables)
        guard !acceptsAnyCertificate || certificates == nil else {
            throw .settings("MLFLOW_TRACKING_INSECURE_TLS and MLFLOW_TRACKING_SERVER_CERT_PATH contradict; unset one")
        }
        experimentName = variables["MLFLOW_EXPERIMENT_NAME"]
        experimentID = variables["MLFLOW_EXPERIMENT_ID"]
        timeout = try Self.seconds("MLFLOW_HTTP_REQUEST_TIMEOUT", variables) ?? timeout
        connectTimeout = min(connectTimeout, timeout)
        authentication = try authentication(variables)
    }

    /// A token counts more than a name and a password, these more than what the address or a file says, as in MLflow.
    private func authentication(_ variables: [String: String]) throws(ServerError) -> Authentication {
        if let token = variables["MLFLOW_TRACKING_TOKEN"] {
            guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw .settings("MLFLOW_TRACKING_TOKEN has characters that no token has; check its value")
            }
            return .bearer(token)
        }
        let file = Self.credentialsFile(variables)
        let user =
            variables["MLFLOW_TRACKING_USERNAME"] ?? address.credentials?.user ?? file["mlflow_tracking_username"]
        let password =
            variables["MLFLOW_TRACKING_PASSWORD"] ?? address.credentials?.password ?? file["mlflow_tracking_password"]
        guard let user else { return .none }
        guard !user.contains(":") else { throw .settings("a user's name has no colon; check MLFLOW_TRACKING_USERNAME") }
        return .basic(user: user, password: password ?? "")
    }

    /// The section `[mlflow]` of `~/.mlflow/credentials`.
    private static func credentialsFile(_ variables: [String: String]) -> [String: String] {
        guard let home = variables["HOME"], let text = try? FileSystem.readText(home + "/.mlflow/credentials") else {
            return [:]
        }
        var values = [String: String](), isOurs = false
        for line in text.split(whereSeparator: \.isNewline).map(trimmed) {
            if line.hasPrefix("[") { isOurs = line == "[mlflow]" }
            let parts = line.split(separator: "=", maxSplits: 1).map { trimmed($0) }
            if isOurs, parts.count == 2 { values[parts[0].lowercased()] = parts[1] }
        }
        return values
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }

    private static func file(_ name: String, _ variables: [String: String]) throws(ServerError) -> String? {
        guard let path = variables[name] else { return nil }
        guard FileSystem.exists(path) else { throw .settings("\(name) names \(path), which is not there") }
        return path
    }

    private static func flag(_ name: String, _ variables: [String: String]) throws(ServerError) -> Bool {
        switch variables[name]?.lowercased() {
        case nil, "false", "0": return false
        case "true", "1": return true
        case let value?: throw .settings("\(name) is '\(value.prefix(40))'; write true or false")
        }
    }

    private static func seconds(_ name: String, _ variables: [String: String]) throws(ServerError) -> Int? {
        guard let text = variables[name] else { return nil }
        guard let value = Int(text), (1...86_400).contains(value) else {
            throw .settings("\(name) is '\(text.prefix(40))'; write seconds from 1 to 86400")
        }
        return value
    }
}
