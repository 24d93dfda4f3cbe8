import ApusConfiguration
import ApusTracking

/// A model, or one of its versions, as a command line names it. Its files need not be there.
struct ModelSubject {
    let name: String
    /// `nil` for the model itself.
    let version: Int?
    /// The alias that named the version.
    let alias: String?

    init(_ text: String, in registry: ModelRegistry) throws {
        guard let reference = ModelReference(text) else {
            throw TrackingError.invalidName(text, problem: "a model is named NAME@ALIAS, NAME/VERSION or NAME")
        }
        name = reference.name
        guard registry.names().contains(name) else {
            throw TrackingError.notFound("model '\(name)'", remedy: Self.offer(registry.names(), "there is"))
        }
        switch reference.choice {
        case .newest: (version, alias) = (nil, nil)
        case .version(let number):
            let known = try registry.versions(of: name).map(\.version)
            guard known.contains(number) else {
                let versions = known.map { "\(reference.name)/\($0)" }
                throw TrackingError.notFound("model \(reference)", remedy: Self.offer(versions, "there is"))
            }
            (version, alias) = (number, nil)
        case .alias(let alias):
            guard let number = registry.aliases(of: name)[alias] else {
                let aliases = registry.aliases(of: name).keys.sorted().map { "\(reference.name)@\($0)" }
                throw TrackingError.notFound("alias \(reference)", remedy: Self.offer(aliases, "there is"))
            }
            (version, self.alias) = (number, alias)
        }
    }

    /// A version; the newest where a model was named.
    static func version(_ text: String, in registry: ModelRegistry) throws -> ModelVersion {
        let subject = try ModelSubject(text, in: registry)
        let newest = try registry.versions(of: subject.name).last
        guard let number = subject.version ?? newest?.version else {
            throw TrackingError.notFound("a version of '\(subject.name)'", remedy: "'apus models register' makes one")
        }
        return try registry.version(number, of: subject.name)
    }

    var description: String { version.map { "\(name)/\($0)" } ?? name }

    private static func offer(_ found: [String], _ words: String) -> String {
        found.isEmpty
            ? "'apus export' and 'apus models register' make some" : "\(words): \(found.joined(separator: ", "))"
    }
}
