import ApusCore

/// Finds damaged datasets and logged models of an experiment.
enum LoggedModelScan {
    static func damages(in experiment: String) -> [Damage] {
        datasets(experiment + "/datasets") + models(experiment + "/models")
    }

    private static func datasets(_ folder: String) -> [Damage] {
        entries(folder).compactMap { path in
            let salvage = MetaSalvage(path: path + "/meta.yaml")
            let missing = ["digest", "name", "source", "source_type"].first { salvage.text($0) == nil }
            let problem = salvage.problem ?? missing.map { "\($0) is missing" }
            return problem.map { Damage(path: path, problem: $0, mending: .setAside) }
        }
    }

    /// MLflow cannot list an experiment's models where one has lost its `MLmodel`, or its metadata.
    private static func models(_ folder: String) -> [Damage] {
        entries(folder).compactMap { path in
            do throws(TrackingError) {
                let location = try LoggedModel(folder: path).location
                if FileSystem.exists(location + "/MLmodel") { return nil }
                // The files may be on a disk that is not mounted, or the workspace was moved.
                return Damage(path: path, problem: "there is no MLmodel in \(location)")
            } catch {
                return Damage(path: path, problem: error.description, mending: .setAside)
            }
        }
    }

    private static func entries(_ folder: String) -> [String] {
        ((try? folderEntries(folder)) ?? []).filter(\.isFolder).map { folder + "/" + $0.name }
    }
}
