import Glibc

/// The state of a git working tree.
public struct GitFacts: Equatable, Sendable {
    public var commit: String
    /// `nil` where no branch is checked out.
    public var branch: String?
    /// Whether tracked files differ from the commit.
    public var isDirty: Bool
    /// Where the repository came from, without credentials; `nil` where it has no `origin`.
    public var remote: String?

    public init(commit: String, branch: String?, isDirty: Bool, remote: String? = nil) {
        self.commit = commit
        self.branch = branch
        self.isDirty = isDirty
        self.remote = remote
    }

    /// Asks `git` about the tree that holds `folder`.
    ///
    /// - Returns: `nil` where there is no git, no repository or no commit.
    public static func read(at folder: String) -> GitFacts? {
        guard let commit = git(["-C", folder, "rev-parse", "--verify", "HEAD"]), commit.count >= 40 else { return nil }
        let branch = git(["-C", folder, "symbolic-ref", "--short", "-q", "HEAD"])
        let changes = git(["-C", folder, "status", "--porcelain", "--untracked-files=no"])
        let remote = git(["-C", folder, "config", "--get", "remote.origin.url"])
        return GitFacts(
            commit: commit, branch: branch, isDirty: changes?.isEmpty == false,
            remote: remote.flatMap { $0.isEmpty ? nil : withoutCredentials($0) })
    }

    /// `https://name:token@host/path` without what stands before the `@`; `git@host:path` names no secret.
    static func withoutCredentials(_ address: String) -> String {
        guard let start = address.firstRange(of: "://")?.upperBound else { return address }
        let authority = address[start...].prefix { $0 != "/" }
        guard let at = authority.lastIndex(of: "@") else { return address }
        return String(address[..<start] + address[address.index(after: at)...])
    }

    private static func git(_ arguments: [String]) -> String? {
        commandOutput("git", arguments).map { String($0.reversed().drop(while: \.isWhitespace).reversed()) }
    }
}

/// What a command writes to its standard output; `nil` where it could not be run or failed.
///
/// - Parameter limit: so many bytes are read; a command that writes more is ended, and the beginning returned.
func commandOutput(_ command: String, _ arguments: [String], limit: Int = .max) -> String? {
    var pipeEnds: [Int32] = [0, 0]
    guard pipe(&pipeEnds) == 0 else { return nil }
    for end in pipeEnds { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let process = spawn(command, arguments, output: pipeEnds[1])
    close(pipeEnds[1])
    guard let process else {
        close(pipeEnds[0])
        return nil
    }
    let bytes = readAll(pipeEnds[0], limit: limit)
    close(pipeEnds[0])
    let isCut = bytes.count == limit
    if isCut { kill(process, SIGTERM) }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 {
        guard errno == EINTR else { return nil }
    }
    return status == 0 || isCut ? String(decoding: bytes, as: UTF8.self) : nil
}

private func spawn(_ command: String, _ arguments: [String], output: Int32) -> pid_t? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    // Reading must neither take the repository's lock nor depend on the language.
    let kept = ["PATH", "HOME", "XDG_CONFIG_HOME"].compactMap { (name: String) -> String? in
        getenv(name).map { "\(name)=\(String(cString: $0))" }
    }
    var argumentPointers = ([command] + arguments).map { strdup($0) } + [nil]
    var environment = (kept + ["GIT_OPTIONAL_LOCKS=0", "LC_ALL=C"]).map { strdup($0) } + [nil]
    defer { for pointer in argumentPointers + environment { free(pointer) } }
    var process = pid_t()
    let code = posix_spawnp(&process, command, &actions, nil, &argumentPointers, &environment)
    return code == 0 ? process : nil
}

private func readAll(_ descriptor: Int32, limit: Int) -> [UInt8] {
    var bytes = [UInt8](), chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < limit {
        let count = read(descriptor, &chunk, min(chunk.count, limit - bytes.count))
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { break }
        bytes.append(contentsOf: chunk[..<count])
    }
    return bytes
}
