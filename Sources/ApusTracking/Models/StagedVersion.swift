import ApusCore

/// The name of a version's folder while it is made, beside the place that it will have.
package enum StagedVersion {
    /// `.3.OWNER.staged` for `3`.
    package static func name(for place: String) -> String { ".\(place).\(StagingOwner.uniqueName()).staged" }

    /// What processes that are gone left in the folder of a model's versions.
    static func leftovers(in folder: String) -> [String] {
        let names = (try? FileSystem.names(in: folder)) ?? []
        return names.filter { owner(of: $0)?.isGone == true }.sorted().map { folder + "/" + $0 }
    }

    private static func owner(of name: String) -> StagingOwner? {
        let parts = name.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].isEmpty, parts[2].hasSuffix(".staged") else { return nil }
        return StagingOwner(of: String(parts[2].dropLast(7)))
    }
}
