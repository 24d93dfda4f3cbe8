import ApusConfiguration

/// A name or a number in a model file that gives no network is an error with its line.
extension ModelConfiguration: Validated {
    public func problems() -> [ConfigurationProblem] {
        guard let task else {
            return [unknown("architecture", architecture, among: ModelRegistry.architectures.map(\.name))]
        }
        let stray = strayKeys.map {
            ConfigurationProblem($0, expected: "nothing: \(architecture) has no \($0)", remedy: "leave it out")
        }
        return stray + sizeProblems(task)
    }

    private func sizeProblems(_ task: ModelTask) -> [ConfigurationProblem] {
        do throws(ModelError) {
            if task == .keypoints { _ = try keypointNetwork() }
            if architecture.hasPrefix("v8-") { _ = try v8Scale() }
            return []
        } catch {
            switch error {
            case .unknownScale(let name, let known): return [unknown("scale", name, among: known)]
            case .unknownBackbone(let name, let known): return [unknown("backbone", name, among: known)]
            default: return [ConfigurationProblem("", expected: error.description)]
            }
        }
    }

    private func unknown(_ key: String, _ name: String, among known: [String]) -> ConfigurationProblem {
        ConfigurationProblem(
            key, expected: "one of \(known.joined(separator: ", "))", found: "'\(name)'",
            remedy: nearestName(to: name, among: known).map { "did you mean '\($0)'?" } ?? "")
    }
}
