import ApusConfiguration
import ApusCore
import Glibc

/// Finds what is wrong with one run's files.
struct RunScan {
    private let folder: String
    private let root: String
    private var damages = [Damage]()

    private init(folder: String, root: String) {
        self.folder = folder
        self.root = root
    }

    static func damages(of folder: String, root: String) -> [Damage] {
        var scan = RunScan(folder: folder, root: root)
        scan.scan()
        return scan.damages
    }

    /// Whether a folder holds anything of a run.
    static func isRun(_ folder: String) -> Bool {
        ["meta.yaml", "metrics", "params", "tags"].contains { FileSystem.exists(folder + "/" + $0) }
    }

    private var id: String { FileSystem.fileName(of: folder) }

    private mutating func scan() {
        guard Identifier.isRunID(id), RunScan.isRun(folder) else {
            add(folder, "no run; MLflow takes every folder here for one", .setAside)
            return
        }
        for name in ["metrics", "params", "artifacts"] where !FileSystem.isFolder(folder + "/" + name) {
            add(folder + "/" + name, "the folder is missing", .makeFolder)
        }
        scanMetrics()
        for name in ["params", "tags"] { damages += scanTexts(in: folder + "/" + name) }
        scanMeta()
        scanInputs()
        scanOutputs()
    }

    private mutating func add(_ path: String, _ problem: String, _ mending: Damage.Mending?) {
        damages.append(Damage(path: path, problem: problem, mending: mending))
    }

    // MARK: Values

    private mutating func scanMetrics() {
        let metrics = KeyFolder(path: folder + "/metrics")
        for key in keys(of: metrics) {
            let path = metrics.path(of: key)
            guard let bytes = bytes(of: path) else { continue }
            let mend = MetricMend(bytes)
            if let problem = mend.problem { add(path, problem, .keepPoints) }
        }
    }

    private mutating func keys(of folder: KeyFolder) -> [String] {
        let keys = (try? folder.keys()) ?? []
        return keys.filter { key in
            let path = folder.path(of: key)
            if let problem = strayProblem(key) { add(path, problem, .setAside) }
            if leavesStore(path, root: root) {
                damages.append(Damage(severity: .warning, path: path, problem: "a link that leaves the store"))
            }
            return strayProblem(key) == nil
        }
    }

    private mutating func bytes(of path: String) -> [UInt8]? {
        do throws(FileError) {
            return try FileSystem.read(path)
        } catch {
            add(path, error.description, error.code == ENOENT || error.code == ELOOP ? .setAside : nil)
            return nil
        }
    }

    private func scanTexts(in path: String) -> [Damage] {
        TextFolderScan.damages(in: path, root: root)
    }

    // MARK: Metadata

    private mutating func scanMeta() {
        var salvage = MetaSalvage(path: folder + "/meta.yaml")
        let id = id, root = root, scan = self
        let tags = KeyFolder(path: folder + "/tags")
        let tagName = value(of: RunTag.name, in: tags), user = value(of: RunTag.user, in: tags)
        let experiment = FileSystem.fileName(of: FileSystem.folder(of: folder))
        if let status = salvage.integer("status"), status > RunStatus.killed.rawValue {
            add(salvage.meta.path, "status \(status) is of a newer version; update Apus", nil)
            return
        }
        let problem = salvage.meet([
            .exactly("run_id", id), .exactly("experiment_id", experiment),
            .text("artifact_uri", "file://\(root)/\(experiment)/\(id)/artifacts"), .text("user_id", user ?? "unknown"),
            .integer("start_time", scan.firstTime() ?? scan.lastTime()), RunScan.statusDemand,
            MetaDemand(
                key: "end_time", expected: "a whole number or null",
                isMet: { $0.meta["end_time"] != nil && ($0.text("end_time") == nil || $0.integer("end_time") != nil) },
                value: { RunScan.isRunning($0) ? .null : .integer(max(scan.lastTime(), $0.integer("start_time") ?? 0)) }
            ),
        ])
        if let problem {
            fillUsual(&salvage, name: tagName)
            damages.append(Damage.meta(salvage, problem))
        } else {
            scanState(salvage, name: tagName)
        }
    }

    private static var statusDemand: MetaDemand {
        MetaDemand(
            key: "status", expected: "a number from 1 to 5",
            isMet: {
                $0.meta["status"] == nil && $0.problem == nil || $0.integer("status").map { (1...5) ~= $0 } == true
            },
            value: { salvage in
                let named = RunStatus.allCases.first { $0.description == salvage.text("status") }
                return .integer(Int64((named ?? .killed).rawValue))
            })
    }

