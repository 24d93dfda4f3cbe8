import ApusConfiguration
import ApusCore
import Glibc
import Testing

@Suite struct WorkspaceTests {
    @Test func `is found from any folder inside it`() throws {
        let root = "/tmp/apus-workspace-\(UInt64.random(in: 0 ... .max))"
        defer { for path in ["/models", "/datasets/a", "/datasets", "/experiments", ""] { rmdir(root + path) } }
        for folder in ["models", "datasets/a", "experiments"] { try FileSystem.createFolder(root + "/" + folder) }
        #expect(try Workspace.find(from: root + "/datasets/a").root == root)
        #expect(try Workspace.find(from: root).store == root + "/experiments/mlruns")
        #expect(throws: ConfigurationError.self) { try Workspace.find(from: "/tmp") }
    }

    @Test(arguments: [("a/./b//c", "a/b/c"), ("/a/b/../c", "/a/c"), ("../x", "../x"), ("a/..", "."), ("/..", "/..")])
    func `paths lose their detours`(path: String, expected: String) {
        #expect(normalizedPath(path) == expected)
    }

    @Test func `template files are YAML without surprises`() throws {
        let files = WorkspaceTemplate.files(named: "demo")
        for (path, text) in files where path.hasSuffix(".yaml") {
            #expect(try YAMLReader.read(text, name: path).entries?.isEmpty == false)
        }
        #expect(files["README.md"]?.contains("# demo") == true)
    }
}
