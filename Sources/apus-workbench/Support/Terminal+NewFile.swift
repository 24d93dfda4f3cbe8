import ApusCommands
import ApusCore

extension Terminal {
    /// Writes a file that people will edit; one that is there is kept.
    func writeNew(_ text: String, to path: String) throws {
        if FileSystem.exists(path) { return say("kept     \(path)") }
        try FileSystem.createFolder(FileSystem.folder(of: path))
        try FileSystem.writeWhole(text, to: path)
        say("written  \(path)")
    }
}
