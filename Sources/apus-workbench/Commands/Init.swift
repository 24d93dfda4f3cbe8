import ApusCommands
import ApusConfiguration
import ApusCore
import ArgumentParser

struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a new workspace.",
        discussion: """
            Writes the folders datasets, experiments and models with a sample of each, and changes no file that is there.

              apus init vision-project
            """)

    @Argument(help: "The folder to make or to fill.", completion: .directory) var folder: String
    @OptionGroup var common: CommonOptions

    func run() throws {
        let name = FileSystem.fileName(of: folder)
        for (path, text) in WorkspaceTemplate.files(named: name).sorted(by: { $0.key < $1.key }) {
            try common.terminal.writeNew(text, to: FileSystem.resolve(path, relativeTo: folder))
        }
        common.terminal.say("\(folder) is a workspace; its README.md says what to do next.")
    }
}
