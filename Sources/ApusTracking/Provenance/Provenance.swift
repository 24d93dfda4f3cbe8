import ApusConfiguration
import ApusCore
import Glibc

/// What a run was made with: the machine, the versions of the software, the command.
public struct Provenance: Sendable {
    public var host: HostFacts
    /// Versions by name, such as `LibTorch: 2.13.0`.
    public var software: [String: String]
    public var command: String
    public var seed: UInt64?

    /// - Parameter software: versions beside the system's and the compiler's, which are added.
    public init(software: [String: String], seed: UInt64?) {
        host = HostFacts.read()
        self.software = software
        self.seed = seed
        command = CommandLine.arguments.map(Provenance.shellWord).joined(separator: " ")
        self.software["Swift"] = compilerVersion
        self.software["Linux"] = host.kernel
        self.software["OS"] = host.system
    }

    /// Tags, which MLflow's interface shows and searches.
    public var tags: [String: String] {
        var tags = [
            "apus.command": String(command.unicodeScalars.prefix(4000)), "apus.host": host.host,
            "apus.hardware.cpu": host.processor, "apus.hardware.cores": "\(host.cores)",
            "apus.hardware.memory_mb": "\(host.memoryMegabytes)",
        ]
        if !host.devices.isEmpty { tags["apus.hardware.gpu"] = host.devices.joined(separator: ", ") }
        for (name, version) in software { tags["apus.version.\(name)"] = version }
        tags["apus.seed"] = seed.map { "\($0)" }
        return tags
    }

    /// `provenance/environment.json`.
    var json: String {
        let machine = [
            "host": host.host, "processor": host.processor, "architecture": host.architecture,
            "cores": "\(host.cores)", "memory_mb": "\(host.memoryMegabytes)",
            "gpu": host.devices.joined(separator: ", "),
        ]
        var fields = ["command": command.quotedAsJSON, "machine": object(machine), "software": object(software)]
        fields["seed"] = seed.map { "\($0)" }
        let lines = fields.sorted { $0.key < $1.key }.map { "  \($0.key.quotedAsJSON): \($0.value)" }
        return "{\n\(lines.joined(separator: ",\n"))\n}\n"
    }

    private func object(_ texts: [String: String]) -> String {
        let entries = texts.sorted { $0.key < $1.key }.map { "\($0.key.quotedAsJSON): \($0.value.quotedAsJSON)" }
        return "{\(entries.joined(separator: ", "))}"
    }

    /// An argument as a shell takes it.
    static func shellWord(_ word: String) -> String {
        let isPlain = word.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || $0.properties.numericType != nil || "-_./=:,@%+".unicodeScalars.contains($0)
        }
        return isPlain && !word.isEmpty ? word : "'\(word.replacing("'", with: "'\\''"))'"
    }

    private let compilerVersion: String = {
        #if compiler(>=6.4)
            "6.4 or newer"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }()
}

extension Run {
    /// Records what the run is made with, and how its code differs from the commit.
    ///
    /// - Parameter folder: in the code's working tree.
    public func log(provenance: Provenance, changesAt folder: String) throws(TrackingError) {
        for (key, value) in provenance.tags { try setTag(key, value) }
        try logArtifact(text: provenance.json, as: "provenance/environment.json")
        if let changes = GitChanges.read(at: folder) { try log(changes: changes) }
    }
}
