import ApusConfiguration

/// A name or a number in a model file that gives no network is an error with its line.
extension ModelConfiguration: Validated {
    public func problems() -> [ConfigurationProblem] {
        let architectures = ModelRegistry.detectors.map(\.name)
        guard architectures.contains(architecture) else {
            return [unknown("architecture", architecture, among: architectures)]
        }
        do throws(ModelError) {
            _ = try v8Scale()
            return []
        } catch {
            if case .unknownScale(let name, let known) = error { return [unknown("scale", name, among: known)] }
            return [ConfigurationProblem("", expected: error.description)]
        }
    }

    private func unknown(_ key: String, _ name: String, among known: [String]) -> ConfigurationProblem {
        ConfigurationProblem(
            key, expected: "one of \(known.joined(separator: ", "))", found: "'\(name)'",
            remedy: nearestName(to: name, among: known).map { "did you mean '\($0)'?" } ?? "")
    }
}
