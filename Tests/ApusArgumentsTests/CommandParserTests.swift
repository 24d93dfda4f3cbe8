import Testing
@testable import ApusArguments

/// A command with one property of each kind.
struct Paint: ParsableCommand {
    enum Color: String, CaseIterable, ExpressibleByArgument { case red, green }

    struct Size: ParsableArguments {
        @Option(help: "How wide.") var width = 8

        func validate() throws {
            guard width > 0 else { throw ValidationError("--width is \(width); choose a number above 0.") }
        }
    }

    static let configuration = CommandConfiguration(
        abstract: "Paint files.", discussion: "Examples:\n  studio paint a.png --color red")

    @Argument(help: "The first file.") var first: String
    @Argument(help: "The other files.") var others: [String]
    @Option(help: "The colour.") var color = Color.green
    @Option(help: ArgumentHelp("Where to write.", valueName: "dir")) var outputDir: String
    @Option(help: "A title.") var title: String?
    @Option(help: "A tag; once for each.") var tag: [String] = []
    @Option(help: "How bright.") var brightness: Float = 0.5
    @OptionGroup var size: Size
    @Flag(name: .shortAndLong, help: "Say nothing.") var quiet = false

    func run() throws {}
}

struct Wash: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Wash up.")
    func run() throws {}
}

struct Studio: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "studio", abstract: "A studio.", version: "2.0", subcommands: [Paint.self, Wash.self])
}

@Suite struct CommandParserTests {
    private func paint(_ words: String...) throws -> Paint {
        try #require(try Studio.parse(["paint"] + words) as? Paint)
    }

    @Test func `every kind of property gets its value`() throws {
        let command = try paint(
            "a", "b", "--color=red", "--output-dir", "out", "--tag", "x", "--tag=y", "-q", "--brightness", "-0.5", "c",
            "--width", "3", "--title", "t")
        #expect(command.first == "a" && command.others == ["b", "c"] && command.color == .red)
        #expect(command.outputDir == "out" && command.tag == ["x", "y"] && command.quiet)
        #expect(command.brightness == -0.5 && command.size.width == 3 && command.title == "t")
    }

    @Test func `what is left out keeps its default`() throws {
        let command = try paint("a", "b", "--output-dir", "out")
        #expect(command.color == .green && command.title == nil && command.tag == [] && !command.quiet)
        #expect(command.brightness == 0.5 && command.size.width == 8)
    }

    @Test func `after -- every word has its place`() throws {
        #expect(try paint("--output-dir", "out", "--", "-q", "--help").others == ["--help"])
    }

    @Test func `two commands of a kind share nothing`() throws {
        let first = try paint("a", "b", "--output-dir", "1", "--tag", "x")
        let second = try paint("c", "d", "--output-dir", "2")
        #expect(first.outputDir == "1" && second.outputDir == "2" && second.tag == [])
    }

    @Test(arguments: [
        (["paint", "a", "b"], "Missing expected argument '--output-dir <dir>'"),
        (["paint", "a", "--output-dir", "x"], "Missing expected argument '<others>'"),
        (["paint", "a", "b", "--output-dir"], "Missing value for '--output-dir <dir>'"),
        (["paint", "a", "b", "--output-dir", "--quiet"], "Missing value for '--output-dir <dir>'"),
        (["paint", "a", "b", "--colour", "red"], "Unknown option '--colour'. Did you mean '--color'?"),
        (
            ["paint", "a", "b", "--color", "blue"],
            "The value 'blue' is invalid for '--color <color>'. Choose from red,"
        ),
        (["paint", "a", "b", "--brightness", "x"], "The value 'x' is invalid"),
        (["paint", "a", "b", "--quiet=yes"], "'--quiet' takes no value"), (["paint", "a", "b", "-x"], "'-x'"),
        (["pain"], "'pain' is no subcommand. Did you mean 'paint'?"), (["--loud"], "Unknown option '--loud'"),
        (["wash", "up"], "Unexpected argument 'up'"),
    ])
    func `a mistake is named, with the usage`(words: [String], expected: String) throws {
        let error = #expect(throws: ArgumentError.self) { try Studio.parse(words) }
        #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("Usage: studio") == true)
    }

    @Test func `groups validate what they got`() {
        #expect(throws: ValidationError("--width is 0; choose a number above 0.")) {
            try paint("a", "b", "--output-dir", "x", "--width", "0")
        }
    }

    @Test(arguments: [["--help"], ["-h"], ["help"], []])
    func `a command of parts lists them`(words: [String]) throws {
        let error = #expect(throws: CommandExit.self) { try Studio.parse(words).run() }
        guard case .text(let text) = error else { return }
        #expect(text.contains("SUBCOMMANDS:\n  paint                   Paint files.\n  wash"))
    }

    @Test(arguments: [["help", "paint"], ["paint", "--help"], ["paint", "a", "-h", "--nonsense"]])
    func `help tells what a command takes`(words: [String]) throws {
        let error = #expect(throws: CommandExit.self) { try Studio.parse(words) }
        guard case .text(let text) = error else { return }
        #expect(text.contains("  studio paint a.png --color red"))
        #expect(text.contains("--color <color>         The colour. (values: red, green; default: green)"))
        #expect(text.contains("USAGE: studio paint <first> <others> ... [--color <color>] --output-dir <dir> "))
        #expect(text.contains("-q, --quiet             Say nothing."))
    }

    @Test func `the version is known everywhere`() {
        #expect(throws: CommandExit.text("2.0")) { try Studio.parse(["--version"]) }
        #expect(throws: CommandExit.text("2.0")) { try Studio.parse(["paint", "--version"]) }
    }
}
