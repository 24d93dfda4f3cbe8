import ApusCommands
import ApusCore
import FoundationEssentials
import Glibc

/// The executable beside this one that holds all commands.
enum Workbench {
    /// Becomes `apus-workbench`, with the same words, environment, files and process identifier.
    static func takeOver() -> Never {
        let path = FileSystem.resolve("apus-workbench", relativeTo: FileSystem.folder(of: own))
        var words: [UnsafeMutablePointer<CChar>?] = CommandLine.arguments.map { strdup($0) }
        words.append(nil)
        execv(path, words)
        Terminal.complain(
            """
            apus: cannot start \(path): \(String(cString: strerror(errno))). \
            It belongs beside apus: 'swift build -c release --product apus-workbench' builds it.
            """)
        exit(1)
    }

    private static var own: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    }
}
