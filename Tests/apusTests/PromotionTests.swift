import ApusCommandSupport
import ApusCore
import ApusTracking
import Foundation
import Testing

/// Aliases that several processes move at once, and a registry that cannot be written.
@Suite struct PromotionTests {
    private let folder: TemporaryFolder
    private let registry: ModelRegistry

    init() throws {
        folder = try TemporaryFolder()
        for name in ["datasets", "models/net"] { try FileSystem.createFolder(folder.path + "/" + name) }
        registry = ModelRegistry(try TrackingStore(root: folder.path + "/experiments/mlruns", durable: false))
        for version in 1...3 {
            let path = "\(folder.path)/models/net/\(version)"
            try FileSystem.createFolder(path)
            try registry.register(name: "net", versionFolder: path, version: version)
        }
        try registry.promote(1, of: "net", to: "champion")
    }

    /// Runs commands at once, each in a process of its own.
    private func together(_ commands: [[String]]) -> [Outcome] {
        let path = folder.path
        return parallelMap(commands.count, threads: commands.count) { index in
            do {
                return try apus(commands[index], in: path)
            } catch {
                return Outcome(status: -1, output: "", errors: "\(error)")
            }
        }
    }

    @Test func `processes that promote at once do it one after the other, and each move is remembered`() throws {
        for round in 0..<3 {
            let commands = (0..<6).map { number in
                ["models", "promote", "net/\(number % 3 + 1)", "champion", "--reason", "\(round) \(number)"]
            }
            for outcome in together(commands) { #expect(outcome.status == 0, "\(outcome.errors)") }
        }
        let moves = try registry.history(of: "champion", model: "net")
        #expect(moves.first?.from == nil && moves.last?.to == registry.aliases(of: "net")["champion"])
        for (before, after) in zip(moves, moves.dropFirst()) {
            #expect(after.from == before.to && after.to != after.from)
        }
        #expect(registry.store.check().isEmpty)
    }

    @Test func `of processes that promote from the same version one succeeds, the others are told`() throws {
        for alias in ["champion", "new"] {
            let expected = registry.aliases(of: "net")[alias] ?? 0
            let commands = (0..<6).map { number in
                ["models", "promote", "net/\(number % 2 + 2)", alias, "--from", "\(expected)"]
            }
            let outcomes = together(commands)
            let winners = outcomes.indices.filter { outcomes[$0].status == 0 }
            #expect(winners.count == 1)
            #expect(registry.aliases(of: "net")[alias] == winners.first.map { $0 % 2 + 2 })
            for outcome in outcomes where outcome.status != 0 {
                #expect(outcome.status == 2 && outcome.errors.contains("look again and decide anew"))
            }
        }
    }

    @Test func `versions, aliases and tags that processes set at once are all there`() throws {
        let commands = (0..<4).flatMap { number in
            [
                ["models", "alias", "net", "alias\(number)", "\(number % 3 + 1)"],
                ["models", "tag", "net", "key\(number)", "\(number)"],
            ]
        }
        for outcome in together(commands) { #expect(outcome.status == 0, "\(outcome.errors)") }
        let model = try registry.model(named: "net")
        #expect(model.aliases.count == 5 && (0..<4).allSatisfy { model.tags["key\($0)"] == "\($0)" })
        #expect(registry.store.check().isEmpty)
    }

    @Test(arguments: [
        ["promote", "net/2", "champion"], ["alias", "net", "champion", "2"], ["alias", "net", "champion", "--delete"],
        ["tag", "net/1", "k", "v"], ["describe", "net", "words"], ["rename", "net", "other"], ["delete", "net/2"],
        ["promote", "net/2", "--stage", "production"],
    ])
    func `a registry that cannot be written is told so and stays as it is`(words: [String]) throws {
        let before = try files()
        guard let outcome = try apusAsReader(["models"] + words) else { return }
        #expect(outcome.status == 2 && outcome.output.isEmpty)
        #expect(outcome.errors.hasPrefix("apus: ") && outcome.errors.contains("Permission denied"), "\(outcome.errors)")
        #expect(outcome.errors.split(separator: "\n").count == 1)
        #expect(try files() == before)
    }

    @Test(arguments: [["show", "net"], ["show", "net@champion", "--json"], ["list"], ["diff", "net/1", "net/2"]])
    func `a registry that cannot be written is read`(words: [String]) throws {
        guard let outcome = try apusAsReader(["models"] + words) else { return }
        #expect(!outcome.errors.contains("Permission denied"))
        #expect(outcome.output == (try apus(["models"] + words, in: folder.path)).output)
    }

    /// Every file of the workspace with its contents.
    private func files() throws -> [String: String] {
        let root = folder.path
        let names = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        let paths = names.filter { !FileSystem.isFolder(root + "/" + $0) }
        return Dictionary(uniqueKeysWithValues: try paths.map { ($0, try FileSystem.readText(root + "/" + $0)) })
    }

    /// Runs `apus` where nothing can be written: as another user where this one is root, who may do all.
    ///
    /// - Returns: `nil` where that cannot be done here.
    private func apusAsReader(_ words: [String]) throws -> Outcome? {
        let folders = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        for name in folders + [""] where FileSystem.isFolder("\(folder.path)/\(name)") {
            #expect(chmod("\(folder.path)/\(name)", 0o555) == 0)
        }
        defer {
            for name in [""] + folders where FileSystem.isFolder("\(folder.path)/\(name)") {
                chmod("\(folder.path)/\(name)", 0o755)
            }
        }
        guard getuid() == 0 else { return try apus(words, in: folder.path) }
        let user = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        guard try run(user + ["test", "-x", builtProducts.path + "/apus"]).status == 0 else { return nil }
        return try run(user + [builtProducts.path + "/apus"] + words)
    }

    private func run(_ words: [String]) throws -> Outcome {
        guard FileSystem.exists(words[0]) else { return Outcome(status: 127, output: "", errors: "") }
        return try execute(words[0], Array(words.dropFirst()), in: folder.path)
    }
}