    private static func isRunning(_ salvage: MetaSalvage) -> Bool { [nil, 1, 2].contains(salvage.integer("status")) }

    private func fillUsual(_ salvage: inout MetaSalvage, name: String?) {
        salvage.fill("run_name", .text(name ?? "run-\(id.prefix(8))"))
        salvage.fill("lifecycle_stage", "active")
        if salvage.meta["tags"] == nil { salvage.set("tags", .texts([])) }
        if salvage.meta["source_type"] == nil { salvage.set("source_type", 4) }
        for key in ["entry_point_name", "source_name", "source_version"] where salvage.meta[key] == nil {
            salvage.set(key, "")
        }
    }

    /// What is readable but not so: a run without its process, a name that is two.
    private mutating func scanState(_ salvage: MetaSalvage, name: String?) {
        let process = value(of: RunTag.process, in: KeyFolder(path: folder + "/tags")).flatMap { ProcessMark($0) }
        if salvage.integer("status") == 1, process?.mayBeAlive == false {
            var ended = salvage
            ended.set("status", .integer(Int64(RunStatus.killed.rawValue)))
            ended.set("end_time", .integer(max(lastTime(), salvage.integer("start_time") ?? 0)))
            var damage = Damage.meta(ended, "says it is running but its process is gone")
            damage.severity = .warning
            damages.append(damage)
        }
        let stored = salvage.text("run_name") ?? ""
        guard name ?? "" != stored else { return }
        damages.append(
            Damage(
                severity: .warning, path: "\(folder)/tags/\(RunTag.name)",
                problem: "the run's name and its tag \(RunTag.name) differ", mending: .write(stored)))
    }

    private func value(of key: String, in folder: KeyFolder) -> String? { (try? folder.value(of: key)) ?? nil }

    private func metricTimes() -> [Int64] {
        let metrics = KeyFolder(path: folder + "/metrics")
        return ((try? metrics.keys()) ?? []).flatMap { key -> [Int64] in
            let points = (try? MetricFile(path: metrics.path(of: key)).read().points) ?? []
            return [points.map(\.timestamp).min(), points.map(\.timestamp).max()].compactMap { $0 }
        }
    }

    private func firstTime() -> Int64? { metricTimes().min() }

    /// When anything was recorded last.
    private func lastTime() -> Int64 { metricTimes().max() ?? modificationTime(of: folder) }

    // MARK: Inputs and outputs

    private mutating func scanInputs() {
        for name in (try? FileSystem.names(in: folder + "/inputs")) ?? [] {
            let path = "\(folder)/inputs/\(name)"
            let salvage = MetaSalvage(path: path + "/meta.yaml")
            let source = salvage.text("source_id")
            guard salvage.problem == nil, let source else {
                add(path, salvage.problem ?? "source_id is missing", .setAside)
                continue
            }
            let isModel = salvage.text("source_type") == "MODEL"
            let target = "\(FileSystem.folder(of: folder))/\(isModel ? "models" : "datasets")/\(source)/meta.yaml"
            if (try? MetaFile(path: target)) == nil { add(path, "\(target) is missing or damaged", .setAside) }
        }
    }

    private mutating func scanOutputs() {
        for name in (try? FileSystem.names(in: folder + "/outputs")) ?? [] {
            let path = "\(folder)/outputs/\(name)"
            let salvage = MetaSalvage(path: path + "/meta.yaml")
            if salvage.problem != nil || salvage.text("destination_id") == nil {
                add(path, salvage.problem ?? "destination_id is missing", .setAside)
            }
        }
    }
}

/// Why a file cannot be a key's; `nil` where it can.
func strayProblem(_ key: String) -> String? {
    let name = FileSystem.fileName(of: key)
    if name.unicodeScalars.contains("\u{FFFD}") { return "its name is no UTF-8" }
    do throws(TrackingError) { try KeyRules.checkKey(key) } catch {
        return "its name is no key; MLflow refuses the run"
    }
    let isLeftOver = name.hasPrefix(".") && [".swp", ".swo", ".swx", ".tmp", ".part"].contains { name.hasSuffix($0) }
    return isLeftOver || name.hasPrefix(".nfs") || name == ".DS_Store" ? "a program's temporary file, no key" : nil
}

/// Whether a path is a link whose target lies outside the store's folder.
func leavesStore(_ path: String, root: String) -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return false }
    guard let place = realPath(path), let home = realPath(root) else { return false }
    return !place.hasPrefix(home + "/")
}

/// `path` without links; `nil` where it leads nowhere.
func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
}
