import ApusCore

/// Something in a store that MLflow or Apus cannot read, or that was left over.
public struct StoreFinding: Equatable, Sendable, CustomStringConvertible {
    public enum Severity: String, Sendable { case error, warning }

    public var severity: Severity
    public var path: String
    public var problem: String

    public var description: String { "\(severity.rawValue): \(path): \(problem)" }
}

extension TrackingStore {
    /// Reads everything and lists what is wrong; changes nothing.
    public func check() -> [StoreFinding] {
        checkRoot() + checkExperiments() + checkRuns() + checkLoggedModels() + checkRegistry()
    }

    private func checkRoot() -> [StoreFinding] {
        ((try? FileSystem.names(in: root)) ?? []).compactMap { name in
            guard FileSystem.isFolder(root + "/" + name), name != ".trash", !Identifier.isExperimentID(name)
            else { return nil }
            return StoreFinding(
                severity: .error, path: root + "/" + name,
                problem: "no experiment's id; MLflow cannot list experiments while it is here")
        }
    }

    private func checkExperiments() -> [StoreFinding] {
        var names = [String: String]()
        return experimentFolders(includingDeleted: true).compactMap { folder in
            do throws(TrackingError) {
                let experiment = try Experiment(folder: folder)
                let other = names.updateValue(folder, forKey: experiment.name)
                return other.map {
                    StoreFinding(
                        severity: .error, path: folder, problem: "'\(experiment.name)' is also the name of \($0)")
                }
            } catch {
                return StoreFinding(severity: .error, path: folder, problem: error.description)
            }
        }
    }

    private func checkRuns() -> [StoreFinding] {
        runSummaries().flatMap { run -> [StoreFinding] in
            let path = "\(root)/\(run.experimentID)/\(run.id)"
            var findings = run.problems.map { StoreFinding(severity: .error, path: path, problem: $0) }
            if run.isAbandoned {
                findings.append(
                    StoreFinding(severity: .warning, path: path, problem: "says it is running but its process is gone"))
            }
            if run.problems.isEmpty, run.tags[RunTag.name] != run.name {
                findings.append(
                    StoreFinding(severity: .warning, path: path, problem: "its name and tag \(RunTag.name) differ"))
            }
            return findings
        }
    }

    /// MLflow cannot list an experiment's models where one has lost its `MLmodel`.
    private func checkLoggedModels() -> [StoreFinding] {
        experimentFolders(includingDeleted: false).flatMap { experiment -> [StoreFinding] in
            let folder = experiment + "/models"
            return ((try? FileSystem.names(in: folder)) ?? []).compactMap { name in
                let path = folder + "/" + name
                do throws(TrackingError) {
                    let location = try LoggedModel(folder: path).location
                    return FileSystem.exists(location + "/MLmodel")
                        ? nil : StoreFinding(severity: .error, path: path, problem: "there is no MLmodel in \(location)")
                } catch {
                    return StoreFinding(severity: .error, path: path, problem: error.description)
                }
            }
        }
    }

    private func checkRegistry() -> [StoreFinding] {
        let folder = root + "/models"
        return ((try? FileSystem.names(in: folder)) ?? []).flatMap { name -> [StoreFinding] in
            let path = folder + "/" + name
            do throws(TrackingError) {
                _ = try MetaFile(path: path + "/meta.yaml")
                return try ModelRegistry(self).versions(of: name).compactMap { version in
                    FileSystem.isFolder(version.folder)
                        ? nil
                        : StoreFinding(
                            severity: .warning, path: "\(path)/version-\(version.version)",
                            problem: "its files are gone: \(version.folder)")
                }
            } catch {
                return [StoreFinding(severity: .error, path: path, problem: error.description)]
            }
        }
    }
}
