import ApusCommandSupport
import Foundation
import Testing

@Suite struct CommandTests {
    @Test(arguments: [
        "init", "prepare", "data", "train", "tune", "evaluate", "export", "gate", "runs", "models", "doctor",
    ])
    func `every command explains itself with an example`(name: String) throws {
        let help = try apus(name, "--help")
        #expect(help.status == 0)
        #expect(help.output.contains("USAGE: apus \(name)"))
        if name != "data" && name != "runs" && name != "models" { #expect(help.output.contains("\n  apus \(name)")) }
    }

    @Test(arguments: [["tran"], ["train"], ["evaluate"], ["train", "none.yaml"], ["prepare", "none.yaml"]])
    func `a request that cannot be carried out ends with 2`(arguments: [String]) throws {
        let folder = try TemporaryFolder()
        let outcome =
            try arguments.count == 1
            ? apus(arguments[0], in: folder.path) : apus(arguments[0], arguments[1], in: folder.path)
        #expect(outcome.status == 2)
        #expect(!outcome.errors.isEmpty)
        #expect(outcome.output.isEmpty)
    }

    @Test func `init makes a workspace and keeps what is there`() throws {
        let folder = try TemporaryFolder()
        #expect(try apus("init", "shop", in: folder.path).status == 0)
        let readme = folder.path + "/shop/README.md"
        #expect(FileManager.default.fileExists(atPath: folder.path + "/shop/experiments"))
        try Data("mine".utf8).write(to: URL(filePath: readme))
        #expect(try apus("init", "shop", in: folder.path).status == 0)
        #expect(try String(contentsOfFile: readme, encoding: .utf8) == "mine")
    }

    @Test func `a misspelt key of an experiment is named with the nearest one`() throws {
        let folder = try TemporaryFolder()
        try folder.write("name: x\nmodel: m.yaml\ndataset: d.yaml\nepocs: 3\n", to: "x.yaml")
        let outcome = try apus("train", "x.yaml", in: folder.path)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("x.yaml:4"))
        #expect(outcome.errors.contains("epochs"))
    }

    @Test func `doctor names what it found`() throws {
        let outcome = try apus("doctor", "--json")
        for name in ["LibTorch", "OpenCV", "HDF5", "CPU"] { #expect(outcome.output.contains(name)) }
    }
}
