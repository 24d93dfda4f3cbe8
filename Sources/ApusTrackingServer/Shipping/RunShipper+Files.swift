import ApusTracking

// Datasets and artifacts: one in a request.

extension RunShipper {
    func sendInputs() throws(ServerError) {
        var failure: ServerError?
        for dataset in try locally({ () throws(TrackingError) in try run.datasets() }) {
            let name = "dataset \(dataset.name) \(dataset.digest) \(dataset.context ?? "")"
            guard !cursor.inputs.contains(name), !isRefused(name) else { continue }
            let failed = try failing { () throws(ServerError) in
                try sendOrLeaveOut(name, change: { $0.inputs.insert(name) }) { () throws(ServerError) in
                    try server.log(dataset: dataset, to: cursor.remoteRun)
                }
            }
            failure = failed ?? failure
        }
        if let failure { throw failure }
    }

    /// - Returns: `false` where files wait for the end.
    func sendArtifacts() throws(ServerError) -> Bool {
        let paths = try locally { () throws(TrackingError) in try run.artifacts() }
        guard !paths.isEmpty, !isRefused("artifacts") else { return true }
        guard server.proxyAddress(cursor.artifactRoot) != nil else {
            try leaveOut("artifacts", because: server.noProxy(cursor.artifactRoot))
            return true
        }
        var isWhole = true, failure: ServerError?
        for path in paths where !isRefused("artifact \(path)") {
            let failed = try failing { () throws(ServerError) in isWhole = try sendArtifact(path) && isWhole }
            failure = failed ?? failure
        }
        if let failure { throw failure }
        return isWhole
    }

    /// - Returns: `false` where it waits for the end.
    private func sendArtifact(_ path: String) throws(ServerError) -> Bool {
        let name = "artifact \(path)"
        guard let file = ArtifactFile(path, in: run.artifactPath) else {
            try leaveOut(name, because: "no file of the run: a link that leads out of it")
            return true
        }
        guard cursor.artifacts[path] != file.stamp else { return true }
        guard file.size <= largestFile else { return false }
        try sendOrLeaveOut(name, change: { $0.artifacts[path] = file.stamp }) { () throws(ServerError) in
            try server.upload(file.descriptor, size: file.size, to: path, below: cursor.artifactRoot)
        }
        return true
    }

    private func sendOrLeaveOut(
        _ name: String, change: (inout Cursor) -> Void, _ request: () throws(ServerError) -> Void
    ) throws(ServerError) {
        if let why = try attempt(name, request) {
            try leaveOut(name, because: why)
        } else {
            requests += 1
            try keep(change)
        }
    }

    private func leaveOut(_ name: String, because why: String) throws(ServerError) {
        noteLeftOut(name, because: why)
        try keep { $0.refused[name] = why }
    }
}
