import ApusCommandSupport
import ApusCore
import ApusModelSupport
import ApusONNX
import Foundation
import Testing

/// `apus models` as a user runs it, on a workspace of its own.
@Suite struct ModelsCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for name in ["datasets", "experiments", "models"] { try FileSystem.createFolder(folder.path + "/" + name) }
        try tinyDetector(score: 0.5).write(to: folder.path + "/a.onnx")
        try tinyDetector(score: 0.75).write(to: folder.path + "/b.onnx")
        for file in ["a.onnx", "b.onnx"] {
            #expect(try models("register", "net", file).output == "net/\(file == "a.onnx" ? 1 : 2)\n")
        }
    }

    private func models(_ words: String...) throws -> Outcome { try apus(["models"] + words, in: folder.path) }

    private func object(_ outcome: Outcome) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    }

    @Test func `lists and shows what is registered`() throws {
        let listed = try models("list").output.split(separator: "\n").map { $0.split(separator: " ").prefix(2) }
        #expect(listed == [["model", "version"], ["net", "1"], ["net", "2"]])
        let model = try models("show", "net")
        #expect(model.status == 0 && model.output.contains("version"))
        let version = try models("show", "net/2")
        #expect(version.status == 0 && version.output.contains("classes") && version.output.contains("shirt, boot"))
        let report = try object(try models("show", "net/1", "--json"))
        #expect((report["files"] as? [[String: Any]])?.count == 10)
        #expect(((report["use"] as? [String: Any])?["task"] as? String) == "detect")
    }

    @Test func `an alias moves, is remembered and goes`() throws {
        #expect(try models("alias", "net", "champion", "1").status == 0)
        let moved = try models(
            "promote", "net/2", "champion", "--from", "1", "--reason", "better", "--stage", "production")
        #expect(moved.status == 0 && moved.errors.contains("net@champion is net/2, before net/1"))
        let shown = try models("show", "net")
        #expect(shown.output.contains("better") && shown.output.contains("Production"))
        let late = try models("promote", "net/1", "champion", "--from", "1")
        #expect(late.status == 2 && late.errors.contains("net@champion is version 2, expected version 1"))
        #expect(try models("delete", "net/2").status == 2)
        #expect(try models("alias", "net", "champion", "--delete").status == 0)
        #expect(try models("show", "net@champion").status == 2)
    }

    @Test func `diff ends with 1 where versions differ`() throws {
        let same = try models("diff", "net/1", "net/1")
        #expect(same.status == 0 && same.output == "net/1 and net/1 are equal\n")
        let different = try models("diff", "net/1", "net/2")
        #expect(different.status == 1 && different.output.contains("model.onnx"))
        #expect(try object(try models("diff", "net/1", "net/2", "--json"))["parts"] != nil)
    }

    @Test func `an exported folder has all that apus-infer needs`() throws {
        _ = try models("alias", "net", "champion", "2")
        let exported = try models("export", "net@champion", "deploy")
        #expect(exported.status == 0 && exported.output == "deploy/models/net/2\n")
        #expect(try FileSystem.readText(folder.path + "/deploy/models/net/aliases/champion") == "2")
        #expect(FileSystem.exists(folder.path + "/deploy/models/net/2/SHA256SUMS"))
        try FileSystem.writeWhole("x", to: folder.path + "/models/net/1/labels.txt")
        let changed = try models("export", "net/1", "deploy")
        #expect(changed.status == 2 && changed.errors.contains("is not the file that was registered"))
        #expect(try models("show", "net/1").status == 1)
    }

    @Test func `a card is printed, and written with what people say`() throws {
        let card = try models("card", "net/1")
        #expect(card.status == 0 && card.output.hasPrefix("# net, version 1\n") && card.output.contains("Not stated."))
        try folder.write("intended_use: Counting shirts.\n", to: "card.yaml")
        #expect(try models("card", "net/1", "--statement", "card.yaml", "--write", "--html", "card.html").status == 0)
        #expect(try models("card", "net/1").output.contains("Counting shirts."))
        #expect(try FileSystem.readText(folder.path + "/card.html").contains("Counting shirts."))
        #expect(try models("show", "net/1").status == 0, "a card is no part of what is sealed")
        try folder.write("use: Counting shirts.\n", to: "card.yaml")
        let wrong = try models("card", "net/1", "--statement", "card.yaml")
        #expect(wrong.status == 2 && wrong.errors.contains("card.yaml"))
    }

    @Test func `names, words and tags change, and versions go`() throws {
        #expect(try models("describe", "net", "of shirts").status == 0)
        #expect(try models("tag", "net/1", "team", "vision").status == 0)
        #expect(try models("rename", "net", "shirts").status == 0)
        let shown = try models("show", "shirts/1")
        #expect(shown.output.contains("tag team") && shown.status == 0)
        #expect(try models("tag", "shirts/1", "team", "--delete").status == 0)
        #expect(try models("delete", "shirts/2", "--files").status == 0)
        #expect(try models("show", "shirts/2").errors.contains("there is: shirts/1"))
        #expect(try models("delete", "shirts").status == 0)
        #expect(FileSystem.exists(folder.path + "/models/net/1/model.onnx"))
        #expect(try models("list").output.split(separator: "\n").count == 1)
    }

    @Test(arguments: [
        (["show", "none"], "there is: net"), (["show", "net/3"], "net/1, net/2"), (["show", "net/0"], "NAME/VERSION"),
        (["show", "net@x"], "was not found"), (["show", "../net/1"], "NAME"), (["register", "a/b", "a.onnx"], "name"),
        (["register", "net", "none.onnx"], "none.onnx"), (["alias", "net", "latest", "1"], "reserved"),
        (["alias", "net", "champion"], "--delete"), (["promote", "net", "champion"], "net/1"),
        (["promote", "net/1", "x", "--stage", "prod"], "staging"), (["delete", "none"], "there is: net"),
        (["rename", "net", "a:b"], "name"), (["tag", "net", "a//b", "c"], "plain"), (["tag", "net", "k"], "--delete"),
        (["card", "net/9"], "there is"), (["export", "net/9", "out"], "there is"),
        (["register", "net", "a.onnx", "--tag", "x"], "key=value"),
    ])
    func `what cannot be done ends with 2 and a sentence`(words: [String], expected: String) throws {
        let outcome = try apus(["models"] + words, in: folder.path)
        #expect(outcome.status == 2 && outcome.output.isEmpty)
        #expect(outcome.errors.contains(expected), "\(outcome.errors)")
        #expect(!FileSystem.exists(folder.path + "/out"))
    }

    @Test func `a truncated model is refused`() throws {
        let bytes = try FileSystem.read(folder.path + "/a.onnx")
        try FileSystem.writeWhole(Array(bytes[..<(bytes.count / 2)]), to: folder.path + "/cut.onnx")
        let outcome = try models("register", "net", "cut.onnx")
        #expect(outcome.status == 2 && outcome.errors.hasPrefix("apus: ") && outcome.errors.contains("cut.onnx"))
        #expect(try FileSystem.names(in: folder.path + "/models/net") == ["1", "2"])
    }
}
