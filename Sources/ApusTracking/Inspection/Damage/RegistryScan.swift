import ApusConfiguration
import ApusCore

/// Finds damaged registered models, versions and aliases.
struct RegistryScan {
    private let store: TrackingStore
    private var damages = [Damage]()

    static func damages(in store: TrackingStore) -> [Damage] {
        var scan = RegistryScan(store: store, damages: [])
        let folder = store.root + "/models"
        for entry in (try? folderEntries(folder)) ?? [] where entry.isFolder {
            scan.scanModel(folder + "/" + entry.name)
        }
        return scan.damages
    }

    private mutating func scanModel(_ folder: String) {
        let versions = ((try? folderEntries(folder)) ?? []).filter { $0.isFolder && $0.name.hasPrefix("version-") }
        var salvage = MetaSalvage(path: folder + "/meta.yaml")
        let isKnown = FileSystem.exists(folder + "/meta.yaml")
        guard isKnown || !versions.isEmpty else {
            damages.append(Damage(path: folder, problem: "no registered model", mending: .setAside))
            return
        }
        let time = modificationTime(of: folder)
        let problem = salvage.meet([
            .exactly("name", FileSystem.fileName(of: folder)), .integer("creation_timestamp", time),
            .integer("last_updated_timestamp", time),
        ])
        if let problem {
            if salvage.meta["aliases"] == nil { salvage.set("aliases", .mapping([:])) }
            if salvage.meta["description"] == nil { salvage.set("description", "") }
            damages.append(Damage.meta(salvage, problem))
        }
        for version in versions { scanVersion(folder + "/" + version.name, model: FileSystem.fileName(of: folder)) }
        scanAliases(folder)
        damages += TextFolderScan.damages(in: folder + "/tags", root: store.root)
    }

    private mutating func scanVersion(_ folder: String, model: String) {
        let number = Int64(FileSystem.fileName(of: folder).dropFirst(8)) ?? 0
        var salvage = MetaSalvage(path: folder + "/meta.yaml")
        guard number > 0, salvage.text("source") ?? salvage.text("storage_location") != nil || salvage.isUnreadable
        else {
            let problem = salvage.problem ?? "it has no source"
            damages.append(Damage(path: folder, problem: number > 0 ? problem : "no version", mending: .setAside))
            return
        }
        let time = modificationTime(of: folder), location = salvage.text("storage_location") ?? salvage.text("source")
        let problem = salvage.meet([
            .exactly("name", model), .exactly("version", String(number)), .integer("creation_timestamp", time),
            .integer("last_updated_timestamp", time), .text("current_stage", ModelStage.none.rawValue),
            .text("source", location ?? ""),
        ])
        if let problem {
            salvage.set("version", .integer(number))
            for (key, value) in ["status": "READY", "storage_location": location ?? ""] {
                salvage.fill(key, .text(value))
            }
            for key in ["run_id", "run_link", "status_message", "user_id"] where salvage.meta[key] == nil {
                salvage.set(key, .null)
            }
            damages.append(Damage.meta(salvage, problem))
        }
        damages += TextFolderScan.damages(in: folder + "/tags", root: store.root)
        scanFiles(salvage, folder)
    }

    private mutating func scanFiles(_ version: MetaSalvage, _ folder: String) {
        guard version.text("current_stage") != ModelStage.deleted.rawValue,
            let location = version.text("storage_location") ?? version.text("source"),
            let place = localPath(ofURI: location), !FileSystem.isFolder(place)
        else { return }
        damages.append(Damage(severity: .warning, path: folder, problem: "its files are gone: \(place)"))
    }

    private mutating func scanAliases(_ folder: String) {
        let aliases = KeyFolder(path: folder + "/aliases")
        for alias in (try? aliases.keys()) ?? [] {
            let number = ((try? aliases.value(of: alias)) ?? nil).flatMap { Int($0.filter { !$0.isWhitespace }) }
            if let number, FileSystem.isFolder("\(folder)/version-\(number)") { continue }
            damages.append(
                Damage(path: aliases.path(of: alias), problem: "the alias names no version", mending: .setAside))
        }
    }
}
